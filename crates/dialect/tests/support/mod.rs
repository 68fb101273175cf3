//! What the test programs share: chats on a real hub, in virtual time, without sockets.

pub(crate) mod engine;
pub(crate) mod hall;
pub(crate) mod hostile;
pub(crate) mod transcript;
