//! Settings for who runs the server: numbers, recorded frames, its end and its log. Owns their
//! names, ranges and rules.

use std::time::Duration;

use crate::settings::kind::{Kind, assign, word_of};
use crate::settings::setting::Setting;

const HOUR: Duration = Duration::from_secs(3600);

/// Numbers for Prometheus.
pub(super) static METRICS: &[Setting] = &[
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
        about: "The token, 32 to 384 printable characters of ASCII, with which /metrics may be \
                read at the public places; without one it is not there.",
        kind: Kind::File {
            at: |options| &mut options.metrics.token_file,
        },
    },
];

/// What the frame view shows, and to whom.
pub(super) static FRAMES: &[Setting] = &[
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
        about: "The token, 32 to 384 printable characters of ASCII, with which the connections of \
                everybody may be seen; without one nobody sees more than those of his own browser.",
        kind: Kind::File {
            at: |options| &mut options.frames.admin_token_file,
        },
    },
];

/// How it ends when it is told to.
pub(super) static DRAIN: &[Setting] = &[
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
];

/// The log, on standard error.
pub(super) static LOG: &[Setting] = &[
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
