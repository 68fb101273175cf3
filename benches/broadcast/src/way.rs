//! The ways to send a message to everyone. Owns what is timed.

use std::error::Error;
use std::io::Write;

use bench_fanout::{Clock, unmasked_text};
use futures_util::SinkExt;
use sockeye::{PreparedMessage, SlowReceiver, broadcast};
use tokio_tungstenite::tungstenite::Message;

use crate::room::Room;

/// A price tick, and twenty of them, which compress.
const TICK: &str = r#"{"kind":"tick","price":1234,"name":"sockeye"},"#;
const SHORT: usize = 2;
const LONG: usize = 20;

/// One way.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Way {
    /// A system call per message and receiver, with nothing around it.
    Bare,
    /// A system call per receiver with all messages in it: nobody who writes can cost less.
    BareJoined,
    /// Our broadcast.
    Broadcast,
    /// The same in a room that nothing else uses, for comparison with the next one.
    BroadcastTwin,
    /// Our broadcast of a longer message, compressed once, in a room that nothing else uses.
    BroadcastDeflate,
    /// Our `try_send` to each of them, which is written at once.
    Loop,
    /// A rival's `send` of each message to each of them, as one writes it.
    TungsteniteSend,
    /// The same with `feed` of all messages and one `flush`, to one after another.
    Tungstenite,
    /// The same behind a channel and a task for each connection, as chats are built on it.
    TungsteniteTasks,
}

impl Way {
    pub(crate) const ALL: [Self; 9] = [
        Self::Bare,
        Self::BareJoined,
        Self::Broadcast,
        Self::BroadcastTwin,
        Self::BroadcastDeflate,
        Self::Loop,
        Self::TungsteniteSend,
        Self::Tungstenite,
        Self::TungsteniteTasks,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Bare => "bare",
            Self::BareJoined => "bare-joined",
            Self::Broadcast => "broadcast",
            Self::BroadcastTwin => "broadcast-twin",
            Self::BroadcastDeflate => "broadcast-deflate",
            Self::Loop => "loop",
            Self::TungsteniteSend => "tungstenite-send",
            Self::Tungstenite => "tungstenite",
            Self::TungsteniteTasks => "tungstenite-tasks",
        }
    }

    /// In which of the three rooms; only the last compresses.
    pub(crate) fn room(self) -> usize {
        match self {
            Self::BroadcastTwin => 1,
            Self::BroadcastDeflate => 2,
            _ => 0,
        }
    }

    /// Sends `depth` messages to everyone in `room`; the thread's own time in microseconds.
    pub(crate) async fn send(self, room: &mut Room, depth: usize) -> Result<f64, Box<dyn Error>> {
        let short = TICK.repeat(SHORT);
        let frame = unmasked_text(&short)?;
        let clock = Clock::start();
        self.send_to_all(room, &short, &frame, depth).await?;
        Ok(clock.until_written(&room.senders).await)
    }

    async fn send_to_all(
        self,
        room: &mut Room,
        short: &str,
        frame: &[u8],
        depth: usize,
    ) -> Result<(), Box<dyn Error>> {
        match self {
            Self::Bare => {
                for socket in &mut room.bare {
                    for _ in 0..depth {
                        socket.write_all(frame)?;
                    }
                }
            }
            Self::BareJoined => {
                let frames = frame.repeat(depth);
                for socket in &mut room.bare {
                    socket.write_all(&frames)?;
                }
            }
            Self::Broadcast | Self::BroadcastTwin => tell_all(room, short, depth, 0)?,
            Self::BroadcastDeflate => tell_all(room, &TICK.repeat(LONG), depth, 1)?,
            Self::Loop => {
                for sender in &room.senders {
                    for _ in 0..depth {
                        sender.try_send(short)?;
                    }
                }
            }
            Self::TungsteniteSend => {
                for _ in 0..depth {
                    let message = Message::text(short);
                    for rival in &mut room.rivals {
                        rival.send(message.clone()).await?;
                    }
                }
            }
            Self::Tungstenite => {
                for rival in &mut room.rivals {
                    for _ in 0..depth {
                        rival.feed(Message::text(short)).await?;
                    }
                    rival.flush().await?;
                }
            }
            Self::TungsteniteTasks => {
                for _ in 0..depth {
                    let message = Message::text(short);
                    for channel in &room.tasks.channels {
                        channel.send(message.clone())?;
                    }
                }
                room.tasks
                    .wait_for(depth * room.tasks.channels.len())
                    .await?;
            }
        }
        Ok(())
    }
}

/// Broadcasts. Each message is compressed as often as is said.
fn tell_all(
    room: &Room,
    text: &str,
    depth: usize,
    compressions: usize,
) -> Result<(), Box<dyn Error>> {
    for _ in 0..depth {
        let message = PreparedMessage::new(text);
        let report = broadcast(&room.senders, &message, SlowReceiver::Skip);
        if report.sent != room.senders.len() || message.compressions() != compressions {
            return Err(format!("{report:?}, {message:?}").into());
        }
    }
    Ok(())
}
