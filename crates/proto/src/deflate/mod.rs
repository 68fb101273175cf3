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
//! Heap bytes, measured by a test with a counting allocator (zlib-rs 0.6.8, 64-bit):
//!
//! | codec | bytes |
//! |---|---|
//! | compressor, window 15, memory level 8 | 380 KB |
//! | compressor, window 12, memory level 5 | 165 KB |
//! | compressor, window 9, memory level 1 | 137 KB |
//! | decompressor | 47 KB, and what it inflated last, up to 33 KB |
//!
//! A compressor never goes below 131 KB: zlib-rs has a hash table of that size whatever its window,
//! and empties it before each message without takeover. That takes 1.6 µs in the small compressor
//! and 2.1 µs in the large one, of the 13 and 14 µs that 1 KiB of JSON takes at level 6 (EPYC, one
//! core of an idle machine, November 2026). `cargo run --release -p sockeye-proto --example
//! deflate`, of the same machine under load:
//!
//! | JSON | level | takeover | size | compress | inflate |
//! |---|---|---|---|---|---|
//! | 1 KiB | 1 | no | 493 B | 5.4 µs | 1.9 µs |
//! | 1 KiB | 1 | yes | 374 B | 3.7 µs | 1.8 µs |
//! | 1 KiB | 6 | no | 355 B | 16 µs | 3.6 µs |
//! | 1 KiB | 6 | yes | 273 B | 24 µs | 3.5 µs |
//! | 256 KiB | 1 | no | 97,138 B | 848 µs | 379 µs |

mod budget;
mod compressor;
mod config;
mod decompressor;
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
