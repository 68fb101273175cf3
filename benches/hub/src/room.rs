//! Everyone who is published to, in rooms of one size, and the ways to do that. Owns what is timed.

use std::error::Error;
use std::io;
use std::sync::Arc;

use bench_fanout::{Clock, unmasked_text};
use futures_util::SinkExt;
use rustix::net::SendFlags;
use sockeye::{
    Acceptor, Config, Message, PreparedMessage, Sender, SlowReceiver, Stream, WebSocket, broadcast,
};
use sockeye_server::Trial;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite;
use tokio_tungstenite::tungstenite::protocol::Role;

use crate::node::NodeRoom;
use crate::rival::RivalRoom;

/// Two price ticks: 92 bytes.
const TEXT: &str = concat!(
    r#"{"kind":"tick","price":1234,"name":"sockeye"},"#,
    r#"{"kind":"tick","price":1234,"name":"sockeye"},"#
);

/// One way.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Way {
    /// A system call per message and receiver, with nothing around it.
    Bare,
    /// The library's broadcast.
    Broadcast,
    /// What a client says in a room of the server.
    Hub,
    /// A publication in a room of the server, of who is no client of it.
    Publish,
    /// A rival's `send` of each message to each of them, as one writes it.
    Tungstenite,
    /// A rival's room: a task for each of them, which sends what all receive.
    TungsteniteRoom,
    /// Node's ws, which sends each message to each of its own.
    Node,
}

impl Way {
    /// Those of this process.
    pub(crate) const OURS: [Self; 5] = [
        Self::Bare,
        Self::Broadcast,
        Self::Hub,
        Self::Publish,
        Self::Tungstenite,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Bare => "bare",
            Self::Broadcast => "broadcast",
            Self::Hub => "hub",
            Self::Publish => "hub-publish",
            Self::Tungstenite => "tungstenite-send",
            Self::TungsteniteRoom => "tungstenite-room",
            Self::Node => "node-ws",
        }
    }
}

/// How many there are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    /// In each room.
    pub(crate) receivers: usize,
    pub(crate) rooms: usize,
    /// How often all of them are published to, one after the other.
    pub(crate) times: usize,
}

impl Size {
    /// In all rooms.
    pub(crate) fn people(self) -> usize {
        self.receivers * self.rooms
    }
}

/// One set of sockets, in each of the ways: room by room.
pub(crate) struct Rooms {
    senders: Vec<Sender>,
    rivals: Vec<WebSocketStream<TcpStream>>,
    /// A rival's rooms.
    theirs: Vec<RivalRoom>,
    trial: Trial,
    pub(crate) node: Option<NodeRoom>,
    acceptor: Acceptor,
    /// What keeps our connections open.
    sockets: Vec<WebSocket>,
    size: Size,
}

impl Rooms {
    /// With a rival's rooms of as many, if `has_rival`.
    pub(crate) async fn open(
        listener: &TcpListener,
        size: Size,
        has_rival: bool,
    ) -> Result<Self, Box<dyn Error>> {
        let mut config = Config::default();
        // Nobody here reads, so nobody would hear that the receivers are alive.
        config.keepalive = None;
        let mut rooms = Self {
            senders: Vec::new(),
            rivals: Vec::new(),
            theirs: Vec::new(),
            trial: Trial::new(),
            node: None,
            acceptor: Acceptor::default().config(Arc::new(config)),
            sockets: Vec::new(),
            size,
        };
        tokio::spawn(rooms.trial.run());
        for room in 0..size.rooms {
            let mut rival = has_rival.then(RivalRoom::new);
            for _ in 0..size.receivers {
                rooms.let_in(listener, room, rival.as_mut()).await?;
            }
            rooms.theirs.extend(rival);
        }
        Ok(rooms)
    }

    async fn let_in(
        &mut self,
        listener: &TcpListener,
        room: usize,
        rival: Option<&mut RivalRoom>,
    ) -> Result<(), Box<dyn Error>> {
        let stream = listener.accept().await?.0.into_std()?;
        stream.set_nodelay(true)?;
        self.rivals.push(tungstenite_of(&stream).await?);
        if let Some(rival) = rival {
            rival.enter(tungstenite_of(&stream).await?);
        }
        let stream = Stream::from(TcpStream::from_std(stream)?);
        let ws = self.acceptor.accept(stream).await?;
        let entered = self.trial.enter(&ws, room).await;
        entered.map_err(|cause| cause.to_string())?;
        self.senders.push(ws.sender());
        self.sockets.push(ws);
        Ok(())
    }

    /// Sends `depth` messages to everyone in each room, as often as the size says; the thread's own
    /// time in microseconds.
    pub(crate) async fn send(&mut self, way: Way, depth: usize) -> Result<f64, Box<dyn Error>> {
        if way == Way::Node {
            let node = self.node.as_mut().ok_or("there is no node")?;
            return node.send(TEXT, self.size.times, depth).await;
        }
        let mut micros = 0.0;
        for _ in 0..self.size.times {
            micros += self.send_once(way, depth).await?;
        }
        Ok(micros)
    }

    async fn send_once(&mut self, way: Way, depth: usize) -> Result<f64, Box<dyn Error>> {
        let (frame, text) = (unmasked_text(TEXT)?, Message::from(TEXT));
        let clock = Clock::start();
        match way {
            Way::Bare => {
                for rival in &self.rivals {
                    for _ in 0..depth {
                        write(rival.get_ref(), &frame)?;
                    }
                }
            }
            Way::Broadcast => {
                for senders in self.senders.chunks(self.size.receivers) {
                    for _ in 0..depth {
                        let message = PreparedMessage::new(text.clone());
                        let report = broadcast(senders, &message, SlowReceiver::Skip);
                        if report.sent != senders.len() {
                            return Err(format!("{report:?}").into());
                        }
                    }
                }
            }
            Way::Hub => self.trial.say(&text, depth).await,
            Way::Publish => {
                let published = self.trial.publish(TEXT, depth).await;
                published.map_err(|refused| refused.to_string())?;
            }
            Way::Tungstenite => {
                for rivals in self.rivals.chunks_mut(self.size.receivers) {
                    for _ in 0..depth {
                        let message = tungstenite::Message::text(TEXT);
                        for rival in &mut *rivals {
                            rival.send(message.clone()).await?;
                        }
                    }
                }
            }
            Way::TungsteniteRoom => {
                for room in &mut self.theirs {
                    room.say(TEXT, depth);
                }
                for room in &self.theirs {
                    room.settle().await;
                }
            }
            Way::Node => {}
        }
        Ok(clock.until_written(&self.senders).await)
    }
}

/// A rival's connection over the same socket.
async fn tungstenite_of(stream: &std::net::TcpStream) -> io::Result<WebSocketStream<TcpStream>> {
    let stream = TcpStream::from_std(stream.try_clone()?)?;
    Ok(WebSocketStream::from_raw_socket(stream, Role::Server, None).await)
}

/// What the standard library does for a write, on a descriptor that belongs to a runtime.
fn write(socket: &TcpStream, frame: &[u8]) -> io::Result<()> {
    match rustix::net::send(socket, frame, SendFlags::NOSIGNAL)? {
        len if len == frame.len() => Ok(()),
        _ => Err(io::ErrorKind::WriteZero.into()),
    }
}
