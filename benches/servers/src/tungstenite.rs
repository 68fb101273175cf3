//! tokio-tungstenite 0.30, fed and flushed by batch.

use std::io::Result;

use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use crate::accept::{other, upgrade};
use crate::batch;

pub(crate) async fn echo(mut stream: TcpStream) -> Result<()> {
    upgrade(&mut stream, None).await?;
    let config = WebSocketConfig::default()
        .max_message_size(None)
        .max_frame_size(None);
    let socket = WebSocketStream::from_raw_socket(stream, Role::Server, Some(config)).await;
    batch::echo(socket, |message| {
        let message = message.map_err(other)?;
        Ok((message.is_text() || message.is_binary()).then_some(message))
    })
    .await
}
