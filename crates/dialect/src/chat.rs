//! The chats of the tutorials, as protocols that a connection is opened with. Owns which there are,
//! their numbers, rooms and channels; what each says is its module's.

mod greeting;
mod json;
mod lines;
mod name;
mod refused;

use std::time::Duration;

use sockeye_hub::{
    ChannelName, ChannelOptions, Command, NameFault, News, Presence, SessionId, Start, Variant,
};

use crate::act::Frame;
use crate::limits;
use crate::session::{Encode, Now, Session};

/// A protocol that a chat is spoken in.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Protocol {
    /// MDN's chat: JSON objects, names that are unique, a list of who is there.
    Json,
    /// javascript.info's chat: text to everybody, cut at a length.
    Plain,
    /// The nickname chat: `nick: text` to everybody.
    Nick,
    /// javascript.info's greeting server. It has no channel: the hub needs not know its sessions.
    Greeting,
}

/// What a team can change of the chats. Numbers above the limits of this crate count as those.
#[derive(Clone, Debug, Eq, PartialEq)]
// Complete: built from the defaults with `..`.
pub struct Options {
    /// Characters of a name, 1 to [`NAME_CHARS_MAX`](limits::NAME_CHARS_MAX).
    pub name_chars_max: usize,
    /// Characters of what somebody says at once in the JSON and the nickname chat, 1 to
    /// [`TEXT_CHARS_MAX`](limits::TEXT_CHARS_MAX).
    pub text_chars_max: usize,
    /// Publications that somebody who joins a JSON chat is shown.
    pub json_history_len: usize,
    /// Publications that somebody who joins a nickname chat is shown.
    pub nick_history_len: usize,
    /// Publications that somebody who joins a plain chat is shown.
    pub plain_history_len: usize,
    /// Characters of a message in the plain chat; the rest is cut off.
    pub plain_chars_max: usize,
    /// How long after its first greeting the greeting server closes.
    pub greeting_delay: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            name_chars_max: limits::NAME_CHARS_MAX,
            text_chars_max: limits::TEXT_CHARS_MAX,
            json_history_len: limits::JSON_HISTORY_LEN,
            nick_history_len: limits::LINES_HISTORY_LEN,
            plain_history_len: limits::LINES_HISTORY_LEN,
            plain_chars_max: limits::PLAIN_CHARS_MAX,
            greeting_delay: limits::GREETING_DELAY,
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

    /// What its session asks of the hub to hear its room, without a word about who it is.
    fn subscribe(&self, start: Start) -> Command {
        Command::Subscribe {
            channel: self.room.clone(),
            start,
            info: "".into(),
        }
    }
}

/// How many characters a text has, if that is more than `chars_max`.
fn chars_over(text: &str, chars_max: usize) -> Option<usize> {
    // No text has more characters than bytes, so that most need not be counted.
    let is_within = text.len() <= chars_max;
    let chars = if is_within { 0 } else { text.chars().count() };
    (chars > chars_max).then_some(chars)
}

impl Protocol {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Json, Self::Plain, Self::Nick, Self::Greeting];

    /// The protocol of a variant.
    pub fn of(variant: Variant) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|known| known.variant() == variant)
    }

    /// Its number, for [`Hello::variant`](sockeye_hub::Hello::variant).
    pub fn variant(self) -> Variant {
        match self {
            Self::Json => Variant(0),
            Self::Plain => Variant(1),
            Self::Nick => Variant(2),
            Self::Greeting => Variant(3),
        }
    }

    /// The subprotocol of WebSocket that names it, where one does. The article's clients ask for
    /// none, which is no reason to refuse them.
    pub fn subprotocol(self) -> Option<&'static str> {
        match self {
            Self::Json => Some("json"),
            Self::Plain | Self::Nick | Self::Greeting => None,
        }
    }

    /// What the names of its channels begin with, for [`Rules::insert`](sockeye_hub::Rules).
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Json => "chat:",
            Self::Plain => "plain:",
            Self::Nick => "nick:",
            Self::Greeting => "greeting:",
        }
    }

    /// What its channels are like, on top of what all channels are like.
    pub fn channel_options(self, otherwise: &ChannelOptions) -> ChannelOptions {
        let presence = match self {
            Self::Json => Presence::Names,
            Self::Plain | Self::Nick | Self::Greeting => otherwise.presence,
        };
        ChannelOptions {
            presence,
            ..otherwise.clone()
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
        let prefix = self.prefix();
        ChannelName::new(&format!("{prefix}{room}")).map_err(|fault| match fault {
            // People know the room, and not what stands before it.
            NameFault::Control { at } => NameFault::Control {
                at: at.saturating_sub(prefix.len()),
            },
            other => other,
        })
    }

    /// A session for a new connection.
    pub fn session(self, options: &Options, seat: Seat) -> Box<dyn Session> {
        match self {
            Self::Json => Box::new(json::Json::new(options, seat)),
            Self::Plain => Box::new(lines::Lines::plain(options, seat)),
            Self::Nick => Box::new(lines::Lines::nick(options, seat)),
            Self::Greeting => Box::new(greeting::Greeting::new(options)),
        }
    }
}

impl Encode for Protocol {
    fn encode(&self, now: Now, _channel: &ChannelName, news: &News) -> Option<Frame> {
        match self {
            Self::Json => json::encode(now, news),
            Self::Plain | Self::Nick => lines::encode(news),
            Self::Greeting => None,
        }
    }
}

#[cfg(test)]
mod tests;
