//! Every bound of this crate, each with its default and its reason. Nothing else may name a number
//! that a peer can push against.

use std::time::Duration;

use crate::bucket::Rate;

// Names

/// Longest name of a channel, in bytes of UTF-8. 255: what Centrifugo allows; Pusher's are shorter.
pub const CHANNEL_NAME_LEN_MAX: usize = 255;

/// Longest identifier of a user, in bytes of UTF-8. 128: Pusher's bound, and enough for a UUID, an
/// e-mail address or the subject of a token.
pub const USER_ID_LEN_MAX: usize = 128;

// Publications

/// Longest payload of a publication unless a channel's options say otherwise, in bytes. 64 KiB: 16
/// of them fill a session's queue.
pub const PAYLOAD_LEN_MAX: usize = 64 * 1024;

/// Longest event name, in bytes. Pusher's servers take 200.
pub const EVENT_LEN_MAX: usize = 200;

/// Longest idempotency key, in bytes: whose it is, [`USER_ID_LEN_MAX`], and a UUID, a hash in hex,
/// or two of them.
pub const IDEMPOTENCY_KEY_LEN_MAX: usize = 256;

/// Most tags of a publication. They are what receivers filter by, not a second payload.
pub const TAGS_MAX: usize = 16;

/// Longest name and longest value of a tag, in bytes.
pub const TAG_LEN_MAX: usize = 128;

/// What a publication is charged with besides its texts, in bytes: the structures around them.
pub const PUBLICATION_OVERHEAD: usize = 256;

/// Most channels that one command publishes to. Pusher's bound.
pub const PUBLISH_CHANNELS_MAX: usize = 100;

// Streams

/// Publications that a channel keeps unless its options say otherwise.
pub const HISTORY_LEN_MAX: usize = 100;

/// How long a channel keeps them unless its options say otherwise.
pub const HISTORY_AGE_MAX: Duration = Duration::from_secs(300);

/// What a channel's history may hold, in bytes, unless its options say otherwise: 1,000 channels
/// that peers fill hold 1 GiB at the worst.
pub const HISTORY_BYTES_MAX: usize = 1024 * 1024;

/// How long an idempotency key is remembered: longer than a client tries again. Centrifugo's
/// window.
pub const IDEMPOTENCY_WINDOW: Duration = Duration::from_secs(300);

/// Most idempotency keys that a channel remembers, the newest; each costs up to
/// [`IDEMPOTENCY_KEY_LEN_MAX`] and [`KEY_OVERHEAD`].
pub const IDEMPOTENCY_KEYS_MAX: usize = 1024;

/// What a key is charged with besides its bytes: the structures around it.
pub const KEY_OVERHEAD: usize = 128;

/// Most publications in one page of history, and most that a recovery replays. Centrifugo's bound.
/// Who missed more is told so and starts anew.
pub const PAGE_LEN_MAX: usize = 300;

/// Most bytes of publications in one page, so that no page alone is beyond what a client may be
/// owed at once. The first publication of a page is given however long it is.
pub const PAGE_BYTES_MAX: usize = 512 * 1024;

// Sessions

/// Sessions of one worker. The server has its own bound on connections; this one is for sessions
/// whose transport is gone.
pub const SESSIONS_MAX: usize = 100_000;

/// How long a session waits for its transport to come back: a reload, a change of network.
pub const SESSION_KEEP: Duration = Duration::from_secs(25);

/// Channels of one session. Centrifugo's bound.
pub const SUBSCRIPTIONS_MAX: usize = 128;

/// What waits for one session that does not read, in bytes of frames, before its fate as a slow
/// consumer is due. 1 MiB: the number of Centrifugo and its rivals.
pub const QUEUE_BYTES_MAX: usize = 1024 * 1024;

