//! Every bound of this crate, each with its default and its reason. Nothing else may name a number
//! that a peer can push against.

use std::time::Duration;

// Connection

/// Longest message accepted, in bytes after inflating. 16 MiB: the longest of the Autobahn suite,
/// and far above what chat or JSON needs. Longer: close 1009.
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

/// Shortest rest of a frame worth reading straight into the message's own buffer, in bytes. Below
/// it the saved copy costs less than the system call that stops at the frame's end.
pub const READ_STRAIGHT_MIN: usize = 8 * 1024;

// Time

/// Silence after which keepalive sends a Ping.
pub const PING_INTERVAL: Duration = Duration::from_secs(20);

/// How long the peer may take to send anything after that Ping.
pub const PONG_TIMEOUT: Duration = Duration::from_secs(20);

/// The whole budget of the closing handshake: our Close, the peer's Close, the end of TCP.
pub const CLOSE_TIMEOUT: Duration = Duration::from_secs(10);

// Delivery

/// Largest block that small messages of one read share, in bytes: what one held message can pin.
pub const BLOCK_LEN_MAX: usize = 16 * 1024;
