//! The servers by name.

use std::io::{Error, Result};
use std::net::TcpListener;

use crate::accept::serve;
use crate::options::{Options, SERVERS};
use crate::{
    fastwebsockets, raw_epoll, raw_tokio, sockudo, tokio_websockets, tungstenite, web_socket, yawc,
};

/// Runs the server that `options` name, until the process is killed.
///
/// # Errors
///
/// There is no such server, or it cannot run at all.
pub(crate) fn run(listener: TcpListener, options: &Options) -> Result<()> {
    match options.server.as_str() {
        "fastwebsockets" => serve(listener, fastwebsockets::echo),
        "raw-epoll" => raw_epoll::run(&listener),
        "raw-tokio" => serve(listener, raw_tokio::echo),
        "sockudo-ws" => sockudo::run(listener, options.deflate),
        "tokio-tungstenite" => serve(listener, tungstenite::echo),
        "tokio-websockets" => serve(listener, tokio_websockets::echo),
        "web-socket" => serve(listener, web_socket::echo),
        "yawc" => yawc::run(listener, options.deflate),
        name => {
            let known = SERVERS.join(", ");
            Err(Error::other(format!(
                "no server is called `{name}`; there are {known}"
            )))
        }
    }
}