/// What one session may be owed of replays and pages of history, in bytes of frames. They are
/// asked for and come at once, so that they are not held against [`QUEUE_BYTES_MAX`]. Beyond this a
/// recovery says that it failed, and a page is refused for now.
pub const REPLAY_BYTES_MAX: usize = 4 * 1024 * 1024;

/// What a queued frame is charged with besides its bytes.
pub const FRAME_OVERHEAD: usize = 32;

/// Commands of one session: people click and scripts resubscribe to all of their channels at once.
pub const COMMAND_RATE: Rate = Rate {
    burst: 256,
    per_second: 50,
};

/// Publications of one session. Pusher allows 10 per second.
pub const SESSION_PUBLISH_RATE: Rate = Rate {
    burst: 30,
    per_second: 10,
};

/// Commands of one session that wait for an answer. Above it commands are refused for now.
pub const SESSION_PENDING_MAX: usize = 256;

/// Rules in the permissions of one session: they are looked through one by one.
pub const PERMISSION_RULES_MAX: usize = 256;

/// Refusals for haste in a row after which a session is closed: whoever heeds the first never gets
/// there, and each costs an answer.
pub const REFUSALS_MAX: u32 = 1000;

/// Frames whose room an empty queue and a walk keep for the next time. More is given back.
pub const QUEUE_SPARE: usize = 16;

// Channels

/// Publications to one channel in the long run, from everybody together, unless its options say
/// otherwise: each costs as much as it has subscribers. So does each new name of a member: as many
/// names may be told besides, so that people who come keep nobody from speaking. A channel without
/// subscribers counts none.
pub const CHANNEL_PUBLISH_RATE: Rate = Rate {
    burst: 1000,
    per_second: 500,
};

/// How long somebody waits at most whose name or publication a channel cannot tell yet, as it tells
/// as many of each as [`CHANNEL_PUBLISH_RATE`] lets it. Those who were refused get turns one behind
/// the other: of these there is room for 15,000.
pub const TURN_WAIT_MAX: Duration = Duration::from_secs(30);

/// What an owner holds of a channel's live publications while subscribers wait for their replay, in
/// bytes. Beyond it they are told that the recovery failed, and miss nothing from then on.
pub const HELD_BYTES_MAX: usize = 1024 * 1024;

/// Channels of one owner that somebody subscribes to; a further one is refused for now.
pub const CHANNELS_MAX: usize = 100_000;

/// Effects that one owner waits for. Above it commands are refused for now.
pub const EFFECTS_MAX: usize = 65_536;

/// Prefixes that rules of channels may have: they are looked through one by one.
pub const CHANNEL_PREFIXES_MAX: usize = 64;

// Presence

/// Members of one channel unless its options say otherwise. 10,000: a full server in one room. Each
/// costs about 300 bytes at its owner and in the engine; what subscribers are told of a list is the
/// dialect's to cut.
pub const MEMBERS_MAX: usize = 10_000;

/// Members up to which subscribers are told the list with each change. Where there are more, each
/// list is followed by [`ROSTER_PACE`] of silence for each member.
pub const ROSTER_EAGER_MAX: usize = 200;

/// What a member of a large channel adds to the time between two lists. As long a list goes to as
/// many subscribers, this makes it 1,000 of them per second for a channel, however large it is.
pub const ROSTER_PACE: Duration = Duration::from_millis(1);

/// What a member tells of itself, in bytes. Pusher's bound.
pub const MEMBER_INFO_LEN_MAX: usize = 1024;

/// Names that one claim may offer, of which it gets the first that is free.
pub const CLAIM_NAMES_MAX: usize = 16;

/// How long a member's lease lasts: what a node that dies leaves behind is gone after it.
pub const LEASE: Duration = Duration::from_secs(30);

/// How often leases are renewed: a third of [`LEASE`], so that one renewal may get lost.
pub const LEASE_RENEWAL: Duration = Duration::from_secs(10);

/// How long a user may be gone before the others are told. Pusher's number for the same.
pub const PRESENCE_GRACE: Duration = Duration::from_secs(3);
