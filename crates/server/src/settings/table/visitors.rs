//! Settings of who may come: pages, proxies, people with a token. Owns their names, ranges and
//! rules.

use std::time::Duration;

use crate::frames::is_session;
use crate::settings::kind::{Kind, assign, assign_all, optional, texts};
use crate::settings::setting::Setting;

/// Which pages may open WebSockets.
pub(super) static ORIGINS: &[Setting] = &[Setting {
    name: "origins.allowed",
    about: "Pages of other hosts that may, by their origin. Those of our own host always may, \
                and the echo is for everybody.",
    kind: Kind::Words {
        name: "ORIGIN",
        rule: "be scheme://host, with a port if it is not the scheme's, or null",
        texts: |options| texts(&options.origins.allowed),
        set: |options, words| assign_all(&mut options.origins.allowed, words),
    },
}];

/// Whom to believe whom they speak for.
pub(super) static PROXY: &[Setting] = &[
    Setting {
        name: "proxy.trusted",
        about: "Those who are believed whom they speak for: addresses, networks, and unix for \
                Unix sockets.",
        kind: Kind::Words {
            name: "NETWORK",
            rule: "be an address, a network such as 10.0.0.0/8, whose bits behind the length \
                   are zero, or unix",
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
];

/// Who is somebody.
pub(super) static AUTH: &[Setting] = &[
    Setting {
        name: "auth.secret_file",
        about: "The secret of tokens signed with HS256, 32 bytes or more: all of the file, \
                but for one line end (LF or CRLF) at its end. SIGHUP has it read again.",
        kind: Kind::File {
            at: |options| &mut options.auth.secret_file,
        },
    },
    Setting {
        name: "auth.jwks_file",
        about: "Keys of tokens signed with HS256, HS384, HS512, RS256, RS384, RS512, ES256 or \
                ES384, as a JSON Web Key Set. SIGHUP has it read again.",
        kind: Kind::File {
            at: |options| &mut options.auth.jwks_file,
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
            rule: "be the name of a cookie, and not begin with sockeye_session, as the pages' own \
                   does",
            text: |options| options.auth.cookie.clone(),
            set: |options, word| {
                let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
                let is_name = !word.is_empty() && word.bytes().all(is_plain);
                (is_name && !is_session(word)).then_some(())?;
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
];
