//! `/metrics`: who may read the numbers. Owns the token, of which only a hash is kept.

use std::io;
use std::path::Path;

use hyper::body::Bytes;
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::{Response, StatusCode};
use ring::digest::{SHA256, digest};

use crate::limits::SECRET_LEN_MIN;
use crate::response::{Body, text, with_body};
use crate::stats::Stats;

/// The text format of Prometheus.
const TEXT_FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Who may read the numbers.
#[derive(Clone, Debug)]
pub(crate) enum Readers {
    /// They are not there.
    Nobody,
    Anyone,
    /// Whoever has the token with this SHA-256. Comparing hashes says nothing about how much of a
    /// token was right, however long it takes.
    Token(Vec<u8>),
}

impl Readers {
    /// Whoever has the token in this file; nobody, without one.
    ///
    /// # Errors
    /// If it cannot be read, or its token can be guessed.
    pub(crate) fn new(token_file: Option<&Path>) -> io::Result<Self> {
        let Some(path) = token_file else {
            return Ok(Self::Nobody);
        };
        let cannot =
            |kind, what: &str| io::Error::new(kind, format!("token in {}: {what}", path.display()));
        let read = std::fs::read(path);
        let bytes = read.map_err(|error| cannot(error.kind(), &error.to_string()))?;
        let token = bytes.trim_ascii();
        if token.len() < SECRET_LEN_MIN {
            let (len, min) = (token.len(), SECRET_LEN_MIN);
            let what = format!("{len} bytes, at least {min} are required");
            return Err(cannot(io::ErrorKind::InvalidData, &what));
        }
        Ok(Self::Token(digest(&SHA256, token).as_ref().to_vec()))
    }

    /// The numbers, or no word about them.
    pub(crate) fn answer(
        &self,
        headers: &HeaderMap,
        stats: &Stats,
        is_ready: bool,
    ) -> Option<Response<Body>> {
        match self {
            Self::Nobody => return None,
            Self::Token(hash) if !is_token(headers, hash) => return Some(refuse()),
            Self::Anyone | Self::Token(_) => {}
        }
        let body = Bytes::from(stats.render(is_ready));
        Some(with_body(StatusCode::OK, TEXT_FORMAT, "no-store", body))
    }
}

fn is_token(headers: &HeaderMap, hash: &[u8]) -> bool {
    let value = headers
        .get(header::AUTHORIZATION)
        .map(HeaderValue::as_bytes);
    let token = value.and_then(|value| value.strip_prefix(b"Bearer "));
    token.is_some_and(|token| digest(&SHA256, token.trim_ascii()).as_ref() == hash)
}

fn refuse() -> Response<Body> {
    let mut response = text(StatusCode::UNAUTHORIZED, "these numbers need a token");
    let challenge = HeaderValue::from_static("Bearer");
    response
        .headers_mut()
        .insert(header::WWW_AUTHENTICATE, challenge);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_that_can_be_guessed_or_not_be_read_is_refused_with_its_file() {
        let path = std::env::temp_dir().join(format!("sockeye-token-{}", std::process::id()));
        let error = Readers::new(Some(&path)).unwrap_err();
        assert!(
            error.to_string().contains(path.to_str().unwrap()),
            "{error}"
        );
        std::fs::write(&path, "short\n").unwrap();
        let error = Readers::new(Some(&path)).unwrap_err();
        assert!(
            error.to_string().contains("5 bytes, at least 32"),
            "{error}"
        );
        std::fs::write(&path, format!("{}\n", "x".repeat(32))).unwrap();
        let readers = Readers::new(Some(&path)).unwrap();
        assert!(!format!("{readers:?}").contains("xxx"));
        std::fs::remove_file(&path).unwrap();
    }
}
