//! tokio-websockets 0.13. It cannot batch an echo: its read path writes what is queued before it
//! hands out the next message, buffered or not. It is fed all the same, which costs it nothing.

use std::io::Result;

use tokio::net::TcpStream;
use tokio_websockets::{Config, Limits, ServerBuilder};

use crate::accept::{other, upgrade};
use crate::batch;
use crate::options::MESSAGE_LEN_MAX;

pub(crate) async fn echo(mut stream: TcpStream) -> Result<()> {
    upgrade(&mut stream, None).await?;
    let socket = ServerBuilder::new()
        .limits(Limits::default().max_payload_len(Some(MESSAGE_LEN_MAX)))
        // An echo is one frame, as everybody else's is.
        .config(Config::default().frame_size(MESSAGE_LEN_MAX))
        .serve(stream);
    batch::echo(socket, |message| {
        let message = message.map_err(other)?;
        Ok((message.is_text() || message.is_binary()).then_some(message))
    })
    .await
}
