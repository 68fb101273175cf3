//! Every bound of the server, each with its default and its reason. Those of a WebSocket once it is
//! open are in `sockeye::limits` and `sockeye::Config`.

use std::time::Duration;

/// Connections at the same time, in all threads. While one only asks for a page it may hold
/// [`HEAD_LEN_MAX`] of a head, so that this many that never finish theirs hold 160 MiB. For a
/// further one the oldest of those that are no WebSockets is cut off, so that nobody can shut the
/// door by opening connections and waiting; where all are WebSockets, it waits for one to end.
pub const CONNECTIONS_MAX: u32 = 10_000;

/// Connections of one address at the same time, of IPv6 of one /64: a tenth of all, so that ten
/// must join to shut the door, and more than the people behind one address of a company or a mobile
/// network open.
pub const CONNECTIONS_PER_ADDRESS_MAX: u32 = 1000;

/// Connections of one address beyond those that are let in all the same, to be told in HTTP that
/// they are too many: browsers' pages learn nothing of a connection that just closes. A browser
/// opens up to six to one server; where four are being told, the others are closed at once.
pub const TURNED_AWAY_PER_ADDRESS_MAX: u32 = 4;

/// How long such a connection may take for its request and its answer, behind TLS: a fraction of a
/// second for who means it.
pub const TURNED_AWAY_TIMEOUT: Duration = Duration::from_secs(5);

/// WebSockets of one user at the same time: tabs on several machines, and what a reconnect leaves
/// behind until it is noticed.
pub const CONNECTIONS_PER_USER_MAX: u32 = 100;

/// Opening handshakes of one address per second: what a page of people that all reload makes, and
/// a small part of what a core can do.
pub const HANDSHAKES_PER_SECOND_MAX: u32 = 100;

/// Seconds of that rate which an address that made none for a while may use at once: after a
/// restart all of its connections come back together.
pub const HANDSHAKES_BURST_SECONDS: u8 = 10;

/// Addresses that are remembered before those are looked for that can be forgotten: about 64 bytes
/// each.
pub const GUESTS_SWEEP_MIN: usize = 1024;

/// Connections at the same time to the place where metrics are read.
pub const METRICS_CONNECTIONS_MAX: u32 = 16;

/// Connections of `sockeye echo` whose opening handshake is under way at the same time: each may
/// hold 16 KiB of head for [`sockeye::limits::OPEN_TIMEOUT`]. For a further one the oldest of them
/// is cut off.
pub const HANDSHAKES_MAX: u32 = 4096;

/// Length of a request's head, and of responses that hyper holds for a client that does not read
/// them, in bytes. What browsers send is below 4 KiB, unless for cookies, of which we set one of 90
/// bytes. A longer head is answered with 431.
pub const HEAD_LEN_MAX: usize = 16 * 1024;

/// The shortest such length that may be set, in bytes: hyper takes no less.
pub const HEAD_LEN_MIN: usize = 8 * 1024;

/// Header fields of a request; more are answered with 431. It is hyper's own number for HTTP/1.1,
/// which it parses without memory from the heap. In HTTP/2 all cookies count as one field.
pub const HEADERS_MAX: usize = 100;

/// Requests of one HTTP/2 connection that are under way at the same time: a page of ours and what
/// it loads are about ten.
pub const HTTP2_STREAMS_MAX: u32 = 64;

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

/// How long what a chat's client said before it was gone may take to be carried out: other threads
/// answer within milliseconds, and a hub that is too busy is asked again after two seconds.
pub const PARTING_TIMEOUT: Duration = Duration::from_secs(5);

/// Longest message of a WebSocket that is accepted, in bytes after inflating. 16 MiB, the library's
/// own default, is the longest of the Autobahn suite; JSON stays far below. Longer: close 1009.
pub const MESSAGE_LEN_MAX: usize = 16 * 1024 * 1024;

/// What a character of a text can take in a message of the JSON chat, in bytes: one beyond the
/// first 65,536 as two escapes, as Python writes it.
pub const CHAT_CHARACTER_LEN_MAX: usize = 12;

/// What such a message has beside its text, in bytes: a type, a key of 64 bytes, a date, and the
/// names of these, in twice the room that pages use.
pub const CHAT_REST_LEN_MAX: usize = 256;

/// Silence after which a client is asked whether it is there: below the 60 s after which proxies
/// cut idle connections off.
pub const PING_INTERVAL: Duration = Duration::from_secs(20);

/// How long it may take to answer that.
pub const PONG_TIMEOUT: Duration = Duration::from_secs(20);

/// Level of compression: the library's own default, and zlib's usual compromise.
pub const COMPRESS_LEVEL: u32 = 6;

/// Shortest message that is compressed, in bytes: what fits one packet costs no less for being
/// smaller.
pub const COMPRESS_LEN_MIN: usize = 1024;

/// How long readiness is denied before anything else changes when the server stops. None: only who
/// has a load balancer needs it, and knows how often that one asks.
pub const DRAIN_DELAY: Duration = Duration::ZERO;

/// The time over which the closes of WebSockets are spread when the server stops: 10,000 clients
/// that all came back within one second would be a burst of 10,000 handshakes.
pub const DRAIN_SPREAD: Duration = Duration::from_secs(3);

/// What each WebSocket adds to that time until it reaches [`DRAIN_SPREAD`], so that a server with a
/// few of them ends as good as at once.
pub const DRAIN_PACE: Duration = Duration::from_millis(1);

/// How long all connections together may take to end after that. Longer than [`CLOSE_TIMEOUT`], and
/// with [`DRAIN_SPREAD`] short enough for a supervisor that kills after 10 s.
pub const DRAIN_TIMEOUT: Duration = Duration::from_secs(6);

