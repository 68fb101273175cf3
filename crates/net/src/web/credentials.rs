//! The user name and password of a URL, as the header `Authorization` has them (RFC 7617). Owns
//! percent-decoding for that. Never keeps them.

use sockeye_proto::handshake::encode_base64;

/// The header's value for a name and a password as they stand in a URL.
pub(super) fn basic(name: &str, password: &str) -> String {
    let mut pair = percent_decoded(name);
    pair.push(b':');
    pair.extend(percent_decoded(password));
    format!("Basic {}", encode_base64(&pair))
}

/// As the URL standard has it (percent-decode): what is no escape stays as it is. The server's
/// rooms are read by a stricter rule of their own, which refuses that.
fn percent_decoded(text: &str) -> Vec<u8> {
    let mut rest = text.as_bytes();
    let mut decoded = Vec::with_capacity(rest.len());
    while let Some((first, after)) = rest.split_first() {
        let escape = after.split_first_chunk::<2>();
        let escape = escape.filter(|_| *first == b'%');
        let escape = escape.and_then(|(digits, after)| Some((hex(*digits)?, after)));
        let (byte, after) = escape.unwrap_or((*first, after));
        decoded.push(byte);
        rest = after;
    }
    decoded
}

fn hex([high, low]: [u8; 2]) -> Option<u8> {
    let digit = |letter: u8| char::from(letter).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server behind a password would let nobody in.
    #[test]
    fn credentials_are_decoded_and_encoded_again() {
        // WHATWG websockets §establish-9 TEST
        assert_eq!(
            basic("Aladdin", "open%20sesame"),
            "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="
        );
        assert_eq!(basic("a", ""), "Basic YTo=");
        assert_eq!(basic("%zz%4", "1"), "Basic JXp6JTQ6MQ==");
        assert_eq!(basic("%+1", ""), "Basic JSsxOg==");
        assert_eq!(basic("test", "123\u{a3}"), "Basic dGVzdDoxMjPCow==");
    }
}
