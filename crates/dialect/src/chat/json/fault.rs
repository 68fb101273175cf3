//! What is wrong with what a client says: what, and where; and why it has another name than it
//! asked for. Owns the words that it is answered with.

use std::fmt;

use sockeye_hub::Refusal;

use crate::chat::name::NameFault;

/// By how much something is too long, or how many people there may be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Excess {
    /// In characters.
    Chars { chars: usize, chars_max: usize },
    /// In bytes.
    Bytes { len: usize, len_max: usize },
    /// In marks upon one character.
    Marks { marks: usize, marks_max: usize },
    /// In people of a room, of whom there are as many as may be.
    People { people_max: usize },
}

/// What is wrong with a message of a client.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Fault {
    /// It is not text.
    Binary,
    /// It is longer than a message of this chat can be.
    Len { len: usize, len_max: usize },
    /// It is no JSON. The reason says where.
    Syntax {
        reason: String,
        line: usize,
        column: usize,
    },
    /// It is JSON, but no object.
    NoObject { found: &'static str },
    /// A field is missing.
    Missing { field: &'static str },
    /// A field is something else than it has to be.
    Kind {
        field: &'static str,
        expected: &'static str,
        found: &'static str,
    },
    /// Its type is none that clients send.
    Type { found: String },
    /// The key has nothing in it, so that it is no other than other messages'.
    NoKey,
    /// The key is longer than keys may be.
    Key { len: usize, len_max: usize },
    /// There is nothing in the text.
    Empty,
    /// The text is longer than texts may be.
    Text { chars: usize, chars_max: usize },
    /// Who says something has no name.
    Nameless,
    /// Nobody else can have a name in the room.
    Full { room: String, people_max: usize },
    /// Too much waits for the sender's name.
    Impatient,
    /// It is in the room already.
    Joined,
}

impl Fault {
    /// The hub's number for it.
    pub(super) fn code(&self) -> u16 {
        let refusal = match self {
            Self::Len { .. } | Self::Key { .. } | Self::Text { .. } | Self::Full { .. } => {
                Refusal::Limit
            }
            Self::Impatient => Refusal::TooMuch,
            _ => Refusal::BadRequest,
        };
        refusal.code()
    }

    /// The field that it is in.
    pub(super) fn field(&self) -> Option<&'static str> {
        match self {
            Self::Missing { field } | Self::Kind { field, .. } => Some(field),
            Self::Type { .. } => Some("type"),
            Self::Key { .. } | Self::NoKey => Some("key"),
            Self::Empty | Self::Text { .. } => Some("text"),
            Self::Full { .. } => Some("name"),
            _ => None,
        }
    }

    /// By how much it is too long, or how many people there may be.
    pub(super) fn excess(&self) -> Option<Excess> {
        match *self {
            Self::Full { people_max, .. } => Some(Excess::People { people_max }),
            Self::Len { len, len_max } | Self::Key { len, len_max } => {
                Some(Excess::Bytes { len, len_max })
            }
            Self::Text { chars, chars_max } => Some(Excess::Chars { chars, chars_max }),
            _ => None,
        }
    }

    /// The place in the text, from 1 on.
    pub(super) fn place(&self) -> Option<(usize, usize)> {
        match self {
            Self::Syntax { line, column, .. } => Some((*line, *column)),
            _ => None,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Binary => write!(f, "binary message, this chat is text"),
            Self::Len { len, len_max } => {
                write!(f, "message of {len} bytes, at most {len_max} are allowed")
            }
            Self::Syntax { reason, .. } => write!(f, "no JSON: {reason}"),
            Self::NoObject { found } => write!(f, "{found}, a message is an object"),
            Self::Missing { field } => write!(f, "`{field}` is missing"),
            Self::Kind {
                field,
                expected,
                found,
            } => write!(f, "`{field}` is {found}, not {expected}"),
            Self::Type { found } => write!(f, "type `{found}` is not known"),
            Self::NoKey => write!(f, "empty key"),
            Self::Key { len, len_max } => {
                write!(f, "key of {len} bytes, at most {len_max} are allowed")
            }
            Self::Empty => write!(f, "empty text"),
            Self::Text { chars, chars_max } => {
                write!(
                    f,
                    "text of {chars} characters, at most {chars_max} are allowed"
                )
            }
            Self::Nameless => write!(f, "say a `username` first"),
            Self::Full { room, people_max } => {
                write!(
                    f,
                    "room `{room}` is full: at most {people_max} people have a name in it"
                )
            }
            Self::Impatient => write!(f, "too many messages wait for the name"),
            Self::Joined => write!(f, "`resume` comes before everything else"),
        }
    }
}

/// Why a client has another name than it asked for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Reason {
    /// Somebody else has it.
    Taken,
    /// The server knows who it is.
    Known,
    /// It cannot be a name.
    Fault(NameFault),
}

impl Reason {
    /// The hub's number for it.
    pub(super) fn code(&self) -> u16 {
        let refusal = match self {
            Self::Taken => Refusal::Taken,
            Self::Known => Refusal::Denied,
            Self::Fault(fault) => return fault.code(),
        };
        refusal.code()
    }

    /// By how much the name is too long.
    pub(super) fn excess(&self) -> Option<Excess> {
        match *self {
            Self::Fault(NameFault::Long { chars, chars_max }) => {
                Some(Excess::Chars { chars, chars_max })
            }
            Self::Fault(NameFault::Wide { len, len_max }) => Some(Excess::Bytes { len, len_max }),
            Self::Fault(NameFault::Marks { marks, marks_max }) => {
                Some(Excess::Marks { marks, marks_max })
            }
            _ => None,
        }
    }

    /// The character that no name may have.
    pub(super) fn character(&self) -> Option<char> {
        match *self {
            Self::Fault(NameFault::Hidden { character }) => Some(character),
            _ => None,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Taken => write!(f, "name taken"),
            Self::Known => write!(f, "the server knows who you are"),
            Self::Fault(fault) => fault.fmt(f),
        }
    }
}
