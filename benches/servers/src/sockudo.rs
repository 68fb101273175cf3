//! sockudo-ws 3.1, plain and with permessage-deflate. Its read path writes what is queued before it
//! waits for input, so feeding alone batches, and its own documentation says so.

use std::io::Result;

use futures_util::{Sink, SinkExt, Stream, StreamExt};
use sockudo_ws::handshake::server_handshake;
use sockudo_ws::{CompressedWebSocketStream, Config, DeflateConfig, Message, WebSocketStream};
use tokio::net::TcpStream;

use crate::accept::{Transport, other, serve, upgrade};
use crate::options::{Deflate, MESSAGE_LEN_MAX, Opening, Options};

pub(crate) fn run(listener: std::net::TcpListener, options: &Options) -> Result<()> {
    let opening = options.opening;
    match options.deflate {
        None => serve(listener, move |stream| echo_plain(stream, opening)),
        Some(deflate) => serve(listener, move |stream| echo_deflated(stream, deflate)),
    }
}

fn config() -> Config {
    Config::builder()
        .max_payload_length(MESSAGE_LEN_MAX)
        .build()
}

/// Echoes without compression, over TCP or TLS.
pub(crate) async fn echo_plain<S: Transport>(mut stream: S, opening: Opening) -> Result<()> {
    match opening {
        // The generator sends nothing behind its request, so nothing is left over.
        Opening::Own => drop(server_handshake(&mut stream).await.map_err(other)?),
        Opening::Shared => upgrade(&mut stream, None).await?,
    }
    echo(WebSocketStream::server(stream, config())).await
}

async fn echo_deflated(mut stream: TcpStream, deflate: Deflate) -> Result<()> {
    let agreed = DeflateConfig {
        server_no_context_takeover: !deflate.takeover,
        client_no_context_takeover: !deflate.takeover,
        compression_level: deflate.level,
        ..DeflateConfig::default()
    };
    upgrade(&mut stream, Some(&agreed.to_response_header())).await?;
    echo(CompressedWebSocketStream::server(stream, config(), agreed)).await
}

async fn echo<C>(mut socket: C) -> Result<()>
where
    C: Stream<Item = sockudo_ws::Result<Message>>,
    C: Sink<Message, Error = sockudo_ws::Error> + Unpin,
{
    while let Some(message) = socket.next().await {
        match message.map_err(other)? {
            reply @ (Message::Text(_) | Message::Binary(_)) => {
                socket.feed(reply).await.map_err(other)?;
            }
            Message::Close(_) => return Ok(()),
            Message::Ping(_) | Message::Pong(_) => {}
        }
    }
    Ok(())
}
