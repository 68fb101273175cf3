//! yawc 0.5, plain and with permessage-deflate, fed and flushed by batch. UTF-8 is checked (its
//! default is not to), and without context takeover all connections share its pool of compressors,
//! as its documentation advises.

use std::io::Result;

use tokio::net::TcpStream;
use yawc::frame::OpCode;
use yawc::{CompressionLevel, DeflateOptions, DeflatePool, Options, Role, WebSocket};

use crate::accept::{other, serve, upgrade};
use crate::batch;
use crate::options::{Deflate, MESSAGE_LEN_MAX};

const TAKEOVER: &str = "permessage-deflate";
const NO_TAKEOVER: &str =
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

pub(crate) fn run(listener: std::net::TcpListener, deflate: Option<Deflate>) -> Result<()> {
    let extension = deflate.map(|deflate| {
        if deflate.takeover {
            TAKEOVER
        } else {
            NO_TAKEOVER
        }
    });
    let mut options = Options::default()
        .with_limits(MESSAGE_LEN_MAX, MESSAGE_LEN_MAX)
        .with_utf8();
    options.compression = deflate.map(compression);
    serve(listener, move |stream| {
        echo(stream, extension, options.clone())
    })
}

fn compression(deflate: Deflate) -> DeflateOptions {
    DeflateOptions {
        level: CompressionLevel::new(deflate.level),
        server_no_context_takeover: !deflate.takeover,
        client_no_context_takeover: !deflate.takeover,
        // One thread compresses, so one of each is ever in use.
        pool: Some(DeflatePool::new(1)),
        ..DeflateOptions::default()
    }
}

async fn echo(
    mut stream: TcpStream,
    extension: Option<&'static str>,
    options: Options,
) -> Result<()> {
    upgrade(&mut stream, extension).await?;
    let socket = WebSocket::from_stream_with_extensions(stream, Role::Server, extension, options)
        .map_err(other)?;
    batch::echo(socket, |frame| {
        Ok(matches!(frame.opcode(), OpCode::Text | OpCode::Binary).then_some(frame))
    })
    .await
}
