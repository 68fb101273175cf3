//! permessage-deflate's codecs (RFC 7692 §7.2): payload in, payload out. Owns what a message may
//! cost while it is compressed or inflated, and who may keep a window between messages.
//!
//! The parameters are negotiated elsewhere ([`crate::handshake::deflate_params`]), and RSV1 is the
//! frames' business. Nothing here reads a length that a peer declared: output grows with what was
//! really inflated, up to the caller's budget.
//!
//! # Which codec serves whom
//!
//! * Without context takeover a thread's [`SharedCodecs`] serve all its connections: a message is
//!   compressed or inflated in one go, and nothing is kept.
//! * With context takeover a connection owns a [`Compressor`] or [`Decompressor`]. They are large,
//!   so each is paid from a [`ContextBudget`].
//!
//! # What they cost
//!
//! Heap bytes, measured by a test with a counting allocator (64-bit, zlib-rs 0.6.8 for inflating):
//!
//! | codec | bytes |
//! |---|---|
//! | compressor, window 15 | 144 KB |
//! | compressor, window 12 | 29 KB |
//! | compressor, window 9 | 11 KB |
//! | decompressor | 47 KB, and what it inflated last, up to 33 KB |
//!
//! `cargo run --release -p sockeye-proto --example deflate` (EPYC, one core, November 2026), with
//! what zlib-rs needs to compress the same:
//!
//! | JSON | level | takeover | size | compress | inflate | zlib-rs: size | compress |
//! |---|---|---|---|---|---|---|---|
//! | 1 KiB | 1 | no | 367 B | 3.7 µs | 2.3 µs | 493 B | 3.5 µs |
//! | 1 KiB | 1 | yes | 294 B | 4.1 µs | 2.3 µs | 374 B | 2.4 µs |
//! | 1 KiB | 6 | no | 352 B | 5.6 µs | 2.4 µs | 355 B | 11 µs |
//! | 1 KiB | 6 | yes | 265 B | 11 µs | 2.4 µs | 273 B | 15 µs |
//! | 256 KiB | 1 | no | 68,538 B | 680 µs | 320 µs | 97,138 B | 570 µs |
//! | 256 KiB | 6 | no | 61,992 B | 2,620 µs | 330 µs | 63,846 B | 2,710 µs |
//! | 256 KiB | 9 | no | 60,326 B | 4,610 µs | 330 µs | 63,500 B | 4,620 µs |

mod budget;
mod compressor;
mod config;
mod decompressor;
mod encoder;
mod fault;
mod history;
mod shared;

pub use budget::{ContextBudget, ContextPermit};
pub use compressor::{Compressor, Encoding};
pub use config::{CompressorConfig, ConfigFault, ContextTakeover};
pub use decompressor::Decompressor;
pub use fault::InflateFault;
pub use shared::SharedCodecs;

/// What a sender cuts off the end of a message and a receiver puts back (RFC 7692 §7.2.1, §7.2.2):
/// the lengths of an empty stored block.
const TAIL: [u8; 4] = [0x00, 0x00, 0xFF, 0xFF];
