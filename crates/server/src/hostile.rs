//! What strangers write into heads, by the thousand: addresses that proxies tell, and rooms. Each
//! input has an oracle besides that nothing panics. The same on every machine, without a clock.

use std::net::IpAddr;

use hyper::HeaderMap;
use hyper::header::{HeaderName, HeaderValue};

use crate::options::{ForwardedBy, Proxy};
use crate::proxy;
use crate::room;

/// Inputs of each kind.
const INPUTS: usize = 20_000;

/// What headers of proxies are made of, good and bad.
const PIECES: [&str; 24] = [
    "for=",
    "For=",
    "proto=https",
    "proto=",
    ";",
    ",",
    ", ",
    "\"",
    "\\",
    "[",
    "]",
    ":",
    ":4711",
    "10.0.0.1",
    "10.0.0.2",
    "192.0.2.7",
    "2001:db8::1",
    "2001:db9::9",
    "::ffff:192.0.2.7",
    "unknown",
    "_hidden",
    "https",
    " ",
    "=",
];

/// What addresses of rooms are made of.
const LETTERS: [&str; 16] = [
    "%",
    "%2",
    "%41",
    "%zz",
    "%C3%A9",
    "%FF",
    "%00",
    "+",
    "&",
    "=",
    "room=",
    "a",
    "Z",
    "/",
    "é",
    "%f0%9f%a6%80",
];

/// `SplitMix64`.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let mixed = mixed ^ (mixed >> 31);
        usize::try_from(mixed % u64::try_from(sides).unwrap()).unwrap()
    }

    /// Up to a dozen of `pieces` in a row.
    fn row(&mut self, pieces: &[&str]) -> String {
        let count = self.below(12);
        (0..count)
            .map(|_| pieces[self.below(pieces.len())])
            .collect()
    }
}

fn headers(name: ForwardedBy, lines: &[String]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in lines {
        let value = HeaderValue::from_str(line).unwrap();
        headers.append(HeaderName::from_static(name.name()), value.clone());
        headers.append("x-forwarded-proto", value);
    }
    headers
}

/// Fails if somebody whom nobody trusts is believed, if a line that a proxy split means something
/// else than the whole, or if one address has two forms, each with limits of its own.
#[test]
fn address_that_a_header_tells_is_one_of_those_that_trusted_proxies_may_tell() {
    let mut dice = Dice(1);
    let (stranger, friend): (IpAddr, IpAddr) =
        ("198.51.100.1".parse().unwrap(), "10.0.0.9".parse().unwrap());
    let mut told = 0;
    for _ in 0..INPUTS {
        let header = [ForwardedBy::XForwardedFor, ForwardedBy::Forwarded][dice.below(2)];
        let trusted = ["10.0.0.0/8", "2001:db8::/32"].map(|text| text.parse().unwrap());
        let proxy = Proxy {
            trusted: trusted.to_vec(),
            header,
        };
        let lines: Vec<String> = (0..dice.below(4)).map(|_| dice.row(&PIECES)).collect();
        let apart = headers(header, &lines);
        assert_eq!(
            proxy::client(Some(stranger), &apart, &proxy),
            Some(stranger),
            "{lines:?}"
        );
        assert!(
            !proxy::is_secure(Some(stranger), &apart, &proxy),
            "{lines:?}"
        );
        assert_eq!(proxy::client(None, &apart, &proxy), None, "{lines:?}");
        let client = proxy::client(Some(friend), &apart, &proxy).unwrap();
        assert_eq!(client, client.to_canonical(), "{lines:?}");
        told += usize::from(client != friend);
        // A quote that is not closed reaches as far as its line.
        if lines.iter().all(|line| line.matches('"').count() % 2 == 0) {
            let whole = headers(header, &[lines.join(",")]);
            assert_eq!(
                proxy::client(Some(friend), &whole, &proxy),
                Some(client),
                "{lines:?}"
            );
            let is_secure = proxy::is_secure(Some(friend), &apart, &proxy);
            assert_eq!(
                proxy::is_secure(Some(friend), &whole, &proxy),
                is_secure,
                "{lines:?}"
            );
        }
    }
    assert!(told > INPUTS / 100, "only {told} headers told an address");
}

fn encoded(text: &str) -> String {
    let bytes = text.bytes().map(|byte| format!("%{byte:02x}"));
    bytes.collect::<Vec<_>>().concat()
}

/// Fails if a room's name is read otherwise than it was written, in a path or in a query.
#[test]
fn room_that_an_address_names_is_what_its_encoding_says() {
    let mut dice = Dice(2);
    let (mut named, mut unreadable) = (0, 0);
    for _ in 0..INPUTS {
        let text = dice.row(&LETTERS);
        let query = format!("other=1&room={}", encoded(&text));
        assert_eq!(
            room::named("", Some(&query)),
            Ok(Some(text.as_str().into()))
        );
        assert!(room::named("", Some(&format!("{query}&room=second"))).is_err());
        if !text.is_empty() {
            let path = room::named(&encoded(&text), None);
            assert_eq!(path, Ok(Some(text.as_str().into())));
        }
        match room::named(&text, Some(&text)) {
            Ok(Some(name)) if !text.is_empty() => {
                named += 1;
                assert!(name.len() <= text.len(), "{text}");
                assert_eq!(
                    room::named(&encoded(&name), None).unwrap_or_default(),
                    (!name.is_empty()).then_some(name)
                );
            }
            Ok(_) => {}
            Err(_) => unreadable += 1,
        }
    }
    assert!(
        named > INPUTS / 100 && unreadable > INPUTS / 100,
        "{named} {unreadable}"
    );
}
