//! Settings of where the server listens, and of how many connections it takes and what their HTTP
//! may need. Owns their names, ranges and rules.

use std::time::Duration;

use crate::limits;
use crate::settings::kind::{Kind, assign, assign_all, texts};
use crate::settings::setting::Setting;

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);

/// Where it listens.
pub(super) static LISTENING: &[Setting] = &[
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
        kind: Kind::File {
            at: |options| &mut options.cert,
        },
    },
    Setting {
        name: "key",
        about: "The private key of the certificate (PEM).",
        kind: Kind::File {
            at: |options| &mut options.key,
        },
    },
];

/// Bounds on connections and on HTTP.
pub(super) static LIMITS: &[Setting] = &[
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
        about: "Connections of one address at the same time, of IPv6 of one /64; further ones get \
                429, or are closed.",
        kind: Kind::Count {
            at: |options| &mut options.limits.connections_per_address_max,
            range: 1..=1_000_000,
        },
    },
    Setting {
        name: "limits.connections_per_user_max",
        about: "WebSockets of one user at the same time, by the token; further ones get 429. Those \
                of the echo and the greeting server are nobody's.",
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
];
