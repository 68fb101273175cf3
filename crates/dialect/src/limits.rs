//! Every bound of this crate, each with its default and its reason. Nothing else may name a number
//! that a peer can push against.

use std::time::Duration;

// Messages

/// Longest message of a client, in bytes, that a chat has a use for: [`TEXT_CHARS_MAX`] characters
/// in JSON where each is escaped, and the rest of the object. A connection may refuse longer ones
/// before a session sees them.
pub const MESSAGE_LEN_MAX: usize = 32 * 1024;

/// Characters of what somebody says at once, where it is not cut. 2000: a page of a book.
pub const TEXT_CHARS_MAX: usize = 2000;

/// Characters of a message in the plain chat; the rest is cut off. 50: what the tutorial's server
/// does.
pub const PLAIN_CHARS_MAX: usize = 50;

/// Longest key by which a client knows its message again, in bytes: a UUID, or a hash in hex.
pub const KEY_LEN_MAX: usize = 64;

/// Messages in a row that are none of the JSON chat's, after which it ends: a client that is read
/// by people gets there by its own fault, and each costs an answer.
pub const FAULTS_MAX: u32 = 64;

/// Messages that wait for their sender's name: a script sends both without waiting in between. At
/// most 128 KiB, as each is a text of [`TEXT_CHARS_MAX`].
pub const UNNAMED_MESSAGES_MAX: usize = 16;

/// Longest part of what a client sent that an answer repeats, in characters.
pub const QUOTE_CHARS_MAX: usize = 32;

/// Longest reason of a Close, in bytes: what RFC 6455 §5.5.1 leaves of a control frame's 125.
pub const REASON_LEN_MAX: usize = 123;

// Names

/// Characters of a name. 24: with 4 bytes for each, and the digits that make it unique, it fits in
/// a tag of a publication, [`TAG_LEN_MAX`](sockeye_hub::limits::TAG_LEN_MAX).
pub const NAME_CHARS_MAX: usize = 24;

/// Longest form in which names are compared, in bytes: the longest number fits behind it in
/// [`USER_ID_LEN_MAX`](sockeye_hub::limits::USER_ID_LEN_MAX). Only Greek letters that fold to two,
/// of five bytes, get there before [`NAME_CHARS_MAX`].
pub const NAME_KEY_LEN_MAX: usize = 108;

/// Marks upon one character of a name, such as accents: what languages need is two, in notations of
/// their sounds three. More would cover the lines above and below.
pub const NAME_MARKS_MAX: usize = 3;

/// Digits that are tried behind a name that somebody else has, from 2 on; after them the session's
/// number, which nobody else has.
pub const NAME_DIGIT_MAX: u32 = 9;

/// Names in one list. A longer one says how many there are.
pub const USER_LIST_LEN_MAX: usize = 200;

// Rooms

/// Longest room in an address, in bytes: names are for people, and a channel's name has to hold
/// it behind the chat's prefix.
pub const ROOM_LEN_MAX: usize = 128;

/// Publications that somebody who joins a plain or nickname chat is shown: none, as those of the
/// tutorials.
pub const LINES_HISTORY_LEN: usize = 0;

/// Publications that somebody who joins a JSON chat is shown.
pub const JSON_HISTORY_LEN: usize = 50;

/// How long a JSON chat waits for a client to say what it saw last, before it joins without.
pub const JOIN_WAIT: Duration = Duration::from_secs(1);

/// How long it waits to join again where the hub was busy and did not say how long.
pub const RETRY_WAIT: Duration = Duration::from_secs(2);

// The greeting

/// How long after its first greeting the greeting server closes. Five seconds: the tutorial's.
pub const GREETING_DELAY: Duration = Duration::from_secs(5);
