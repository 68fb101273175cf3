//! Everyone who is sent to, in each of the ways to send: our own connection, the bare socket, and a
//! rival's connection over the same socket.

use std::cell::Cell;
use std::error::Error;
use std::net;
use std::rc::Rc;

use futures_util::SinkExt;
use sockeye::{Acceptor, DeflatePolicy, Sender, WebSocket};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{self, UnboundedSender};
use tokio::task::{JoinHandle, spawn_local, yield_now};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::Role;

/// One set of sockets.
#[derive(Default)]
pub(crate) struct Room {
    pub(crate) senders: Vec<Sender<TcpStream>>,
    pub(crate) bare: Vec<net::TcpStream>,
    pub(crate) rivals: Vec<WebSocketStream<TcpStream>>,
    /// The rival's connections again, each with a task of its own and a channel to it.
    pub(crate) tasks: Tasks,
    /// What keeps our connections open.
    sockets: Vec<WebSocket<TcpStream>>,
}

impl Room {
    /// As many rooms of `count` each as there are `policies`. Their connections take turns in being
    /// opened, as what is opened later lies elsewhere in memory.
    pub(crate) async fn open<const N: usize>(
        listener: &TcpListener,
        count: usize,
        policies: [Option<DeflatePolicy>; N],
    ) -> Result<[Self; N], Box<dyn Error>> {
        let mut rooms = policies.map(|_| Self::default());
        let acceptors = policies.map(|policy| Acceptor::default().deflate(policy));
        for _ in 0..count {
            for (room, acceptor) in rooms.iter_mut().zip(&acceptors) {
                room.let_in(listener, acceptor).await?;
            }
        }
        Ok(rooms)
    }

    /// Accepts the next connection, as the acceptor of all connections of the room does it.
    async fn let_in(
        &mut self,
        listener: &TcpListener,
        acceptor: &Acceptor,
    ) -> Result<(), Box<dyn Error>> {
        let stream = listener.accept().await?.0.into_std()?;
        stream.set_nodelay(true)?;
        self.rivals.push(rival(&stream).await?);
        self.tasks.spawn(rival(&stream).await?);
        self.bare.push(stream.try_clone()?);
        let ws = acceptor.accept(TcpStream::from_std(stream)?).await?;
        self.senders.push(ws.sender());
        self.sockets.push(ws);
        Ok(())
    }
}

/// A rival's connection over the same socket.
async fn rival(stream: &net::TcpStream) -> std::io::Result<WebSocketStream<TcpStream>> {
    let stream = TcpStream::from_std(stream.try_clone()?)?;
    Ok(WebSocketStream::from_raw_socket(stream, Role::Server, None).await)
}

/// How chats are built on the rival: whoever has something to tell puts it into each connection's
/// channel, and the connection's task writes what lies there.
#[derive(Default)]
pub(crate) struct Tasks {
    pub(crate) channels: Vec<UnboundedSender<Message>>,
    /// Messages that all of them wrote.
    written: Rc<Cell<usize>>,
    handles: Vec<JoinHandle<()>>,
}

impl Tasks {
    fn spawn(&mut self, mut ws: WebSocketStream<TcpStream>) {
        let (sender, mut receiver) = mpsc::unbounded_channel();
        let written = Rc::clone(&self.written);
        self.channels.push(sender);
        self.handles.push(spawn_local(async move {
            while let Some(message) = receiver.recv().await {
                let mut count = 1;
                let mut fed = ws.feed(message).await.is_ok();
                while let Ok(message) = receiver.try_recv() {
                    fed &= ws.feed(message).await.is_ok();
                    count += 1;
                }
                // What failed is not counted, and whoever waits for it fails.
                if !fed || ws.flush().await.is_err() {
                    return;
                }
                written.set(written.get() + count);
            }
        }));
    }

    /// Waits until `count` messages were written since the last time.
    pub(crate) async fn wait_for(&self, count: usize) -> Result<(), Box<dyn Error>> {
        while self.written.get() < count {
            if self.handles.iter().any(JoinHandle::is_finished) {
                return Err("a rival's connection failed".into());
            }
            yield_now().await;
        }
        self.written.set(0);
        Ok(())
    }
}
