//! Everyone who is published to, and the ways to do that. Owns what is timed.

use std::error::Error;
use std::io::Write;
use std::net;

use bench_fanout::{Clock, unmasked_text};
use futures_util::SinkExt;
use sockeye::{
    Acceptor, Message, PreparedMessage, Sender, SlowReceiver, Stream, WebSocket, broadcast,
};
use sockeye_server::Trial;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite;
use tokio_tungstenite::tungstenite::protocol::Role;

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
    /// A publication in a room of the server.
    Hub,
    /// A rival's `send` of each message to each of them, as one writes it.
    Tungstenite,
}

impl Way {
    pub(crate) const ALL: [Self; 4] = [Self::Bare, Self::Broadcast, Self::Hub, Self::Tungstenite];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Bare => "bare",
            Self::Broadcast => "broadcast",
            Self::Hub => "hub",
            Self::Tungstenite => "tungstenite-send",
        }
    }
}

/// One set of sockets, in each of the ways.
pub(crate) struct Room {
    senders: Vec<Sender>,
    bare: Vec<net::TcpStream>,
    rivals: Vec<WebSocketStream<TcpStream>>,
    trial: Trial,
    /// What keeps our connections open.
    sockets: Vec<WebSocket>,
}

impl Room {
    pub(crate) async fn open(listener: &TcpListener, count: usize) -> Result<Self, Box<dyn Error>> {
        let mut room = Self {
            senders: Vec::new(),
            bare: Vec::new(),
            rivals: Vec::new(),
            trial: Trial::new(),
            sockets: Vec::new(),
        };
        tokio::spawn(room.trial.run());
        for _ in 0..count {
            room.let_in(listener).await?;
        }
        Ok(room)
    }

    async fn let_in(&mut self, listener: &TcpListener) -> Result<(), Box<dyn Error>> {
        let stream = listener.accept().await?.0.into_std()?;
        stream.set_nodelay(true)?;
        self.bare.push(stream.try_clone()?);
        let rival = TcpStream::from_std(stream.try_clone()?)?;
        let rival = WebSocketStream::from_raw_socket(rival, Role::Server, None).await;
        self.rivals.push(rival);
        let stream = Stream::from(TcpStream::from_std(stream)?);
        let ws = Acceptor::default().accept(stream).await?;
        let entered = self.trial.enter(&ws).await;
        entered.map_err(|close| close.to_string())?;
        self.senders.push(ws.sender());
        self.sockets.push(ws);
        Ok(())
    }

    /// Sends `depth` messages to everyone; the thread's own time in microseconds.
    pub(crate) async fn send(&mut self, way: Way, depth: usize) -> Result<f64, Box<dyn Error>> {
        let (frame, text) = (unmasked_text(TEXT)?, Message::from(TEXT));
        let clock = Clock::start();
        match way {
            Way::Bare => {
                for socket in &mut self.bare {
                    for _ in 0..depth {
                        socket.write_all(&frame)?;
                    }
                }
            }
            Way::Broadcast => {
                for _ in 0..depth {
                    let message = PreparedMessage::new(text.clone());
                    let report = broadcast(&self.senders, &message, SlowReceiver::Skip);
                    if report.sent != self.senders.len() {
                        return Err(format!("{report:?}").into());
                    }
                }
            }
            Way::Hub => self.trial.say(&text, depth).await,
            Way::Tungstenite => {
                for _ in 0..depth {
                    let message = tungstenite::Message::text(TEXT);
                    for rival in &mut self.rivals {
                        rival.send(message.clone()).await?;
                    }
                }
            }
        }
        Ok(clock.until_written(&self.senders).await)
    }
}
