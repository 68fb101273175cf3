//! The cookie that tells one browser session from another. Owns its name, its attributes, and that
//! only what this process made counts: the random part is signed, so that nobody chooses one. It
//! says nothing about who somebody is.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hyper::HeaderMap;
use hyper::header::HeaderValue;
use ring::digest::{SHA256, digest};
use ring::hmac::{self, HMAC_SHA256, Key};
use ring::rand::{SecureRandom, SystemRandom};

use crate::cookies::cookie;
use crate::options::{Listen, Options};

/// A browser session, by a hash of its cookie's random part: what is stored opens nothing.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) struct SessionId([u8; 32]);

/// Bytes of the random part.
const RANDOM_LEN: usize = 16;

const NAME: &str = "sockeye_session";
/// Under TLS, where browsers take this prefix to mean that no other host set it.
const NAME_OF_HOST: &str = "__Host-sockeye_session";

/// Whether the cookie of this name may be ours, so that nothing else can stand in it.
pub(crate) fn is_session(name: &str) -> bool {
    [NAME, NAME_OF_HOST]
        .iter()
        .any(|ours| name.starts_with(ours))
}

/// What tells the cookie from those of other servers on this host: browsers keep one of a name for
/// all ports, and a path would not go with the prefix. It is the same after a restart.
fn mark(options: &Options) -> String {
    let port = |listen: &Listen| match listen {
        Listen::Tcp(address) => Some(address.port()).filter(|port| *port != 0),
        Listen::Unix(_) => None,
    };
    let socket = |listen: &Listen| match listen {
        Listen::Tcp(_) => None,
        Listen::Unix(path) => Some(mark_of(path)),
    };
    let port = options.listen.iter().find_map(port);
    let place = port.map(|port| port.to_string());
    let place = place.or_else(|| options.listen.iter().find_map(socket));
    let place = place.map(|place| format!("_{place}")).unwrap_or_default();
    // What else may be in it may be in a cookie's name as well.
    place + &options.base.path().replace('/', ".")
}

/// As much of a hash of a Unix socket's path as no two servers have in common: not all that may be
/// in a path may be in a cookie's name.
fn mark_of(path: &Path) -> String {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let hash = digest(&SHA256, path.as_os_str().as_encoded_bytes());
    let start = hash.as_ref().first_chunk().copied().unwrap_or_default();
    format!("{:08x}", u32::from_be_bytes(start))
}

/// Makes cookies and knows them again.
#[derive(Debug)]
pub(super) struct Mint {
    /// Of this process alone: after a restart the pages set new cookies.
    key: Key,
    random: SystemRandom,
    name: String,
    name_of_host: String,
}

impl Mint {
    /// None where the system has no random numbers.
    pub(super) fn new(options: &Options) -> Option<Self> {
        let random = SystemRandom::new();
        let key = Key::generate(HMAC_SHA256, &random).ok()?;
        let mark = mark(options);
        Some(Self {
            key,
            random,
            name: format!("{NAME}{mark}"),
            name_of_host: format!("{NAME_OF_HOST}{mark}"),
        })
    }

    /// The value of `Set-Cookie` for a new session.
    pub(super) fn issue(&self, is_secure: bool) -> Option<HeaderValue> {
        let mut bytes = [0; RANDOM_LEN];
        self.random.fill(&mut bytes).ok()?;
        let random = URL_SAFE_NO_PAD.encode(bytes);
        let tag = URL_SAFE_NO_PAD.encode(hmac::sign(&self.key, random.as_bytes()));
        let name = self.name(is_secure);
        let secure = if is_secure { "; Secure" } else { "" };
        let cookie = format!("{name}={random}.{tag}; Path=/; HttpOnly; SameSite=Lax{secure}");
        HeaderValue::from_str(&cookie).ok()
    }

    /// The session that `headers` are of; none, if its cookie is not one of ours.
    pub(super) fn session(&self, headers: &HeaderMap, is_secure: bool) -> Option<SessionId> {
        // Two of them are none: a page of a sibling domain can add one, to have this browser's
        // frames recorded for somebody else.
        let value = cookie(headers, self.name(is_secure)).ok().flatten()?;
        let (random, tag) = value.split_once('.')?;
        let tag = URL_SAFE_NO_PAD.decode(tag).ok()?;
        hmac::verify(&self.key, random.as_bytes(), &tag).ok()?;
        let hash = digest(&SHA256, random.as_bytes());
        hash.as_ref().try_into().ok().map(SessionId)
    }