/// When to try again, as whoever comes while the server goes down is told: by then its successor
/// serves, or a load balancer knows.
pub const RETRY_AFTER: Duration = Duration::from_secs(5);

/// Longest token that is looked at, in bytes: half of a head.
pub const TOKEN_LEN_MAX: usize = 8 * 1024;

/// Longest file that a setting names, and longest configuration, in bytes: 16 keys of 8,192 bits,
/// or a chain of certificates, are a tenth of it.
pub const FILE_LEN_MAX: usize = 1024 * 1024;

/// Longest token that a file holds for the numbers or for the frame view, in bytes: in JSON twice
/// as long at most, it fits in [`COMMAND_LEN_MAX`].
pub const SECRET_LEN_MAX: usize = 384;

/// Shortest secret of HS256, in bytes: its hash's length (RFC 7518 §3.2).
pub const SECRET_LEN_MIN: usize = 32;

/// Shortest modulus of RS256, in bytes (RFC 7518 §3.3).
pub const RSA_LEN_MIN: usize = 256;

/// Longest modulus of RSA, in bytes: what `ring` verifies with.
pub const RSA_LEN_MAX: usize = 1024;

/// Longest exponent of RSA, in bytes; nearly all have 3.
pub const RSA_EXPONENT_LEN_MAX: usize = 4;

/// Most keys in a key set: a token without a key's id is tried with each of its algorithm.
pub const KEYS_MAX: usize = 16;

/// Longest user and name in a token, in bytes: both are shown, and kept for each connection.
pub const USER_LEN_MAX: usize = 128;

/// Most permissions in a token: they are kept for each connection.
pub const PERMISSIONS_MAX: usize = 64;

/// How far the clocks of whoever made a token and of this machine may be apart.
pub const TOKEN_LEEWAY: Duration = Duration::from_secs(30);

/// Pause after the system refused a connection, most often for want of file descriptors. It ends
/// earlier when a connection does, such as the oldest that is not open yet, which is given up.
pub const ACCEPT_PAUSE: Duration = Duration::from_secs(1);

/// Shortest time between two reports of such a refusal, or of an address with too many
/// connections: whoever opens connections without end does not fill a log.
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

/// Seconds of its rate of messages that a chat's client which said nothing for a while may use at
/// once: people paste lines.
pub const CHAT_BURST_SECONDS: u32 = 3;

/// People of one room that may talk as fast as each may, all the time, before the room refuses.
pub const CHAT_CHANNEL_RATE_FACTOR: u32 = 4;

/// Messages from other worker threads that wait for one. Beyond it subscriptions and commands are
/// refused for now, and channels' subscribers are told to recover.
pub const MAILBOX_LEN_MAX: usize = 65_536;

/// What the publications among them hold, in bytes.
pub const MAILBOX_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Controls that wait for one worker thread; whoever gives another one waits.
pub const CONTROLS_MAX: usize = 1024;

/// News that an engine handed out and their owner has not taken yet. Where there is no room, the
/// channel's subscriptions end with a code that says to recover.
pub const INBOX_LEN_MAX: usize = 65_536;

/// What they hold, in bytes.
pub const INBOX_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Browser sessions whose connections are recorded for the frame view at the same time. Each takes
/// up to [`RECORDS_PER_SESSION_MAX`] times [`FRAMES_BYTES_MAX`], what is said of the frames and the
/// handshakes: about 2.2 MiB, so that all take 140 MiB where all of them are full. Those of a
/// further session are not recorded, and its page says so; one that nobody uses makes room.
pub const FRAME_SESSIONS_MAX: u32 = 64;

/// Connections of one session that are recorded, those that ended among them: what a person looks
/// at. The oldest that ended makes room; where none did, a further one is not recorded, which is
/// said.
pub const RECORDS_PER_SESSION_MAX: usize = 8;

/// Connections without a session that are recorded while an administrator looks.
pub const RECORDS_OF_OTHERS_MAX: usize = 64;

/// Frames of one connection that are kept, each up to 96 bytes and its payload. The oldest make
/// room; whoever has not seen them is told how many.
pub const FRAMES_MAX: usize = 500;

/// Payload of one connection's frames that is kept, in bytes, all together.
pub const FRAMES_BYTES_MAX: usize = 128 * 1024;

/// Payload of one frame that is kept, in bytes, not compressed: enough to read most JSON whole.
pub const FRAME_PAYLOAD_LEN_MAX: usize = 16 * 1024;

/// What is kept of one header's value in a recorded handshake, in bytes.
pub const SHOWN_VALUE_LEN_MAX: usize = 512;

/// Headers of a recorded request that are kept: browsers send about fifteen.
pub const SHOWN_HEADERS_MAX: usize = 32;

/// How long a session is kept of which nothing is open and at which nobody looks: as long as it may
/// take to open the frame view after something went wrong.
pub const FRAME_SESSION_KEEP: Duration = Duration::from_secs(600);

/// Shortest time between two messages with news to a page that looks at frames: ten in a second
/// are as good as at once.
pub const VIEW_PACE: Duration = Duration::from_millis(100);

/// Frames in one message to such a page.
pub const VIEW_BATCH_LEN_MAX: usize = 100;

/// Payload in such a message, in bytes, after which it takes no more frames. In Base64 it is a
/// third longer.
pub const VIEW_BATCH_BYTES_MAX: usize = 128 * 1024;

/// Longest command of such a page, in bytes: a token is the longest part.
pub const COMMAND_LEN_MAX: usize = 1024;

/// Steps up in a link of the page for where nothing is, so that a long address is no longer answer.
pub const MISSING_DEPTH_MAX: usize = 32;

/// Lines that are told in the round of whoever speaks. In a larger room they are told a moment
/// later, with what others said meanwhile, in one walk.
pub const SHORT_WALK_MAX: usize = 32;
