//! Settings of WebSockets and of the chats over them, with the engine that keeps their channels.
//! Owns their names, ranges and rules.

use std::time::Duration;

use sockeye_dialect::chat::Protocol;
use sockeye_dialect::limits::{NAME_CHARS_MAX, TEXT_CHARS_MAX};
use sockeye_hub::limits::PAGE_LEN_MAX;

use crate::engine;
use crate::settings::kind::{Kind, assign};
use crate::settings::setting::Setting;

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);

/// WebSockets.
pub(super) static WEBSOCKET: &[Setting] = &[
    Setting {
        name: "websocket.message_len_max",
        about: "Longest message accepted, after inflating; a longer one ends the connection with \
                1009. At least 256 and 12 for each of `chat.text_chars_max`.",
        kind: Kind::Size {
            at: |options| &mut options.websocket.message_len_max,
            range: 125..=1 << 30,
        },
    },
    Setting {
        name: "websocket.queue_len_max",
        about: "Bytes that wait for a client who reads slowly, at which senders wait as well.",
        kind: Kind::Size {
            at: |options| &mut options.websocket.queue_len_max,
            range: 4096..=sockeye::limits::QUEUE_LEN_MAX,
        },
    },
    Setting {
        name: "websocket.ping_interval",
        about: "Silence after which a client is asked whether it is there.",
        kind: Kind::Time {
            at: |options| &mut options.websocket.ping_interval,
            range: SECOND..=HOUR,
        },
    },
    Setting {
        name: "websocket.pong_timeout",
        about: "How long it may take to answer that.",
        kind: Kind::Time {
            at: |options| &mut options.websocket.pong_timeout,
            range: SECOND..=HOUR,
        },
    },
    Setting {
        name: "websocket.close_timeout",
        about: "Budget of a closing handshake, after which TCP is ended without it.",
        kind: Kind::Time {
            at: |options| &mut options.websocket.close_timeout,
            range: SECOND..=HOUR,
        },
    },
    Setting {
        name: "websocket.compress",
        about: "Whether permessage-deflate is agreed to, always without context takeover.",
        kind: Kind::Switch {
            at: |options| &mut options.websocket.compress,
        },
    },
    Setting {
        name: "websocket.compress_level",
        about: "Level of compression, from 0, which is none, to 9, which is smallest.",
        kind: Kind::Count {
            at: |options| &mut options.websocket.compress_level,
            range: 0..=9,
        },
    },
    Setting {
        name: "websocket.compress_len_min",
        about: "Shortest message that is compressed.",
        kind: Kind::Size {
            at: |options| &mut options.websocket.compress_len_min,
            range: 0..=1 << 30,
        },
    },
];

/// Where channels are kept.
pub(super) static ENGINE: &[Setting] = &[Setting {
    name: "engine.url",
    about: "What keeps the messages and the people of rooms: memory: is this process, which \
                forgets them when it ends.",
    kind: Kind::Word {
        name: "URL",
        rule: "be memory:, the one engine that there is",
        text: |options| options.engine.url.clone(),
        set: |options, word| {
            engine::check(word).ok()?;
            word.clone_into(&mut options.engine.url);
            Some(())
        },
    },
}];

/// The chats.
pub(super) static CHAT: &[Setting] = &[
    Setting {
        name: "chat.rooms",
        about: "The rooms that there are besides the lobby; without any, all that somebody names.",
        kind: Kind::Words {
            name: "ROOM",
            rule: "be a name of 1 to 128 bytes without control characters",
            texts: |options| options.chat.rooms.iter().cloned().collect(),
            set: |options, words| {
                let is_room = |room: &String| Protocol::Plain.channel(room).is_ok();
                words.iter().all(is_room).then_some(())?;
                options.chat.rooms = words.iter().cloned().collect();
                Some(())
            },
        },
    },
    Setting {
        name: "chat.history_len_max",
        about: "Messages that a room keeps for those who come later or come back. Whoever comes \
                back is told all that it missed, or, where that is more, nothing but that it is; \
                more than 300 messages or 512 KiB are never told at once, so that no more are \
                of use.",
        kind: Kind::Amount {
            at: |options| &mut options.chat.history_len_max,
            range: 0..=PAGE_LEN_MAX,
        },
    },
    Setting {
        name: "chat.history_age_max",
        about: "How long a room keeps them.",
        kind: Kind::Time {
            at: |options| &mut options.chat.history_age_max,
            range: SECOND..=DAY,
        },
    },
    Setting {
        name: "chat.messages_per_second_max",
        about: "Messages and names of one client per second, after a while of none three times as \
                many at once; further ones are refused.",
        kind: Kind::Count {
            at: |options| &mut options.chat.messages_per_second_max,
            range: 1..=100_000,
        },
    },
    Setting {
        name: "chat.queue_len_max",
        about: "Bytes that wait for a client who reads slower than its room talks, besides \
                websocket.queue_len_max.",
        kind: Kind::Size {
            at: |options| &mut options.chat.queue_len_max,
            range: 4096..=sockeye::limits::QUEUE_LEN_MAX,
        },
    },
    Setting {
        name: "chat.slow",
        about: "What becomes of one for whom more would wait: close ends it with 3008, which says \
                to come back; skip lets it miss all but the newest message.",
        kind: Kind::Word {
            name: "FATE",
            rule: "be close or skip",
            text: |options| options.chat.slow.to_string(),
            set: |options, word| assign(&mut options.chat.slow, word),
        },
    },
    Setting {
        name: "chat.name_chars_max",
        about: "Characters of a name.",
        kind: Kind::Amount {
            at: |options| &mut options.chat.dialects.name_chars_max,
            range: 1..=NAME_CHARS_MAX,
        },
    },
    Setting {
        name: "chat.text_chars_max",
        about: "Characters of a message in the JSON chat and the nickname chat.",
        kind: Kind::Amount {
            at: |options| &mut options.chat.dialects.text_chars_max,
            range: 1..=TEXT_CHARS_MAX,
        },
    },
    Setting {
        name: "chat.json_history_len",
        about: "Messages that somebody who joins a JSON chat is shown.",
        kind: Kind::Amount {
            at: |options| &mut options.chat.dialects.json_history_len,
            range: 0..=PAGE_LEN_MAX,
        },
    },
    Setting {
        name: "chat.nick_history_len",
        about: "Messages that somebody who joins a nickname chat is shown.",
        kind: Kind::Amount {
            at: |options| &mut options.chat.dialects.nick_history_len,
            range: 0..=PAGE_LEN_MAX,
        },
    },
    Setting {
        name: "chat.greeting_delay",
        about: "How long after its first greeting the greeting server closes.",
        kind: Kind::Time {
            at: |options| &mut options.chat.dialects.greeting_delay,
            range: Duration::ZERO..=HOUR,
        },
    },
    Setting {
        name: "chat.plain_chars_max",
        about: "Characters of a message in the plain chat; the rest is cut off.",
        kind: Kind::Amount {
            at: |options| &mut options.chat.dialects.plain_chars_max,
            range: 1..=TEXT_CHARS_MAX,
        },
    },
    Setting {
        name: "chat.plain_history_len",
        about: "Messages that somebody who joins a plain chat is shown.",
        kind: Kind::Amount {
            at: |options| &mut options.chat.dialects.plain_history_len,
            range: 0..=PAGE_LEN_MAX,
        },
    },
];
