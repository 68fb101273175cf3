//! The chats of the tutorials, as protocols that a connection is opened with. Owns which there are,
//! their numbers, rooms and channels; what each says is its module's.

mod plain;

use sockeye_hub::{ChannelName, ChannelOptions, NameFault, News, SessionId, Variant};

use crate::act::Frame;
use crate::limits;
use crate::session::{Encode, Now, Session};

/// A protocol that a chat is spoken in.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Protocol {
    /// Text to everybody, cut at a length.
    Plain,
}

/// What a team can change of the chats.
#[derive(Clone, Debug, Eq, PartialEq)]
// Complete: built from the defaults with `..`.
pub struct Options {
    /// Characters of a message in the plain chat; the rest is cut off.
    pub plain_chars_max: usize,
    /// Publications that somebody who joins a plain chat is shown.
    pub plain_history_len: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            plain_chars_max: limits::PLAIN_CHARS_MAX,
            plain_history_len: limits::PLAIN_HISTORY_LEN,
        }
    }
}

/// Where a session sits: what the server knows of a connection when it is opened.
#[derive(Clone, Debug)]
// Complete: built by `Seat::new`.
pub struct Seat {
    /// The session, as the hub knows it.
    pub session: SessionId,
    /// Its room, from [`Protocol::channel`].
    pub room: ChannelName,
    /// The name that the server knows its user by, such as from a token. The client cannot choose
    /// another one then.
    pub name: Option<Box<str>>,
}

impl Seat {
    /// A seat of somebody who has no name yet.
    pub fn new(session: SessionId, room: ChannelName) -> Self {
        Self {
            session,
            room,
            name: None,
        }
    }
}

impl Protocol {
    /// All of them.
    pub const ALL: [Self; 1] = [Self::Plain];

    /// The protocol of a variant.
    pub fn of(variant: Variant) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|known| known.variant() == variant)
    }

    /// Its number, for [`Hello::variant`](sockeye_hub::Hello::variant).
    pub fn variant(self) -> Variant {
        match self {
            Self::Plain => Variant(0),
        }
    }

    /// The subprotocol of WebSocket that names it, where one does.
    pub fn subprotocol(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
        }
    }

    /// What the names of its channels begin with, for [`Rules::insert`](sockeye_hub::Rules).
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Plain => "plain:",
        }
    }

    /// What its channels are like, on top of what all channels are like.
    pub fn channel_options(self, otherwise: &ChannelOptions) -> ChannelOptions {
        match self {
            Self::Plain => otherwise.clone(),
        }
    }

    /// The channel of a room, which is the rest of a path or a query's value, decoded.
    ///
    /// # Errors
    /// If it cannot be a name: it is empty, too long, or has control characters.
    pub fn channel(self, room: &str) -> Result<ChannelName, NameFault> {
        if room.is_empty() {
            return Err(NameFault::Empty);
        }
        let (len, len_max) = (room.len(), limits::ROOM_LEN_MAX);
        if len > len_max {
            return Err(NameFault::Len { len, len_max });
        }
        ChannelName::new(&format!("{}{room}", self.prefix()))
    }

    /// A session for a new connection.
    pub fn session(self, options: &Options, seat: Seat) -> Box<dyn Session> {
        match self {
            Self::Plain => Box::new(plain::Plain::new(options, seat)),
        }
    }
}

impl Encode for Protocol {
    fn encode(&self, _now: Now, _channel: &ChannelName, news: &News) -> Option<Frame> {
        match self {
            Self::Plain => plain::encode(news),
        }
    }
}

#[cfg(test)]
mod tests;
