//! What can be told of the hub and of its engine: the bounds that hold for all chats. Owns the
//! defaults, which come from the hub's limits and the engine's.

use std::time::Duration;

use sockeye_hub::limits;

use crate::limits::{ENGINE_BYTES_MAX, ENGINE_CHANNELS_MAX, ENGINE_IDLE_KEEP};

/// The bounds of the hub and of the engine in memory.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct HubOptions {
    /// Named people of one room. Default [`limits::MEMBERS_MAX`].
    pub members_max: usize,
    /// Rooms of one session. Default [`limits::SUBSCRIPTIONS_MAX`].
    pub subscriptions_max: usize,
    /// Rooms that somebody is in, of each thread. Default [`limits::CHANNELS_MAX`].
    pub channels_max: usize,
    /// Rooms that are known, with those that nobody is in. Default [`ENGINE_CHANNELS_MAX`].
    pub known_channels_max: usize,
    /// Messages to one room per second, from everybody together. Default that of
    /// [`limits::CHANNEL_PUBLISH_RATE`].
    pub channel_messages_per_second_max: u32,
    /// Commands of one session per second. Default that of [`limits::COMMAND_RATE`].
    pub commands_per_second_max: u32,
    /// Commands of one session that wait for an answer. Default [`limits::SESSION_PENDING_MAX`].
    pub pending_max: usize,
    /// Commands of one session in a row that came too fast, after which it is closed. Default
    /// [`limits::REFUSALS_MAX`].
    pub refusals_max: u32,
    /// Requests to the engine that each thread waits for. Default [`limits::EFFECTS_MAX`].
    pub effects_max: usize,
    /// What each room may hold of new messages while people wait for older ones, in bytes. Default
    /// [`limits::HELD_BYTES_MAX`].
    pub held_len_max: usize,
    /// What one session may be owed of older messages, in bytes. Default
    /// [`limits::REPLAY_BYTES_MAX`].
    pub replay_len_max: usize,
    /// What one room keeps, in bytes. Default [`limits::HISTORY_BYTES_MAX`].
    pub room_history_len_max: usize,
    /// What all rooms keep together, in bytes. Default [`ENGINE_BYTES_MAX`].
    pub history_len_max: usize,
    /// How long a key of a message is remembered. Default [`limits::IDEMPOTENCY_WINDOW`].
    pub key_age_max: Duration,
    /// How long somebody may be gone before the others are told. Default
    /// [`limits::PRESENCE_GRACE`].
    pub presence_grace: Duration,
    /// How long a member is there that its node says nothing of any more. Default
    /// [`limits::LEASE`].
    pub presence_lease: Duration,
    /// How long a room keeps its place in the stream that nobody is in and that has nothing.
    /// Default [`ENGINE_IDLE_KEEP`].
    pub idle_keep: Duration,
}

impl Default for HubOptions {
    fn default() -> Self {
        Self {
            members_max: limits::MEMBERS_MAX,
            subscriptions_max: limits::SUBSCRIPTIONS_MAX,
            channels_max: limits::CHANNELS_MAX,
            known_channels_max: ENGINE_CHANNELS_MAX,
            channel_messages_per_second_max: limits::CHANNEL_PUBLISH_RATE.per_second,
            commands_per_second_max: limits::COMMAND_RATE.per_second,
            pending_max: limits::SESSION_PENDING_MAX,
            refusals_max: limits::REFUSALS_MAX,
            effects_max: limits::EFFECTS_MAX,
            held_len_max: limits::HELD_BYTES_MAX,
            replay_len_max: limits::REPLAY_BYTES_MAX,
            room_history_len_max: limits::HISTORY_BYTES_MAX,
            history_len_max: ENGINE_BYTES_MAX,
            key_age_max: limits::IDEMPOTENCY_WINDOW,
            presence_grace: limits::PRESENCE_GRACE,
            presence_lease: limits::LEASE,
            idle_keep: ENGINE_IDLE_KEEP,
        }
    }
}
