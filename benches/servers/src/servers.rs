//! The servers by name.

use std::io::{Error, Result};
use std::net::TcpListener;

use tokio_rustls::TlsAcceptor;

use crate::accept::{serve, serve_tls};
use crate::options::{Options, SERVERS};
use crate::{
    fastwebsockets, raw_epoll, raw_tokio, sockudo, tls, tokio_websockets, tungstenite, web_socket,
    yawc,
};

/// Runs the server that `options` name, until the process is killed.
///
/// # Errors
///
/// There is no such server, or it cannot run at all.
pub(crate) fn run(listener: TcpListener, options: &Options) -> Result<()> {
    if let Some(identity) = &options.identity {
        return run_tls(listener, options, tls::acceptor(identity)?);
    }
    let opening = options.opening;
    match options.server.as_str() {
        "fastwebsockets" => serve(listener, fastwebsockets::echo),
        "raw-epoll" => raw_epoll::run(&listener),
        "raw-tokio" => serve(listener, raw_tokio::echo),
        "sockudo-ws" => sockudo::run(listener, options),
        "tokio-tungstenite" => serve(listener, move |stream| tungstenite::echo(stream, opening)),
        "tokio-websockets" => serve(listener, tokio_websockets::echo),
        "web-socket" => serve(listener, web_socket::echo),
        "yawc" => yawc::run(listener, options),
        name => Err(unknown(name)),
    }
}

/// The same in TLS, for those of them that `options` allow it.
fn run_tls(listener: TcpListener, options: &Options, acceptor: TlsAcceptor) -> Result<()> {
    let opening = options.opening;
    match options.server.as_str() {
        "raw-tokio" => serve_tls(listener, acceptor, raw_tokio::echo),
        "sockudo-ws" => serve_tls(listener, acceptor, move |stream| {
            sockudo::echo_plain(stream, opening)
        }),
        "tokio-tungstenite" => serve_tls(listener, acceptor, move |stream| {
            tungstenite::echo(stream, opening)
        }),
        "yawc" => {
            let settings = yawc::options(None);
            serve_tls(listener, acceptor, move |stream| {
                yawc::echo(stream, opening, settings.clone())
            })
        }
        name => Err(unknown(name)),
    }
}

fn unknown(name: &str) -> Error {
    let known = SERVERS.join(", ");
    Error::other(format!("no server is called `{name}`; there are {known}"))
}
