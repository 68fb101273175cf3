//! The fuzz targets of the pure crates as functions, each named like its folder in `seeds/`. Their
//! bodies, and the oracles they ask, are those of the tests of the crates that they are about, in
//! which they also run without a fuzzer. Those of the server are its own.

use crate::channels::history;
use crate::chats::hostile;
use crate::support::targets;

/// An evening in the chats.
pub fn chat(data: &[u8]) {
    hostile::play(data);
}

/// The same stream in chunks and in whole messages.
pub fn chunks(data: &[u8]) {
    targets::chunks(data);
}

/// The body of a Close frame.
pub fn close(data: &[u8]) {
    targets::close(data);
}

/// Compressed messages, and the codecs by themselves.
pub fn deflate(data: &[u8]) {
    targets::deflate(data);
}

/// A stream of frames.
pub fn frame(data: &[u8]) {
    targets::frame(data);
}

/// Heads of the opening handshake.
pub fn handshake(data: &[u8]) {
    targets::handshake(data);
}

/// A history of channels.
pub fn hub(data: &[u8]) {
    history::play(data);
}

/// Two connections against each other.
pub fn pair(data: &[u8]) {
    targets::pair(data);
}
