//! What of a handshake nobody is shown, the one who sent it included: cookies, credentials, and
//! what looks like a token. Owns the rules; a value is masked before it is stored.

use std::borrow::Cow;

/// Stands in place of what is masked.
pub(super) const MASK: &str = "[masked]";

/// Headers and parameters with one of these in their names have values that open something.
const SECRET_WORDS: [&str; 19] = [
    "assertion",
    "auth",
    "bearer",
    "code",
    "cookie",
    "cred",
    "csrf",
    "dpop",
    "jwt",
    "key",
    "nonce",
    "otp",
    "pass",
    "pwd",
    "secret",
    "session",
    "sig",
    "ticket",
    "token",
];

/// Such names that are too short to look for within others.
const SECRET_NAMES: [&str; 4] = ["pin", "pw", "sess", "sid"];

/// Headers with such a word in their names that are no secrets (RFC 6455 §11.3: both are in the
/// clear, for one handshake).
const OPEN_HEADERS: [&str; 2] = ["sec-websocket-accept", "sec-websocket-key"];

/// How credentials begin (RFC 9110 §11.4), whichever header they are in.
const SCHEMES: [&str; 7] = [
    "apikey",
    "basic",
    "bearer",
    "digest",
    "dpop",
    "negotiate",
    "token",
];

/// What stands between the parameters of an address or a header.
const DELIMITERS: [char; 4] = ['?', '&', ';', '#'];

/// So often may an encoding be upon itself.
const ROUNDS_MAX: usize = 4;

/// A word of a header that is this long is no name, such as that of a subprotocol: clients that can
/// set no header send tokens as one.
const WORD_LEN_MAX: usize = 32;

/// The value of the header `name` (in small letters) as it is shown.
pub(super) fn header(name: &str, value: &str) -> String {
    if name.contains("cookie") {
        return cookies(value);
    }
    if name.contains("authorization") {
        // RFC 9110 §11.4: what stands before the credentials says which kind they are; who left
        // that out may have sent the credentials there.
        return match value.split_once(' ') {
            Some((scheme, _)) => format!("{} {MASK}", name_of(scheme)),
            None => MASK.to_owned(),
        };
    }
    if OPEN_HEADERS.contains(&name) {
        return value.to_owned();
    }
    if is_secret(name) {
        return MASK.to_owned();
    }
    // RFC 9110 §11.4: credentials, in a header of whatever name.
    if let Some((scheme, _)) = value.split_once(' ') {
        if SCHEMES.iter().any(|one| scheme.eq_ignore_ascii_case(one)) {
            return format!("{scheme} {MASK}");
        }
    }
    if name == "sec-websocket-protocol" {
        let names = value.split(',').map(str::trim);
        let shown: Vec<_> = names.map(name_of).collect();
        return shown.join(", ");
    }
    address(value)
}

/// A path, URL or any other text as it is shown: without credentials, and without the values of
/// parameters that open something. What was shown is shown as it is.
pub(super) fn address(text: &str) -> String {
    let mut shown = masked(text);
    for _ in 0..ROUNDS_MAX {
        let next = masked(&shown);
        if next == shown {
            return shown;
        }
        shown = next;
    }
    // Nobody writes such an address but to hide something in it.
    MASK.to_owned()
}

fn masked(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for piece in text.split_inclusive(DELIMITERS) {
        let end = piece.trim_end_matches(DELIMITERS).len();
        let (pairs, delimiter) = piece.split_at(end);
        show_pairs(pairs, &mut shown);
        shown.push_str(delimiter);
    }
    without_credentials(&shown)
}

/// Adds `name=value`, whose value may be such a pair as well.
fn show_pairs(pairs: &str, shown: &mut String) {
    if let Some((name, value)) = pairs.split_once('=') {
        if opens(value) {
            return shown.extend([&*word(name), "=", MASK]);
        }
    }
    let mut parts = pairs.split('=').peekable();
    while let Some(part) = parts.next() {
        shown.push_str(&word(part));
        if parts.peek().is_none() {
            return;
        }
        shown.push('=');
        if names_secret(part) {
            return shown.push_str(MASK);
        }
    }
}

