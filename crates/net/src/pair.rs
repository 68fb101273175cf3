//! Two connected WebSockets in memory, for tests of whatever is built on one. Owns nothing but the
//! pipe between them; the connections are ordinary ones.

use std::sync::Arc;

use sockeye_proto::Role;
use sockeye_proto::connection::{Config, Connection};
use tokio::io::{DuplexStream, duplex};

use crate::agreement::Agreement;
use crate::keeper;
use crate::limits::PIPE_LEN;
use crate::websocket::WebSocket;

/// A client and a server, connected to each other in memory, without a handshake, compression or a
/// subprotocol. Everything else is as over TCP: masking, limits, keepalive, closing, backpressure
/// once [`PIPE_LEN`] bytes are on their way.
///
/// It needs a runtime, but no network; with the clock paused, keepalive and timeouts take no time.
///
/// ```
/// use sockeye::{Result, Transport, WebSocket, pair};
///
/// // What is to be tested: it works on any transport.
/// async fn greet<T: Transport>(mut ws: WebSocket<T>) -> Result<()> {
///     while let Some(name) = ws.recv().await? {
///         ws.send(format!("Hello, {}!", name.as_text().unwrap_or("you"))).await?;
///     }
///     Ok(())
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// let (mut client, server) = pair();
/// let handler = tokio::spawn(greet(server));
/// client.send("Ada").await?;
/// assert_eq!(client.recv().await?.unwrap().as_text(), Some("Hello, Ada!"));
/// assert!(client.close(None, "").await?.was_clean);
/// handler.await.unwrap()
/// # }
/// ```
///
/// # Panics
/// Outside a tokio runtime.
pub fn pair() -> (WebSocket<DuplexStream>, WebSocket<DuplexStream>) {
    pair_with(&Arc::default())
}

/// As [`pair`], with limits, keepalive and the closing budget of both sides.
///
/// # Panics
/// Outside a tokio runtime.
pub fn pair_with(config: &Arc<Config>) -> (WebSocket<DuplexStream>, WebSocket<DuplexStream>) {
    let (client, server) = duplex(PIPE_LEN);
    let open = |role, end| {
        let connection = Connection::new(role, Arc::clone(config), keeper::now());
        WebSocket::new(connection, end, Vec::new(), Agreement::default())
    };
    (open(Role::Client, client), open(Role::Server, server))
}
