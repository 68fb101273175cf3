//! permessage-deflate's codecs (RFC 7692 §7.2), against the RFC's examples, zlib's output, damaged
//! data and hostile peers.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod bounds;
mod encoder;
mod examples;
mod faults;
mod final_blocks;
mod naive;
mod random;
mod round_trip;
mod sharing;
mod support;
