//! The table of settings. Owns their names, which people have in files, and their ranges; the
//! defaults are those of [`Options`](crate::Options), and so those of `limits`.

use std::time::Duration;

use sockeye_dialect::chat::Protocol;
use sockeye_dialect::limits::{NAME_CHARS_MAX, TEXT_CHARS_MAX};
use sockeye_hub::limits::PAGE_LEN_MAX;

use super::kind::{Kind, assign, assign_all, optional, texts};
use super::setting::Setting;
use crate::engine;
use crate::limits;

/// The setting with this flag.
pub fn by_flag(flag: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.flag() == flag)
}

/// What each table of the file is about.
pub(super) const SECTIONS: [(&str, &str); 13] = [
    ("", "Where it listens"),
    ("limits", "Bounds on connections and on HTTP"),
    ("origins", "Which pages may open WebSockets"),
    ("proxy", "Whom to believe whom they speak for"),
    ("auth", "Who is somebody"),
    ("metrics", "Numbers for Prometheus"),
    ("frames", "What the frame view shows, and to whom"),
    ("websocket", "WebSockets"),
    ("engine", "Where channels are kept"),
    ("chat", "The chats"),
    ("hub", "The bounds that hold for all chats"),
    ("drain", "How it ends when it is told to"),
    ("log", "The log, on standard error"),
];

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);

