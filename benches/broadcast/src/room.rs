//! Everyone who is sent to, in each of the ways to send: our own connection, the bare socket, and a
//! rival's connection over the same socket.

use std::error::Error;
use std::net;

use sockeye::{Acceptor, DeflatePolicy, Sender, WebSocket};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::Role;

/// One set of sockets.
pub(crate) struct Room {
    pub(crate) senders: Vec<Sender<TcpStream>>,
    pub(crate) bare: Vec<net::TcpStream>,
    pub(crate) rivals: Vec<WebSocketStream<TcpStream>>,
    /// What keeps our connections open.
    _sockets: Vec<WebSocket<TcpStream>>,
}

impl Room {
    /// Accepts the next `count` connections, with compression if that is wanted.
    pub(crate) async fn open(
        listener: &TcpListener,
        count: usize,
        deflate: Option<DeflatePolicy>,
    ) -> Result<Self, Box<dyn Error>> {
        let acceptor = Acceptor::default().deflate(deflate);
        let (mut senders, mut bare) = (Vec::with_capacity(count), Vec::with_capacity(count));
        let (mut rivals, mut sockets) = (Vec::with_capacity(count), Vec::with_capacity(count));
        for _ in 0..count {
            let stream = listener.accept().await?.0.into_std()?;
            stream.set_nodelay(true)?;
            let rival = TcpStream::from_std(stream.try_clone()?)?;
            rivals.push(WebSocketStream::from_raw_socket(rival, Role::Server, None).await);
            bare.push(stream.try_clone()?);
            let ws = acceptor.accept(TcpStream::from_std(stream)?).await?;
            senders.push(ws.sender());
            sockets.push(ws);
        }
        Ok(Self {
            senders,
            bare,
            rivals,
            _sockets: sockets,
        })
    }
}
