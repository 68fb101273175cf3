//! The opening handshake of a recorded connection, as it is shown. Owns how much of it is kept;
//! secrets are masked on the way in.

use hyper::header::{self, HeaderValue};
use hyper::{HeaderMap, Request};
use serde_json::{Value, json};

use super::masking;
use crate::limits::{SHOWN_HEADERS_MAX, SHOWN_VALUE_LEN_MAX};

/// An opening handshake. It was HTTP/1.1, as all of those here are.
#[derive(Debug)]
pub(crate) struct Handshake {
    url: String,
    target: String,
    request: Vec<(String, String)>,
    response: Vec<(String, String)>,
}

impl Handshake {
    /// That of `request`, which gets a 101 with the headers of `response`.
    pub(crate) fn new<'a, B>(
        request: &Request<B>,
        is_secure: bool,
        response: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let headers = request.headers();
        let target = request.uri().path_and_query();
        let target = cut(masking::address(
            target.map_or("/", |target| target.as_str()),
        ));
        let host = headers
            .get(header::HOST)
            .and_then(|host| host.to_str().ok());
        let (scheme, host) = (if is_secure { "wss" } else { "ws" }, host.unwrap_or("-"));
        let response = response.map(|(name, value)| shown(name, value));
        Self {
            url: cut(format!("{scheme}://{host}{target}")),
            target,
            request: of_request(headers),
            response: response.take(SHOWN_HEADERS_MAX).collect(),
        }
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({
            "url": self.url,
            "target": self.target,
            "request": self.request,
            "response": self.response,
        })
    }
}

fn of_request(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let pairs = headers
        .iter()
        .map(|(name, value)| shown(name.as_str(), &text(value)));
    pairs.take(SHOWN_HEADERS_MAX).collect()
}

fn shown(name: &str, value: &str) -> (String, String) {
    let value = masking::header(&name.to_ascii_lowercase(), value);
    (cut(name.to_owned()), cut(value))
}

/// At most so many bytes of `text`; what follows is a sign that there was more.
fn cut(mut text: String) -> String {
    if text.len() > SHOWN_VALUE_LEN_MAX {
        let mut end = SHOWN_VALUE_LEN_MAX;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A client could otherwise fill the memory with its headers, or leave secrets in it.
    #[test]
    fn handshake_is_masked_and_bounded() {
        let mut request = Request::builder()
            .uri("/echo?token=abc")
            .header("host", "h:1")
            .header("cookie", "a=secret")
            .header("x-long", "ж".repeat(SHOWN_VALUE_LEN_MAX));
        for number in 0..SHOWN_HEADERS_MAX {
            request = request.header(format!("x-{number}"), "1");
        }
        let request = request.body(()).unwrap();
        let response = [("Set-Cookie", "b=secret"), ("Upgrade", "websocket")];
        let handshake = Handshake::new(&request, false, response.into_iter());
        assert_eq!(handshake.url, "ws://h:1/echo?token=[masked]");
        assert_eq!(handshake.request.len(), SHOWN_HEADERS_MAX);
        let long = handshake.request.iter().map(|(_, value)| value.len()).max();
        assert_eq!(long, Some(SHOWN_VALUE_LEN_MAX + '…'.len_utf8()));
        assert!(!handshake.to_json().to_string().contains("secret"));
    }
}
