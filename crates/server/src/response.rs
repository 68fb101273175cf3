//! Responses. Owns the headers that all of ours have, so that none can be forgotten.

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};
use sockeye::Rejection;
use sockeye::upgrade::Refusal;

use crate::excess::Excess;
use crate::limits::RETRY_AFTER;

/// A body is always there as a whole.
pub(crate) type Body = Full<Bytes>;

/// What our pages may do: load our own scripts, styles and pictures, and talk to this server. No
/// inline script, no frame around us, no form that leaves.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'";

/// On every response of ours but the 101. What hyper cannot parse it answers by itself, with 400,
/// 414 or 431, and lets nobody add a header or a body.
const ALWAYS: [(HeaderName, &str); 3] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
];

/// Which bound was met, in the words of the metric that counts it.
const LIMIT: HeaderName = HeaderName::from_static("sockeye-limit");

/// A response with `body`.
pub(crate) fn with_body(
    status: StatusCode,
    content_type: &'static str,
    cache: &'static str,
    body: Bytes,
) -> Response<Body> {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    complete(response, cache)
}

/// Adds what all responses have.
fn complete(mut response: Response<Body>, cache: &'static str) -> Response<Body> {
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    response
}

/// A response that says something in words.
pub(crate) fn text(status: StatusCode, words: impl Into<String>) -> Response<Body> {
    let mut words = words.into();
    words.push('\n');
    with_body(
        status,
        "text/plain; charset=utf-8",
        "no-store",
        Bytes::from(words),
    )
}

/// The response that refuses a broken upgrade, and ends the connection.
pub(crate) fn refuse(refusal: Refusal) -> Response<Body> {
    complete(Rejection::from(refusal).response(), "no-store")
}

/// Ends the connection behind `response`.
pub(crate) fn close(mut response: Response<Body>) -> Response<Body> {
    let headers = response.headers_mut();
    let connection = if headers.contains_key(header::UPGRADE) {
        "Upgrade, close"
    } else {
        "close"
    };
    headers.insert(header::CONNECTION, HeaderValue::from_static(connection));
    response
}

/// For those who come while the server goes down: another one, or the next one here, will do.
pub(crate) fn refuse_newcomer() -> Response<Body> {
    postpone(
        StatusCode::SERVICE_UNAVAILABLE,
        "the server is going down; try again",
    )
}

/// For those of whom there are too many. Pages read in a header which bound it was.
pub(crate) fn turn_away(excess: Excess) -> Response<Body> {
    let words = format!("{excess}; try again later");
    let mut response = postpone(StatusCode::TOO_MANY_REQUESTS, words);
    let limit = HeaderValue::from_static(excess.word());
    response.headers_mut().insert(LIMIT, limit);
    response
}

/// For those who may come back, and when.
fn postpone(status: StatusCode, words: impl Into<String>) -> Response<Body> {
    let mut response = text(status, words);
    let seconds = HeaderValue::from(RETRY_AFTER.as_secs());
    response.headers_mut().insert(header::RETRY_AFTER, seconds);
    close(response)
}

/// For those who are not who they must be.
pub(crate) fn deny(status: StatusCode, challenge: &str, words: &str) -> Response<Body> {
    let mut response = text(status, words);
    if let Ok(challenge) = HeaderValue::from_str(challenge) {
        let headers = response.headers_mut();
        headers.insert(header::WWW_AUTHENTICATE, challenge);
    }
    close(response)
}

/// For those who are meant to be at `path`.
pub(crate) fn redirect(path: &str) -> Response<Body> {
    let mut response = text(StatusCode::PERMANENT_REDIRECT, format!("this is at {path}"));
    if let Ok(location) = HeaderValue::from_str(path) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    /// If this fails, whoever is turned away does not learn which bound it was, or a page blames
    /// connections in other tabs for handshakes that came too fast.
    #[tokio::test]
    async fn whoever_is_turned_away_learns_which_bound_it_was_and_its_number() {
        for (excess, limit, part) in [
            (Excess::Address(31), "connections", "it may, 31;"),
            (Excess::Handshakes(32), "handshakes", "32 in a second;"),
            (Excess::User(33), "user", "they may, 33;"),
        ] {
            let response = turn_away(excess);
            assert_eq!(response.headers()[LIMIT], limit);
            assert!(response.headers().contains_key(header::RETRY_AFTER));
            let body = response.into_body().collect().await.unwrap().to_bytes();
            let words = String::from_utf8_lossy(&body);
            assert!(words.contains(part), "{words}");
        }
    }
}
