//! Every bound of this crate, each with its default and its reason. Nothing else may name a number
//! that a peer can push against. Keeps rules of RFC 6455 §10.4.

use std::time::Duration;

// Connection

/// Longest message accepted, in bytes after inflating. 16 MiB: the longest of the Autobahn suite,
/// and far above what chat or JSON needs. Longer: close 1009.
// RFC 6455 §10.4-2 SHOULD: frames and reassembled messages have a limit, this one.
pub const MESSAGE_LEN_MAX: usize = 16 * 1024 * 1024;

/// Longest payload of a control frame, in bytes (RFC 6455 §5.5).
pub const CONTROL_LEN_MAX: usize = 125;

/// Longest reason in a Close frame, in bytes of UTF-8: a control payload less the code's two.
pub const CLOSE_REASON_LEN_MAX: usize = CONTROL_LEN_MAX - 2;

/// Longest frame header, in bytes: two, eight of length, four of masking key.
pub const HEADER_LEN_MAX: usize = 14;

/// Most empty fragments, each with FIN clear, in one message. They retain no memory, but they keep
/// a connection busy for nothing (CVE-2026-62389); no sender has a use for more. More: close 1008.
pub const EMPTY_FRAGMENTS_MAX: u32 = 1024;

/// How far the buffer of an incomplete message may run ahead of what was received, in bytes, before
/// it grows in proportion. A declared length alone never reserves more.
pub const MESSAGE_RESERVE: usize = 64 * 1024;

/// Growth of that buffer: at most this many times what was received. Four, so that a message of
/// 1 MiB moves twice, while a peer that stops pins at most four times what it sent.
pub const MESSAGE_GROWTH: usize = 4;

/// Longest chunk of a message that is received in chunks, in bytes: what a read brings, and what a
/// chunk is inflated to. Only what had been gathered before chunks were asked for comes in one.
pub const CHUNK_LEN_MAX: usize = 64 * 1024;

/// Compressed bytes that are taken at a time to fill such a chunk. What does not fit waits as it
/// is, so this is also how much waits: at most a thousandfold of it once inflated.
pub const CHUNK_INPUT_LEN: usize = 4 * 1024;

/// Shortest rest of a frame worth reading straight into the message's own buffer, in bytes. Below
/// it the saved copy costs less than the system call that stops at the frame's end.
pub const READ_STRAIGHT_MIN: usize = 8 * 1024;

// Compression

/// Compression level used unless the caller says otherwise: zlib's usual compromise.
pub const DEFLATE_LEVEL: u8 = 6;

/// Shortest message that is compressed unless the caller says otherwise, in bytes: below it the
/// work saves less than a TCP header.
pub const DEFLATE_LEN_MIN: usize = 64;

/// How much longer than the longest message a compressed one may be: by the part that this shift of
/// the limit gives, and 1 KiB. Stored blocks add five bytes per 64 KiB, careless flushes more.
pub const DEFLATE_OVERHEAD_SHIFT: u32 = 6;

// Time

/// Silence after which keepalive sends a Ping.
pub const PING_INTERVAL: Duration = Duration::from_secs(20);

/// Shortest interval and timeout of keepalive: a shorter one counts as this. Without it a careless
/// zero would fill the line with Pings.
pub const KEEPALIVE_MIN: Duration = Duration::from_millis(10);

/// How long the peer may take to send anything after that Ping.
pub const PONG_TIMEOUT: Duration = Duration::from_secs(20);

/// The whole budget of the closing handshake: our Close, the peer's Close, the end of TCP. Where
/// the peer began, messages that came before may be answered for half of it.
pub const CLOSE_TIMEOUT: Duration = Duration::from_secs(10);

// Delivery

/// Largest block that small messages of one read share, in bytes: what one held message can pin.
pub const BLOCK_LEN_MAX: usize = 16 * 1024;

/// Block that serves again for messages of any shorter length, in bytes. A longer one serves for
/// messages of at least half its length: who holds such a message holds all of the block.
pub const BLOCK_REUSE_MIN: usize = 256;

/// Shortest message that keeps its frame header in front of it, in bytes, so that it can be sent on
/// in one piece. A shorter one is copied behind a new header.
pub const FRAMED_LEN_MIN: usize = 8 * 1024;

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

/// Bytes of an answer that is no HTTP, of which the first shows it, before it is refused with them:
/// enough to know SSH, SMTP or a database by.
pub const FOREIGN_START_LEN: usize = 16;

// Deflate

/// The largest window of DEFLATE, in bytes (RFC 7692 §7.1.2): how far back a message may refer, and
/// what a decompressor remembers of what it inflated.
pub const DEFLATE_WINDOW_LEN: usize = 32 * 1024;

/// Most DEFLATE streams in one message. A stream ends with a final block (RFC 7692 §7.2.3.4) of two
/// bytes at least, and the next one costs a copy of the window, a microsecond: without a limit a
/// message of 16 MiB would hold its thread for seconds. Senders that flush so end one stream per
/// fragment or message. More: close 1007.
pub const DEFLATE_STREAMS_MAX: u32 = 4096;

/// Most bytes that a decompressor is given room for at once. An allocation thus runs at most this
/// far, or as far as what was already inflated, ahead of the output. A step costs one copy of up to
/// a window inside zlib, so longer ones are cheaper: 256 KiB inflate in 380 µs by 64 KiB, and in
/// 455 µs by 16 KiB.
pub const DEFLATE_STEP: usize = 64 * 1024;

/// Fewest bytes of such room, while the budget grants them: below it a second call costs more than
/// the zeroing that it saves.
pub const DEFLATE_STEP_MIN: usize = 512;

/// Memory of the decompressors of all messages together that come in chunks without context
/// takeover, in bytes, for the connections of one configuration: 839 messages at a time. A peer may
/// stop in the middle of each. Beyond: close 1013.
pub const DEFLATE_CHUNKS_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Memory of all codecs with context takeover together, in bytes: 300 connections that keep both a
/// compressor (144 KB) and a decompressor (80 KB). Beyond, `no_context_takeover` is negotiated.
pub const DEFLATE_CONTEXTS_BYTES_MAX: usize = 64 * 1024 * 1024;