/// Whether the name of a parameter, which is behind the last sign that no name has, is a secret's.
fn names_secret(name: &str) -> bool {
    plain(name).is_none_or(|name| {
        let name = name.rsplit(['/', '@', ' ', ',', '"', '<', '(']).next();
        name.is_some_and(|name| is_secret(&name.to_ascii_lowercase()))
    })
}

/// RFC 3986 §3.2.1: before the `@` of an authority stand credentials.
fn without_credentials(text: &str) -> String {
    let mut parts = text.split("//");
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (authority, _) = part.split_once(['/', '?', '#']).unwrap_or((part, ""));
        let host = authority.rfind('@').and_then(|at| part.get(at..));
        shown.push_str("//");
        if host.is_some() {
            shown.push_str(MASK);
        }
        shown.push_str(host.unwrap_or(part));
    }
    shown
}

/// `text` without percent encoding (RFC 3986 §2.1), unless that is upon itself too often.
fn plain(text: &str) -> Option<Cow<'_, str>> {
    let mut plain = Cow::Borrowed(text);
    for _ in 0..ROUNDS_MAX {
        if !plain.contains('%') {
            return Some(plain);
        }
        let next = decoded(&plain);
        if next == plain {
            return Some(plain);
        }
        plain = Cow::Owned(next);
    }
    None
}

fn decoded(text: &str) -> String {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let digits = part.get(..2).filter(|digits| !digits.starts_with('+'));
        if let Some(byte) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            bytes.push(byte);
            bytes.extend(part.bytes().skip(2));
        } else {
            bytes.push(b'%');
            bytes.extend(part.bytes());
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Names stay, values do not; of `Set-Cookie` the attributes go as well.
fn cookies(value: &str) -> String {
    let pairs = value.split(';').map(|pair| match pair.split_once('=') {
        Some((name, _)) => format!("{}={MASK}", word(name.trim())),
        None => MASK.to_owned(),
    });
    pairs.collect::<Vec<_>>().join("; ")
}

/// What may be a name, unless it looks like a token.
fn name_of(name: &str) -> Cow<'_, str> {
    if name.len() >= WORD_LEN_MAX {
        MASK.into()
    } else {
        word(name)
    }
}

/// A part of a text as it is shown.
fn word(text: &str) -> Cow<'_, str> {
    if opens(text) {
        MASK.into()
    } else {
        text.into()
    }
}

/// Whether a text has a JSON Web Token in it, which all begin with `{"` in Base64 (RFC 7515 §3.1),
/// or is an address in percent encoding with something to mask.
fn opens(text: &str) -> bool {
    plain(text).is_none_or(|plain| {
        let rest = plain.split_once("eyJ").map(|(_, rest)| rest);
        rest.is_some_and(|rest| rest.contains('.') && rest.len() > 16)
            // Nothing is encoded in what was decoded: this goes no deeper.
            || (plain != text && masked(&plain) != plain)
    })
}

fn is_secret(name: &str) -> bool {
    let is_short = |part: &str| SECRET_NAMES.contains(&part) || part.ends_with("sid");
    SECRET_WORDS.iter().any(|word| name.contains(word)) || name.split(['-', '_', '.']).any(is_short)
}

#[cfg(test)]
mod tests {
    use super::*;

    const JWT: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl";