    fn name(&self, is_secure: bool) -> &str {
        if is_secure {
            &self.name_of_host
        } else {
            &self.name
        }
    }
}

#[cfg(test)]
mod tests {
    use hyper::header;

    use super::*;

    fn headers(cookies: &[&str]) -> HeaderMap {
        let values = cookies.iter().map(|cookie| {
            let value = HeaderValue::from_str(cookie).unwrap();
            (header::COOKIE, value)
        });
        values.collect()
    }

    fn pair(cookie: &HeaderValue) -> &str {
        cookie.to_str().unwrap().split(';').next().unwrap()
    }

    /// Of a server at any port.
    fn new_mint() -> Option<Mint> {
        mint_at("127.0.0.1:0", "/")
    }

    fn mint_at(listen: &str, base: &str) -> Option<Mint> {
        let options = Options {
            listen: vec![listen.parse().unwrap()],
            base: base.parse().unwrap(),
            ..Options::default()
        };
        Mint::new(&options)
    }

    /// If this fails, a browser that looks at two servers of one host forgets the session of one
    /// with each page of the other.
    #[test]
    fn servers_of_one_host_have_cookies_of_their_own() {
        for (listen, base, name) in [
            ("127.0.0.1:8080", "/", "sockeye_session_8080"),
            ("[::1]:8081", "/", "sockeye_session_8081"),
            ("unix:/run/a", "/talk", "sockeye_session_914fa909.talk"),
            ("unix:/run/b", "/talk", "sockeye_session_ce4da750.talk"),
            ("unix:/run/b", "/a/b_c/", "sockeye_session_ce4da750.a.b_c"),
        ] {
            let mint = mint_at(listen, base).unwrap();
            for (is_secure, prefix) in [(false, ""), (true, "__Host-")] {
                let cookie = mint.issue(is_secure).unwrap();
                let found = pair(&cookie).split_once('=').unwrap().0;
                assert_eq!(found, format!("{prefix}{name}"));
                assert!(is_session(found));
                let headers = headers(&[pair(&cookie)]);
                assert!(mint.session(&headers, is_secure).is_some());
            }
        }
    }

    /// Without these attributes scripts, other sites or a plain connection could read the cookie.
    #[test]
    fn cookie_is_hidden_from_scripts_and_other_sites_and_stays_in_tls() {
        let mint = new_mint().unwrap();
        let plain = mint.issue(false).unwrap();
        let plain = plain.to_str().unwrap();
        assert!(plain.starts_with("sockeye_session="), "{plain}");
        assert!(
            plain.ends_with("; Path=/; HttpOnly; SameSite=Lax"),
            "{plain}"
        );
        let secure = mint.issue(true).unwrap();
        let secure = secure.to_str().unwrap();
        assert!(secure.starts_with("__Host-sockeye_session="), "{secure}");
        assert!(secure.ends_with("; SameSite=Lax; Secure"), "{secure}");
    }

    /// Whoever could choose a session could have somebody else's connections recorded for himself.
    #[test]
    fn only_a_cookie_that_this_process_made_and_that_is_alone_is_a_session() {
        let mint = new_mint().unwrap();
        let (one, other) = (mint.issue(false).unwrap(), mint.issue(false).unwrap());
        let (one, other) = (pair(&one), pair(&other));
        let session = mint.session(&headers(&["a=b; x", one]), false);
        assert!(session.is_some());
        assert_eq!(session, mint.session(&headers(&[one]), false));
        assert_ne!(session, mint.session(&headers(&[other]), false));
        assert_eq!(mint.session(&headers(&[one, other]), false), None);
        assert_eq!(mint.session(&headers(&[one]), true), None);
        assert_eq!(
            new_mint().unwrap().session(&headers(&[one]), false),
            None,
            "a process before this one made it"
        );
        let (random, tag) = one.split_once('.').unwrap();
        for forged in [
            random.to_owned(),
            format!("{random}."),
            format!("{random}A.{tag}"),
            format!("{random}.{}", &tag[..tag.len() - 2]),
            format!("sockeye_session=.{tag}"),
            "sockeye_session=".to_owned(),
        ] {
            assert_eq!(mint.session(&headers(&[&forged]), false), None, "{forged}");
        }
    }
}
