//! The fuzz targets as functions. Their bodies, and the oracles they ask, are those of the tests of
//! `sockeye-proto`, where they also run over the seeds without a fuzzer.

#[expect(dead_code, reason = "the tests need more of it than the targets")]
#[path = "../../crates/proto/tests/support/mod.rs"]
mod support;

/// The body of a Close frame. Seeds: `seeds/close`.
pub fn close(data: &[u8]) {
    support::targets::close(data);
}

/// A stream of frames. Seeds: `seeds/frame`.
pub fn frame(data: &[u8]) {
    support::targets::frame(data);
}

/// Heads of the opening handshake. Seeds: `seeds/handshake`.
pub fn handshake(data: &[u8]) {
    support::targets::handshake(data);
}

/// Two connections against each other. Seeds: `seeds/pair`.
pub fn pair(data: &[u8]) {
    support::targets::pair(data);
}