    /// A secret in a recorded handshake is one that a screenshot or an exported file gives away.
    #[test]
    fn what_opens_something_is_masked_wherever_a_client_may_put_it() {
        for (name, value, shown) in [
            ("authorization", "Bearer abc", "Bearer [masked]"),
            ("proxy-authorization", "abc", "[masked]"),
            ("authorization", &format!("{JWT} x"), "[masked] [masked]"),
            ("cookie", "a=1; b=2; c", "a=[masked]; b=[masked]; [masked]"),
            ("cookie", &format!("{JWT}=1"), "[masked]=[masked]"),
            ("set-cookie", "a=1; Path=/", "a=[masked]; Path=[masked]"),
            ("x-api-key", "abc", "[masked]"),
            ("x-csrf-token", "abc", "[masked]"),
            ("x-csrf", "abc", "[masked]"),
            ("x-credentials", "abc", "[masked]"),
            ("sec-websocket-protocol", JWT, "[masked]"),
            (
                "sec-websocket-protocol",
                "chat,  0123456789abcdef0123456789abcdef",
                "chat, [masked]",
            ),
            (
                "referer",
                "http://a/?Access_Token=1&b=2",
                "http://a/?Access_Token=[masked]&b=2",
            ),
            ("x-other", JWT, "[masked]"),
            ("x-foo", "Bearer abc", "Bearer [masked]"),
            ("dpop", "abc", "[masked]"),
            ("referer", "http://jo:abc@a/", "http://[masked]@a/"),
            (
                "referer",
                "http://a/#access_token=abc",
                "http://a/#access_token=[masked]",
            ),
            (
                "forwarded",
                "for=1;secret=abc, for=2",
                "for=1;secret=[masked]",
            ),
        ] {
            assert_eq!(header(name, value), shown, "{name}");
        }
        let target = format!("/echo?x={JWT}&y=1&{JWT}&{JWT}=&sessionid=5&key=&z");
        let shown = "/echo?x=[masked]&y=1&[masked]&[masked]=&sessionid=[masked]&key=[masked]&z";
        assert_eq!(address(&target), shown);
        assert_eq!(address(&format!("/u/{JWT}")), MASK);
        for name in [
            "pwd",
            "sid",
            "connect.sid",
            "PHPSESSID",
            "ticket",
            "bearer",
            "credential",
            "credentials",
            "x_pw",
            "otp",
            "xsrf_nonce",
            "CSRF",
        ] {
            let shown = format!("/echo?{name}=[masked]");
            assert_eq!(address(&format!("/echo?{name}=1")), shown);
        }
    }

    /// If this fails, a secret is shown because its client wrote it in another way.
    #[test]
    fn what_opens_something_is_masked_however_it_is_written() {
        for (target, shown) in [
            ("/echo?%74oken=abc&b=2", "/echo?%74oken=[masked]&b=2"),
            ("/echo?%2574oken=abc", "/echo?%2574oken=[masked]"),
            ("/echo?a=1;token=abc", "/echo?a=1;token=[masked]"),
            ("/room;jsessionid=abc", "/room;jsessionid=[masked]"),
            ("/echo?to=%2Fcb%3Ftoken%3Dabc&b", "/echo?to=[masked]&b"),
            ("/echo?to=http%3A%2F%2Fjo%3Aabc%40a", "/echo?to=[masked]"),
            ("/to/%2Fcb%3Ftoken%3Dabc?b", "[masked]?b"),
            ("/to/http%3A%2F%2Fjo%3Aabc%40a", "[masked]"),
            ("/echo?x%26token%3Dabc=1&b", "/echo?[masked]=[masked]&b"),
            ("/echo?to=token=abc&b", "/echo?to=token=[masked]&b"),
            (
                "/echo?to=/cb,a=1,token=abc",
                "/echo?to=/cb,a=1,token=[masked]",
            ),
            (
                "/echo?to=http://a/?token=abc",
                "/echo?to=http://a/?token=[masked]",
            ),
            (
                &format!("/echo?x={}", JWT.replace('.', "%2E")),
                "/echo?x=[masked]",
            ),
            (
                "/echo?x=eyJhbGciOiJIUzI1NiJ9==.e30.c2lnbmF0dXJl",
                "/echo?x=[masked]",
            ),
            ("/echo?x=%25252525252541", "/echo?x=[masked]"),
            ("token//u;v@w=abc", "token//[masked]@w=abc"),
        ] {
            assert_eq!(address(target), shown);
            assert_eq!(address(shown), shown, "what is masked stays as it is");
        }
    }

    /// A handshake of which everything is masked explains nothing.
    #[test]
    fn what_opens_nothing_is_shown() {
        for (name, value) in [
            ("host", "example.com"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
            ("sec-websocket-accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
            ("sec-websocket-protocol", "chat, v2.soap"),
            (
                "sec-websocket-extensions",
                "permessage-deflate; client_max_window_bits",
            ),
            ("user-agent", "Mozilla/5.0 (X11; Linux x86_64)"),
            ("accept", "text/html;q=0.9, */*;q=0.8"),
            ("forwarded", "for=192.0.2.1;proto=https"),
            ("referer", "https://a/b?x=100%&y=%zz#part"),
        ] {
            assert_eq!(header(name, value), value, "{name}");
        }
        assert_eq!(
            address("/echo?room=1&name=%D0%B0&spin=2&side=3"),
            "/echo?room=1&name=%D0%B0&spin=2&side=3"
        );
    }
}
