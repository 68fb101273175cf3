//! What of a handshake nobody is shown, the one who sent it included: cookies, credentials, and
//! what looks like a token. Owns the rules; a value is masked before it is stored.

use std::borrow::Cow;

/// Stands in place of what is masked.
pub(super) const MASK: &str = "[masked]";

/// Headers and parameters with one of these in their names have values that open something.
const SECRET_WORDS: [&str; 17] = [
    "auth", "bearer", "code", "cookie", "cred", "csrf", "jwt", "key", "nonce", "otp", "pass",
    "pwd", "secret", "session", "sig", "ticket", "token",
];

/// Such names that are too short to look for within others.
const SECRET_NAMES: [&str; 4] = ["pin", "pw", "sess", "sid"];

/// Headers with such a word in their names that are no secrets (RFC 6455 §11.3: both are in the
/// clear, for one handshake).
const OPEN_HEADERS: [&str; 2] = ["sec-websocket-accept", "sec-websocket-key"];

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
    if is_secret(name) && !OPEN_HEADERS.contains(&name) {
        return MASK.to_owned();
    }
    if name == "sec-websocket-protocol" {
        let names = value.split(',').map(str::trim);
        let shown: Vec<_> = names.map(name_of).collect();
        return shown.join(", ");
    }
    address(value)
}

/// A path or URL as it is shown: without the values of parameters that open something.
pub(super) fn address(text: &str) -> String {
    let Some((path, query)) = text.split_once('?') else {
        return word(text).into_owned();
    };
    let parameters = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) if is_secret(&name.to_ascii_lowercase()) => {
            format!("{}={MASK}", word(name))
        }
        Some((name, value)) => format!("{}={}", word(name), word(value)),
        None => word(pair).into_owned(),
    });
    let parameters: Vec<_> = parameters.collect();
    format!("{}?{}", word(path), parameters.join("&"))
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

/// Masks a text that has a JSON Web Token in it: `{"` in Base64 is how all of them begin (RFC 7515
/// §3.1).
fn word(text: &str) -> Cow<'_, str> {
    let is_token = text
        .split_once("eyJ")
        .is_some_and(|(_, rest)| rest.contains('.') && rest.len() > 16);
    if is_token { MASK.into() } else { text.into() }
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
        ] {
            assert_eq!(header(name, value), value, "{name}");
        }
        assert_eq!(
            address("/echo?room=1&name=%D0%B0&spin=2&side=3"),
            "/echo?room=1&name=%D0%B0&spin=2&side=3"
        );
    }
}
