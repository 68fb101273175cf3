//! What the values of `sockeye run`'s flags mean. Owns what they must be. Runs nothing.

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::time::Duration;

use sockeye::web::parse_url;

use crate::failure::Failure;
use crate::limits::USERS_MAX;
use crate::values::address;

/// A host and a port, and where they are.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Place {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) address: SocketAddr,
}

pub(super) fn place(value: &str) -> Result<Place, &'static str> {
    let rule = "be such as example.com:80=127.0.0.1:8080";
    let (name, target) = value.split_once('=').ok_or(rule)?;
    let (host, port) = name.rsplit_once(':').ok_or(rule)?;
    // Whatever is no host is in no URL.
    let is_host = !name.contains(['/', '\\', '?', '#', '@']);
    if !is_host || host.is_empty() {
        return Err(rule);
    }
    // As URLs have it, so that one host is not two.
    let url = parse_url(&format!("http://{name}/"), None).map_err(|_| rule)?;
    let host = url.host_str().ok_or(rule)?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    Ok(Place {
        host: host.to_owned(),
        port: port.parse().map_err(|_| rule)?,
        address: address(target).map_err(|_| rule)?,
    })
}

/// Refuses the address of a socket, to which no rule for pages would apply.
pub(super) fn page_address(base: &str) -> Result<(), Failure> {
    let url = parse_url(base, None);
    if url.is_ok_and(|url| matches!(url.scheme(), "ws" | "wss")) {
        return Err(Failure::usage(format_args!(
            "--base is `{base}`, but a page's address begins with http or https"
        )));
    }
    Ok(())
}

/// Refuses an origin as no browser sends it, and tells the form that it has.
pub(super) fn ascii_origin(origin: &str) -> Result<(), Failure> {
    if origin.is_ascii() {
        return Ok(());
    }
    let ascii = parse_url(origin, None).map(|url| url.origin().ascii_serialization());
    let ascii = ascii.unwrap_or_else(|_| "http://xn--bcher-kva.de".to_owned());
    Err(Failure::usage(format_args!(
        "--origin is `{origin}`, but an origin is ASCII, as {ascii} is"
    )))
}

pub(super) fn seconds(value: &str) -> Result<Duration, &'static str> {
    let seconds = value.parse::<f64>().ok();
    let limit = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    limit
        .filter(|limit| !limit.is_zero())
        .ok_or("be a number of seconds such as 30 or 0.5")
}

pub(super) fn users(value: &str) -> Result<NonZeroUsize, &'static str> {
    let count = value.parse::<NonZeroUsize>().ok();
    count
        .filter(|count| count.get() <= USERS_MAX)
        .ok_or("be a number from 1 to 65536")
}

/// A time with its unit: seconds if there is none.
pub(super) fn span(value: &str) -> Result<Duration, &'static str> {
    let rule = "be a time such as 10s, 500ms or 2m";
    let (number, unit) = match value.find(|letter: char| letter.is_ascii_alphabetic()) {
        Some(at) => value.split_at_checked(at).ok_or(rule)?,
        None => (value, "s"),
    };
    let scale = match unit {
        "ms" => 0.001,
        "s" => 1.0,
        "m" => 60.0,
        _ => return Err(rule),
    };
    let seconds = number.parse::<f64>().map_err(|_| rule)? * scale;
    Duration::try_from_secs_f64(seconds).map_err(|_| rule)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A script would go to the real host, with whatever it sends.
    #[test]
    fn places_are_a_host_and_where_it_is() {
        let parsed = place("example.com:80=127.0.0.1:8080").unwrap();
        assert_eq!((parsed.host.as_str(), parsed.port), ("example.com", 80));
        assert_eq!(parsed.address.port(), 8080);
        assert_eq!(place("[::1]:80=[::1]:81").unwrap().host, "::1");
        assert_eq!(place("b\u{fc}cher.example:80=[::1]:81").unwrap().port, 80);
        for wrong in [
            "",
            "a",
            "a:80",
            "a=127.0.0.1:1",
            "a:b=127.0.0.1:1",
            "a:80=b:80",
            "a b:80=127.0.0.1:1",
            "a/b:80=127.0.0.1:1",
            ":80=127.0.0.1:1",
        ] {
            assert!(place(wrong).is_err(), "{wrong}");
        }
    }

    /// A test would start its users at another pace.
    #[test]
    fn ramps_are_times_with_units() {
        for (text, ms) in [
            ("10s", 10_000),
            ("500ms", 500),
            ("1.5m", 90_000),
            ("2", 2_000),
        ] {
            assert_eq!(span(text), Ok(Duration::from_millis(ms)), "{text}");
        }
        for wrong in ["", "s", "10 s", "10h", "-1s", "NaN", "1e"] {
            assert!(span(wrong).is_err(), "{wrong}");
        }
        assert_eq!(users("1000").map(NonZeroUsize::get), Ok(1000));
        assert!(users("0").is_err() && users("65537").is_err());
    }

    /// A limit that is none would let a script run for ever.
    #[test]
    fn time_limits_are_positive_numbers_of_seconds() {
        assert_eq!(seconds("0.5"), Ok(Duration::from_millis(500)));
        for wrong in ["", "0", "-1", "NaN", "inf", "1s"] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }
}
