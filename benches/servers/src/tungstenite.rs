//! tokio-tungstenite 0.30, fed and flushed by batch, which is one record and one write over TLS.

use std::io::Result;

use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::{WebSocketStream, accept_async_with_config};

use crate::accept::{Transport, other, upgrade};
use crate::batch;
use crate::options::Opening;

pub(crate) async fn echo<S: Transport>(mut stream: S, opening: Opening) -> Result<()> {
    let config = WebSocketConfig::default()
        .max_message_size(None)
        .max_frame_size(None);
    let socket = match opening {
        Opening::Own => {
            let accepted = Box::pin(accept_async_with_config(stream, Some(config)));
            accepted.await.map_err(other)?
        }
        Opening::Shared => {
            upgrade(&mut stream, None).await?;
            WebSocketStream::from_raw_socket(stream, Role::Server, Some(config)).await
        }
    };
    batch::echo(socket, |message| {
        let message = message.map_err(other)?;
        Ok((message.is_text() || message.is_binary()).then_some(message))
    })
    .await
}
