//! Every bound of this crate, each with its default and its reason. Nothing else may name a number
//! that a peer can push against.

/// Longest message of a client, in bytes, that a chat has a use for: the text in JSON where each
/// of its bytes is escaped, and the rest of the object. A connection may refuse longer ones.
pub const MESSAGE_LEN_MAX: usize = 32 * 1024;

/// Characters of a message in the plain chat; the rest is cut off. 50: what the tutorial's server
/// does.
pub const PLAIN_CHARS_MAX: usize = 50;

/// Publications that somebody who joins a plain chat is shown.
pub const PLAIN_HISTORY_LEN: usize = 0;

/// Longest room in an address, in bytes: names are for people, and a channel's name has to hold
/// it behind the chat's prefix.
pub const ROOM_LEN_MAX: usize = 128;
