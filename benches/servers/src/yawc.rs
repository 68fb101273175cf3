//! yawc 0.5, plain and with permessage-deflate, fed and flushed by batch. UTF-8 is checked (its
//! default is not to), and without context takeover all connections share its pool of compressors,
//! as its documentation advises. Its own opening handshake is an upgrade by hyper.

use std::io::Result;

use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use yawc::frame::OpCode;
use yawc::{
    CompressionLevel, DeflateOptions, DeflatePool, Options, Role, WebSocket, WebSocketError,
};

use crate::accept::{Transport, other, serve, upgrade};
use crate::batch;
use crate::options::{self, Deflate, MESSAGE_LEN_MAX, Opening};

const TAKEOVER: &str = "permessage-deflate";
const NO_TAKEOVER: &str =
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

pub(crate) fn run(listener: std::net::TcpListener, wanted: &options::Options) -> Result<()> {
    let settings = options(wanted.deflate);
    let opening = wanted.opening;
    serve(listener, move |stream| {
        echo(stream, opening, settings.clone())
    })
}

/// The crate's settings, which its connections take a copy of.
pub(crate) fn options(deflate: Option<Deflate>) -> Options {
    let mut options = Options::default()
        .with_limits(MESSAGE_LEN_MAX, MESSAGE_LEN_MAX)
        .with_utf8();
    options.compression = deflate.map(compression);
    options
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

/// Echoes over TCP or TLS, compressed if `options` say so.
pub(crate) async fn echo<S: Transport>(
    mut stream: S,
    opening: Opening,
    options: Options,
) -> Result<()> {
    if opening == Opening::Own {
        return Box::pin(serve_upgrade(stream, options)).await;
    }
    let extension = options.compression.as_ref().map(|compression| {
        if compression.server_no_context_takeover {
            NO_TAKEOVER
        } else {
            TAKEOVER
        }
    });
    upgrade(&mut stream, extension).await?;
    let socket = WebSocket::from_stream_with_extensions(stream, Role::Server, extension, options);
    echo_all(socket.map_err(other)?).await
}

async fn echo_all<S: Transport>(socket: WebSocket<S>) -> Result<()> {
    batch::echo(socket, |frame| {
        Ok(matches!(frame.opcode(), OpCode::Text | OpCode::Binary).then_some(frame))
    })
    .await
}

/// The opening handshake as the crate's documentation has it: the connection goes on in a task of
/// its own.
async fn serve_upgrade<S: Transport>(stream: S, options: Options) -> Result<()> {
    let service = service_fn(|mut request: Request<Incoming>| {
        let upgraded = WebSocket::upgrade_with_options(&mut request, options.clone());
        async move {
            let (response, socket) = upgraded?;
            tokio::spawn(async move { echo_all(socket.await.map_err(other)?).await });
            Ok::<_, WebSocketError>(response)
        }
    });
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    connection.with_upgrades().await.map_err(other)
}
