//! Every bound of this crate, each with its unit, its default and its reason.
//!
//! Memory is bounded by what is retained, never by what a peer declares.

// Handshake

/// Largest head of a request or response, in bytes, blank line included.
///
/// 16 KiB is what browsers with many cookies stay under and what nginx and hyper-based servers
/// commonly grant; a head is kept whole until its blank line, so this is also its memory.
pub const HEAD_BYTES_MAX: usize = 16 * 1024;

/// Most header lines in one head.
///
/// Browsers send about 20, proxies add a few; 100 is hyper's default. Each line costs 32 bytes of
/// ranges besides its text.
pub const HEADERS_MAX: usize = 100;

/// Most subprotocols in one offer.
///
/// Offers in the wild have one to five; checking that they are unique compares all pairs, so the
/// number is what keeps that cheap.
pub const SUBPROTOCOLS_MAX: usize = 64;

/// Most extensions in one `Sec-WebSocket-Extensions` list, over all its header lines.
///
/// Browsers offer one; a client with fallbacks offers a handful of variants of permessage-deflate.
pub const EXTENSIONS_MAX: usize = 32;

/// Most parameters of one extension. permessage-deflate, the only registered one, has four.
pub const EXTENSION_PARAMS_MAX: usize = 16;

/// How many bytes of a peer's value an error message quotes before it says `...`.
pub const EXCERPT_LEN_MAX: usize = 64;
