//! What can be told of the chats. Owns the defaults, which come from the hub's limits and the
//! dialects'.

use std::collections::BTreeSet;
use std::time::Duration;

use sockeye_dialect::chat;
use sockeye_hub::limits;

use crate::words::SlowReaders;

/// What the chats are like.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Chats {
    /// The rooms that there are besides the lobby. Default: any that somebody names.
    pub rooms: BTreeSet<String>,
    /// Messages that a room keeps for those who come later. Default [`limits::HISTORY_LEN_MAX`].
    pub history_len_max: usize,
    /// How long it keeps them. Default [`limits::HISTORY_AGE_MAX`].
    pub history_age_max: Duration,
    /// What becomes of clients that read slower than their room talks. Default: they are closed.
    pub slow: SlowReaders,
    /// What may wait for one of them, in bytes. Default [`limits::QUEUE_BYTES_MAX`].
    pub queue_len_max: usize,
    /// Messages of one client per second. Default that of [`limits::SESSION_PUBLISH_RATE`].
    pub messages_per_second_max: u32,
    /// What each chat can be told by itself.
    pub dialects: chat::Options,
}

impl Default for Chats {
    fn default() -> Self {
        Self {
            rooms: BTreeSet::new(),
            history_len_max: limits::HISTORY_LEN_MAX,
            history_age_max: limits::HISTORY_AGE_MAX,
            slow: SlowReaders::Close,
            queue_len_max: limits::QUEUE_BYTES_MAX,
            messages_per_second_max: limits::SESSION_PUBLISH_RATE.per_second,
            dialects: chat::Options::default(),
        }
    }
}
