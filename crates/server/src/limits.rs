//! Every bound of the server, each with its default and its reason. Those of a WebSocket once it is
//! open are in `sockeye::limits` and `sockeye::Config`.

use std::time::Duration;

/// Connections at the same time, in all threads. While one only asks for a page it may hold
/// [`HEAD_LEN_MAX`] of a head, so that this many that never finish theirs hold 160 MiB. For a
/// further one the oldest of those that are no WebSockets is cut off, so that nobody can shut the
/// door by opening connections and waiting; where all are WebSockets, it waits for one to end.
pub const CONNECTIONS_MAX: u32 = 10_000;

/// Connections of `sockeye echo` whose opening handshake is under way at the same time: each may
/// hold 16 KiB of head for [`sockeye::limits::OPEN_TIMEOUT`]. For a further one the oldest of them
/// is cut off.
pub const HANDSHAKES_MAX: u32 = 4096;

/// Length of a request's head, and of responses that hyper holds for a client that does not read
/// them, in bytes. What browsers send is below 4 KiB, unless for cookies, of which we set none. A
/// longer head is answered with 431.
pub const HEAD_LEN_MAX: usize = 16 * 1024;

/// Header fields of a request; more are answered with 431. It is hyper's own number, which it
/// parses without memory from the heap.
pub const HEADERS_MAX: usize = 100;

/// How long a request's head may take, and how long a client may think between two requests.
pub const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a client may stay without asking for a WebSocket: whoever asks slowly, or reads its
/// answers slowly, has to connect again.
pub const HTTP_TIMEOUT: Duration = Duration::from_secs(300);

/// How long we wait, after the last response, for the client to close TCP: closing over bytes that
/// it still sends would reset the connection and take our answer with it.
pub const LINGER_TIMEOUT: Duration = Duration::from_secs(1);

/// What we throw away meanwhile, in bytes.
pub const LINGER_LEN_MAX: usize = 64 * 1024;

/// Budget of a WebSocket's closing handshake: half of the library's, as a server that stops is
/// waited for.
pub const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// How long all connections together may take to end when the server stops. Longer than
/// [`CLOSE_TIMEOUT`], and short enough for a supervisor that kills after 10 s.
pub const DRAIN_TIMEOUT: Duration = Duration::from_secs(7);

/// Pause after the system refused a connection, most often for want of file descriptors. It ends
/// earlier when a connection does, such as the oldest that is not open yet, which is given up.
pub const ACCEPT_PAUSE: Duration = Duration::from_secs(1);

/// Shortest time between two reports of such a refusal: whoever opens connections without end does
/// not fill a log.
pub const REPORT_PAUSE: Duration = Duration::from_secs(60);

/// Worker threads that the command starts: beyond the cores of any machine that we know of. Each
/// takes a few file descriptors and a stack, so that a slip of the finger is refused, not tried.
pub const THREADS_MAX: usize = 1024;

/// Accepted connections that wait for one worker thread to look at them.
pub const HANDOVER_MAX: usize = 64;

/// Channels of the engine in memory, all together, each about 300 bytes while nothing is kept. A
/// further one is refused until idle ones are gone.
pub const ENGINE_CHANNELS_MAX: usize = 1_000_000;

/// What the engine in memory keeps of publications and idempotency keys, all channels together, in
/// bytes. Beyond it histories of other channels are given up, and their recovery says that it
/// failed.
pub const ENGINE_BYTES_MAX: usize = 1024 * 1024 * 1024;

/// Parts of the engine in memory, each with its lock and its share of the two bounds above: several
/// times as many as cores, so that two threads seldom want the same.
pub const ENGINE_SHARDS: usize = 64;

/// How long a channel keeps its epoch that nobody uses and of which nothing is kept: as long as a
/// client may be away and still be told that it missed nothing.
pub const ENGINE_IDLE_KEEP: Duration = Duration::from_secs(300);

/// How often an engine is tended: a lease that ran out is noticed that much later.
pub const TEND_INTERVAL: Duration = Duration::from_secs(1);

/// News that an engine handed out and their owner has not taken yet. Where there is no room, the
/// channel's subscriptions end with a code that says to recover.
pub const INBOX_LEN_MAX: usize = 65_536;

/// What they hold, in bytes.
pub const INBOX_BYTES_MAX: usize = 64 * 1024 * 1024;
