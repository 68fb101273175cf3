//! Settings of the hub: the bounds that hold for all chats. Owns their names, ranges and rules.

use std::time::Duration;

use crate::settings::kind::Kind;
use crate::settings::setting::Setting;

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);

/// The bounds that hold for all chats.
pub(super) static HUB: &[Setting] = &[
    Setting {
        name: "hub.members_max",
        about: "People of one room who have a name, in the JSON chat; a further one is \
                told that the room is full, and can read.",
        kind: Kind::Amount {
            at: |options| &mut options.hub.members_max,
            range: 1..=100_000,
        },
    },
    Setting {
        name: "hub.subscriptions_max",
        about: "Rooms of one session.",
        kind: Kind::Amount {
            at: |options| &mut options.hub.subscriptions_max,
            range: 1..=10_000,
        },
    },
    Setting {
        name: "hub.channels_max",
        about: "Rooms that somebody is in, of each thread; whoever begins a further one is \
                asked to come back.",
        kind: Kind::Amount {
            at: |options| &mut options.hub.channels_max,
            range: 1..=10_000_000,
        },
    },
    Setting {
        name: "hub.known_channels_max",
        about: "Rooms that are known, with those that nobody is in any more.",
        kind: Kind::Amount {
            at: |options| &mut options.hub.known_channels_max,
            range: 1..=100_000_000,
        },
    },
    Setting {
        name: "hub.channel_messages_per_second_max",
        about: "Messages to one room per second from everybody together, after a while of none \
                twice as many at once, and as many new names besides. At least four times \
                chat.messages_per_second_max.",
        kind: Kind::Count {
            at: |options| &mut options.hub.channel_messages_per_second_max,
            range: 1..=10_000_000,
        },
    },
    Setting {
        name: "hub.commands_per_second_max",
        about: "What one session may ask for per second besides messages, such as to join.",
        kind: Kind::Count {
            at: |options| &mut options.hub.commands_per_second_max,
            range: 1..=100_000,
        },
    },
    Setting {
        name: "hub.pending_max",
        about: "What one session may ask for before the first of it is answered.",
        kind: Kind::Amount {
            at: |options| &mut options.hub.pending_max,
            range: 4..=65_536,
        },
    },
    Setting {
        name: "hub.refusals_max",
        about: "What one session may ask for too fast in a row, each of which is refused, before \
                it is closed with 3013.",
        kind: Kind::Count {
            at: |options| &mut options.hub.refusals_max,
            range: 1..=1_000_000,
        },
    },
    Setting {
        name: "hub.effects_max",
        about: "What each thread may have asked of the store of rooms before the first of it is \
                done; whoever wants more is asked to come back.",
        kind: Kind::Amount {
            at: |options| &mut options.hub.effects_max,
            range: 16..=10_000_000,
        },
    },
    Setting {
        name: "hub.held_len_max",
        about: "Bytes of new messages that a room holds while somebody waits for its older ones; \
                beyond it they are told that something may be missing.",
        kind: Kind::Size {
            at: |options| &mut options.hub.held_len_max,
            range: 65_536..=1 << 30,
        },
    },
    Setting {
        name: "hub.replay_len_max",
        about: "Bytes of older messages that one session may be owed at once, besides \
                chat.queue_len_max.",
        kind: Kind::Size {
            at: |options| &mut options.hub.replay_len_max,
            range: 65_536..=1 << 30,
        },
    },
    Setting {
        name: "hub.room_history_len_max",
        about: "Bytes of messages that one room keeps; more than 512 KiB of them are not told at \
                once.",
        kind: Kind::Size {
            at: |options| &mut options.hub.room_history_len_max,
            range: 0..=1 << 30,
        },
    },
    Setting {
        name: "hub.history_len_max",
        about: "Bytes of messages that all rooms keep together; beyond it the oldest rooms \
                lose theirs.",
        kind: Kind::Size {
            at: |options| &mut options.hub.history_len_max,
            range: 1 << 20..=1 << 40,
        },
    },
    Setting {
        name: "hub.key_age_max",
        about: "How long a key of a message counts, by which it is known when it comes again.",
        kind: Kind::Time {
            at: |options| &mut options.hub.key_age_max,
            range: SECOND..=DAY,
        },
    },
    Setting {
        name: "hub.presence_grace",
        about: "How long somebody may be gone before the others are told.",
        kind: Kind::Time {
            at: |options| &mut options.hub.presence_grace,
            range: Duration::ZERO..=HOUR,
        },
    },
    Setting {
        name: "hub.presence_lease",
        about: "How long somebody is in a list whose thread says nothing of him any more; \
                renewed each third of it.",
        kind: Kind::Time {
            at: |options| &mut options.hub.presence_lease,
            range: SECOND.saturating_mul(3)..=HOUR,
        },
    },
    Setting {
        name: "hub.idle_keep",
        about: "How long an empty room keeps its numbers of messages, so that nobody takes \
                a new one for it.",
        kind: Kind::Time {
            at: |options| &mut options.hub.idle_keep,
            range: SECOND..=DAY,
        },
    },
];