/// All settings, those of one table together.
pub static SETTINGS: &[Setting] = &[
    Setting {
        name: "listen",
        about: "Where to listen: TCP addresses, of which port 0 takes any that is free, and paths \
                of Unix sockets.",
        kind: Kind::Words {
            name: "ADDR:PORT",
            rule: "be an address and a port such as 127.0.0.1:8080, or unix:PATH",
            texts: |options| texts(&options.listen),
            set: |options, words| {
                // Without one nobody would ever come.
                (!words.is_empty()).then_some(())?;
                assign_all(&mut options.listen, words)
            },
        },
    },
    Setting {
        name: "base",
        about: "What stands before all addresses, where a proxy mounts the server under a path.",
        kind: Kind::Word {
            name: "PATH",
            rule: "be a path such as / or /chat",
            text: |options| options.base.to_string(),
            set: |options, word| assign(&mut options.base, word),
        },
    },
    Setting {
        name: "applications",
        about: "Which applications stand at addresses of others, or at new ones: /=echo for \
                clients that expect an echo at /.",
        kind: Kind::Words {
            name: "PATH=NAME",
            rule: "be a path, =, and chat, echo, greeting, nick or plain",
            texts: |options| texts(&options.applications),
            set: |options, words| assign_all(&mut options.applications, words),
        },
    },
    Setting {
        name: "threads",
        about: "Worker threads; auto is one for each core.",
        kind: Kind::Word {
            name: "N",
            rule: "be a number from 1 to 1024, or auto",
            text: |options| options.threads.to_string(),
            set: |options, word| assign(&mut options.threads, word),
        },
    },
    Setting {
        name: "cert",
        about: "Speak TLS on TCP sockets with the certificate chain in this file (PEM). SIGHUP \
                has it read again.",
        kind: Kind::Word {
            name: "FILE",
            rule: "be a path",
            text: |options| path(options.cert.as_deref()),
            set: |options, word| {
                options.cert = optional(word);
                Some(())
            },
        },
    },
    Setting {
        name: "key",
        about: "The private key of the certificate (PEM).",
        kind: Kind::Word {
            name: "FILE",
            rule: "be a path",
            text: |options| path(options.key.as_deref()),
            set: |options, word| {
                options.key = optional(word);
                Some(())
            },
        },
    },
    Setting {
        name: "limits.connections_max",
        about: "Connections at the same time. For a further one the oldest is cut off that is no \
                WebSocket; where all are, it waits.",
        kind: Kind::Count {
            at: |options| &mut options.limits.connections_max,
            range: 1..=1_000_000,
        },
    },
    Setting {
        name: "limits.connections_per_address_max",
        about: "Connections of one address at the same time, of IPv6 of one /64; further ones are \
                turned away.",
        kind: Kind::Count {
            at: |options| &mut options.limits.connections_per_address_max,
            range: 1..=1_000_000,
        },
    },
    Setting {
        name: "limits.connections_per_user_max",
        about: "WebSockets of one user at the same time, by the token; further ones get 429.",
        kind: Kind::Count {
            at: |options| &mut options.limits.connections_per_user_max,
            range: 1..=1_000_000,
        },
    },
    Setting {
        name: "limits.handshakes_per_second_max",
        about: "WebSockets that one address may open per second, after a while of none ten times \
                as many at once; further ones get 429.",
        kind: Kind::Count {
            at: |options| &mut options.limits.handshakes_per_second_max,
            range: 1..=1_000_000,
        },
    },
    Setting {
        name: "limits.head_len_max",
        about: "Length of a request's head; a longer one is answered with 431.",
        kind: Kind::Size {
            at: |options| &mut options.limits.head_len_max,
            range: limits::HEAD_LEN_MIN..=1024 * 1024,
        },
    },
    Setting {
        name: "limits.head_timeout",
        about: "How long a request's head may take, and a client may think between two requests.",
        kind: Kind::Time {
            at: |options| &mut options.limits.head_timeout,
            range: SECOND..=HOUR,
        },
    },
    Setting {
        name: "limits.http_timeout",
        about: "How long a client may stay without asking for a WebSocket.",
        kind: Kind::Time {
            at: |options| &mut options.limits.http_timeout,
            range: SECOND..=HOUR,
        },
    },
    Setting {
        name: "limits.tls_timeout",
        about: "How long the handshake of TLS may take.",
        kind: Kind::Time {
            at: |options| &mut options.limits.tls_timeout,
            range: SECOND..=HOUR,
        },
    },
    Setting {
        name: "origins.allowed",
        about: "Pages of other hosts that may, by their origin. Those of our own host always may, \
                and the echo is for everybody.",
        kind: Kind::Words {
            name: "ORIGIN",
            rule: "be scheme://host, with a port if it is not the scheme's, or null",
            texts: |options| texts(&options.origins.allowed),
            set: |options, words| assign_all(&mut options.origins.allowed, words),
        },
    },
    Setting {
        name: "proxy.trusted",
        about: "Those who are believed whom they speak for: addresses, networks, and unix for \
                Unix sockets.",
        kind: Kind::Words {
            name: "NETWORK",
            rule: "be an address or a network such as 10.0.0.0/8, or unix",
            texts: |options| texts(&options.proxy.trusted),
            set: |options, words| assign_all(&mut options.proxy.trusted, words),
        },
    },
    Setting {
        name: "proxy.header",
        about: "Where they write it. They must not let through what clients write there.",
        kind: Kind::Word {
            name: "NAME",
            rule: "be x-forwarded-for or forwarded",
            text: |options| options.proxy.header.to_string(),
            set: |options, word| assign(&mut options.proxy.header, word),
        },
    },
    Setting {
        name: "auth.secret_file",
        about: "The secret of tokens signed with HS256, 32 bytes or more. SIGHUP has it read \
                again.",
        kind: Kind::Word {
            name: "FILE",
            rule: "be a path",
            text: |options| path(options.auth.secret_file.as_deref()),
            set: |options, word| {
                options.auth.secret_file = optional(word);
                Some(())
            },
        },
    },
    Setting {
        name: "auth.jwks_file",
        about: "Keys of tokens signed with HS256, HS384, HS512, RS256, RS384, RS512, ES256 or \
                ES384, as a JSON Web Key Set. SIGHUP has it read again.",
        kind: Kind::Word {
            name: "FILE",
            rule: "be a path",
            text: |options| path(options.auth.jwks_file.as_deref()),
            set: |options, word| {
                options.auth.jwks_file = optional(word);
                Some(())
            },
        },
    },
    Setting {
        name: "auth.issuer",
        about: "Whose tokens are good, by their claim iss; empty for everybody who has the key.",
        kind: Kind::Word {
            name: "NAME",
            rule: "be a name",
            text: |options| options.auth.issuer.clone().unwrap_or_default(),
            set: |options, word| {
                options.auth.issuer = optional(word);
                Some(())
            },
        },
    },
    Setting {
        name: "auth.audience",
        about: "Who we are to tokens, by their claim aud; where it is empty, those for somebody \
                are refused.",
        kind: Kind::Word {
            name: "NAME",
            rule: "be a name",
            text: |options| options.auth.audience.clone().unwrap_or_default(),
            set: |options, word| {
                options.auth.audience = optional(word);
                Some(())
            },
        },
    },
    Setting {
        name: "auth.cookie",
        about: "The cookie that a token may stand in, besides the header Authorization.",
        kind: Kind::Word {
            name: "NAME",
            rule: "be the name of a cookie",
            text: |options| options.auth.cookie.clone(),
            set: |options, word| {
                let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
                (!word.is_empty() && word.bytes().all(is_plain)).then_some(())?;
                word.clone_into(&mut options.auth.cookie);
                Some(())
            },
        },
    },
    Setting {
        name: "auth.leeway",
        about: "How far the clocks of whoever makes tokens and of this machine may be apart.",
        kind: Kind::Time {
            at: |options| &mut options.auth.leeway,
            range: Duration::ZERO..=Duration::from_secs(600),
        },
    },
    Setting {
        name: "auth.required",
        about: "Whether those without a token are refused; otherwise they are nobody in \
                particular.",
        kind: Kind::Switch {
            at: |options| &mut options.auth.required,
        },
    },
    Setting {
        name: "metrics.listen",
        about: "A place of their own for /metrics, /health and /ready, where whoever can connect \
                may read them.",
        kind: Kind::Word {
            name: "ADDR:PORT",
            rule: "be an address and a port such as 127.0.0.1:9100, or unix:PATH",
            text: |options| word_of(options.metrics.listen.as_ref()),
            set: |options, word| {
                options.metrics.listen = match word {
                    "" => None,
                    word => Some(word.parse().ok()?),
                };
                Some(())
            },
        },
    },
    Setting {
        name: "metrics.token_file",
        about: "The token with which /metrics may be read at the public places; without one it is \
                not there.",
        kind: Kind::Word {
            name: "FILE",
            rule: "be a path",
            text: |options| path(options.metrics.token_file.as_deref()),
            set: |options, word| {
                options.metrics.token_file = optional(word);
                Some(())
            },
        },
    },
    Setting {
        name: "frames.sessions_max",
        about: "Browser sessions whose connections are recorded at the same time, up to \
                2.2 MiB each; 0 for none, and no cookie.",
        kind: Kind::Count {
            at: |options| &mut options.frames.sessions_max,
            range: 0..=10_000,
        },
    },
    Setting {
        name: "frames.admin_token_file",
        about: "The token, 32 bytes or more, with which the connections of everybody may be seen; \
                without one nobody sees more than those of his own browser.",
        kind: Kind::Word {
            name: "FILE",
            rule: "be a path",
            text: |options| path(options.frames.admin_token_file.as_deref()),
            set: |options, word| {
                options.frames.admin_token_file = optional(word);
                Some(())
            },
        },
    },
    Setting {
        name: "websocket.message_len_max",
        about: "Longest message accepted, after inflating; a longer one ends the connection with \
                1009.",
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
    Setting {
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
    },
    Setting {
        name: "chat.rooms",
        about: "The rooms that there are besides the lobby; without any, all that somebody names.",
        kind: Kind::Words {
            name: "ROOM",
            rule: "be a name of 1 to 128 bytes",
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
        about: "Messages that a room keeps for those who come later or come back.",
        kind: Kind::Amount {
            at: |options| &mut options.chat.history_len_max,
            range: 0..=10_000,
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
        about: "Messages to one room per second from everybody together, new names among \
                them, after a while of none twice as many at once. At least four times \
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
        about: "Bytes of messages that one room keeps.",
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
    Setting {
        name: "drain.delay",
        about: "How long /ready says no before anything else changes, so that load balancers send \
                nobody any more.",
        kind: Kind::Time {
            at: |options| &mut options.drain.delay,
            range: Duration::ZERO..=HOUR,
        },
    },
    Setting {
        name: "drain.spread",
        about: "Time over which the closes of all WebSockets are spread, each at a random moment, \
                so that they do not all come back at once. A few connections take less.",
        kind: Kind::Time {
            at: |options| &mut options.drain.spread,
            range: Duration::ZERO..=HOUR,
        },
    },
    Setting {
        name: "drain.timeout",
        about: "How long connections may take to end after that, before they are cut off.",
        kind: Kind::Time {
            at: |options| &mut options.drain.timeout,
            range: Duration::ZERO..=HOUR,
        },
    },
    Setting {
        name: "drain.close_code",
        about: "Code of these closes: 1001 is that the server goes away, 1012 that it restarts.",
        kind: Kind::Word {
            name: "CODE",
            rule: "be 1001 or 1012",
            text: |options| options.drain.close_code.to_string(),
            set: |options, word| assign(&mut options.drain.close_code, word),
        },
    },
    Setting {
        name: "log.level",
        about: "The least that is written: with info, each end of a WebSocket.",
        kind: Kind::Word {
            name: "LEVEL",
            rule: "be error, warn, info, debug or trace",
            text: |options| options.log.level.to_string(),
            set: |options, word| assign(&mut options.log.level, word),
        },
    },
    Setting {
        name: "log.format",
        about: "Lines of text for people, or JSON objects for programs.",
        kind: Kind::Word {
            name: "FORMAT",
            rule: "be text or json",
            text: |options| options.log.format.to_string(),
            set: |options, word| assign(&mut options.log.format, word),
        },
    },
];

fn path(path: Option<&std::path::Path>) -> String {
    path.map_or_else(String::new, |path| path.display().to_string())
}

fn word_of<T: ToString>(value: Option<&T>) -> String {
    value.map_or_else(String::new, ToString::to_string)
}
