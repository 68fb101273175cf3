//! Every bound of this crate, each with its default and its reason. The protocol's own bounds are
//! in `sockeye_proto::limits`.

use std::time::Duration;

pub use sockeye_proto::limits::CHUNK_LEN_MAX;

/// The thread's read buffer, in bytes: one per thread, whatever the number of connections. 64 KiB
/// is what one read of a busy socket brings and what stays in a core's second-level cache.
pub const READ_LEN: usize = 64 * 1024;

/// Smallest buffer of one message that is asked to lie in huge pages, in bytes. A smaller one is
/// memory that the allocator had before, and stays with small pages for whatever comes after it.
pub const HUGE_PAGES_LEN_MIN: usize = 8 * 1024 * 1024;

/// Shortest payload that is written from where it lies, in bytes; a shorter one is copied behind
/// its header, which costs less than a second segment in the write call.
pub const REFERENCE_LEN_MIN: usize = 8 * 1024;

/// Unwritten bytes of one connection at which `send` waits for the kernel to take some, unless the
/// connection says otherwise. The queue holds at most this much and one message per waiting sender,
/// and the Pongs to one read.
pub const QUEUE_LEN_HIGH: usize = 64 * 1024;

/// Unwritten bytes at which those who wait go on, unless the connection says otherwise: a quarter,
/// so that they are there again before the kernel has nothing left to send.
pub const QUEUE_LEN_LOW: usize = QUEUE_LEN_HIGH / 4;

/// Highest high mark that a connection may set, in bytes. Who needs more has a queue of his own.
pub const QUEUE_LEN_MAX: usize = 64 * 1024 * 1024;

/// Written bytes at the front of an output buffer that is never empty, before they are let go; and
/// they must be half of it. So it is at most twice as long as what is queued and these.
pub const COMPACT_LEN_MIN: usize = 16 * 1024;

/// Memory of a queue that holds more than one frame, at the least, in bytes: others will follow,
/// and room for them all at once costs less than in steps. Doubled it comes to 96 KiB, which holds
/// a queue at its high mark and a small message more.
pub const SEVERAL_LEN_MIN: usize = 1536;

/// Largest output buffer that a thread keeps for the next connection, in bytes.
pub const SPARE_LEN_MAX: usize = 128 * 1024;

/// Output buffers that a thread keeps besides: as many receivers of a broadcast need no memory of
/// their own.
pub const SPARES_MAX: usize = 64;

/// Largest of those, in bytes.
pub const SMALL_SPARE_LEN_MAX: usize = 4096;

/// Most messages for which a thread keeps the delivery queue's memory.
pub const SPARE_MESSAGES_MAX: usize = 4096;

/// Segments handed to one vectored write call.
pub const WRITE_SEGMENTS_MAX: usize = 16;

/// Reads that one round of the keeper spends on one connection that it closes for its owner.
pub const LINGER_READS: usize = 16;

/// Bytes thrown away after a connection failed or was dropped, before it is cut off. A peer that
/// has not noticed our Close after this much will not.
pub const LINGER_LEN_MAX: usize = 1024 * 1024;

/// Opening: name and TCP, TLS, and the handshake each, on either side.
pub const OPEN_TIMEOUT: Duration = Duration::from_secs(10);

/// Pause of `accept_tcp` after the system refused a connection, most often for want of file
/// descriptors: long enough to burn nothing, and to fill no log with a line each.
pub const ACCEPT_PAUSE: Duration = Duration::from_secs(1);

/// How long a server keeps the socket of a client whose TLS it refused, so that it can take the
/// alert and leave. Nobody waits for it.
pub const REFUSAL_TIMEOUT: Duration = Duration::from_secs(1);

/// Clients that were refused and may still take their answer and leave, in one process: a quarter
/// of the descriptors that a process has by default, so that they keep nobody else out. Further
/// ones are answered and closed at once, and may find a reset in place of the answer.
pub const PARTING_MAX: usize = 256;

/// What TLS takes from the queue before TCP takes its records, in bytes: four records, so that a
/// long queue goes out in few writes.
pub const TLS_QUEUE_LEN_MAX: usize = 64 * 1024;

/// TLS sessions that a client remembers to resume them, the oldest forgotten first: a kilobyte or
/// two each.
pub const TLS_SESSIONS_MAX: usize = 256;

/// The start of a refusal's body that a client keeps for its error, in bytes.
pub const REFUSAL_BODY_LEN_MAX: usize = 1024;

/// How long a client waits for that body once the head is there.
pub const REFUSAL_BODY_TIMEOUT: Duration = Duration::from_secs(1);

/// Randomness taken from the system at once, in bytes: masking keys for 1,024 frames.
pub const KEY_POOL_LEN: usize = 4096;

/// Messages of one read with buffers of their own, in bytes of these buffers, after which the rest
/// of the read waits for its turn. Compressed, a read of 64 KiB may hold 64 MiB: without this bound
/// one connection would take that much memory and that much time at once.
pub const BATCH_LEN_MAX: usize = 1024 * 1024;

/// Messages that `WebSocket::round_trip` keeps for `recv` while it waits for its Pong, in bytes
/// with what holds them, and one read more: as much as one read may bring in buffers of their own.
pub const HELD_LEN_MAX: usize = BATCH_LEN_MAX;

/// Bytes that are read ahead in search of the peer's Close after writing failed. It is what a
/// socket holds by default, twice over: there nobody read what came before the Close.
pub const CLOSE_SEARCH_LEN_MAX: usize = 256 * 1024;

/// Rounds of calls that the keeper serves before it lets other tasks run.
pub const KEEPER_ROUNDS: usize = 4;

/// Most calls of one such round. Each is a write: four rounds of them take about a millisecond.
pub const KEEPER_CALLS_MAX: usize = 64;

/// What is on its way between the two ends of a [`pair`](crate::pair), in bytes and each direction.
pub const PIPE_LEN: usize = 64 * 1024;

/// Longest message that a write to the view behind the feature `io` becomes, in bytes: what a
/// message costs is nothing beside it, and every peer takes it.
pub const IO_MESSAGE_LEN_MAX: usize = 64 * 1024;

/// How long a scripted peer waits, for what a test expects of the connection or for room for what
/// it sends, unless the test says otherwise. Longer than keepalive takes to give up, so that what
/// it does about a silent peer is seen first.
#[cfg(feature = "testing")]
pub const TEST_PATIENCE: Duration = Duration::from_secs(60);

/// Bytes of application data of one `web::WebSocket` that may wait to be transmitted, unless its
/// options say otherwise. A page may send whole files at once and watch `bufferedAmount`; one that
/// does not watch it is not to take the whole memory.
#[cfg(feature = "web")]
pub const WEB_UNSENT_LEN_MAX: u64 = 256 * 1024 * 1024;

/// Messages of one `web::WebSocket` that may wait to be transmitted, as those without bytes count
/// for nothing above: each takes some 180 bytes.
#[cfg(feature = "web")]
pub const WEB_UNSENT_MESSAGES_MAX: usize = 1024 * 1024;

/// Messages of a `web::WebSocket` that are written together and then counted as transmitted
/// together, in bytes: so exact is `bufferedAmount`. As much as the queue's high mark.
#[cfg(feature = "web")]
pub const WEB_BATCH_LEN_MAX: usize = QUEUE_LEN_HIGH;

/// Letters of a value that a `web::DomException` or a line of the log quotes.
#[cfg(feature = "web")]
pub const WEB_QUOTE_LEN_MAX: usize = 64;
