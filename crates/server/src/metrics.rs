//! `/metrics`: who may read the numbers. Owns whose token opens them.

use std::io;
use std::path::Path;

use hyper::body::Bytes;
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::{Response, StatusCode};

use crate::bearer::bearer;
use crate::response::{Body, text, with_body};
use crate::secret::Secret;
use crate::stats::Stats;

/// The text format of Prometheus.
const TEXT_FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Who may read the numbers.
#[derive(Clone, Debug)]
pub(crate) enum Readers {
    /// They are not there.
    Nobody,
    Anyone,
    /// Whoever has the token.
    Token(Box<Secret>),
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
        let secret = Secret::read("metrics.token_file", path)?;
        Ok(Self::Token(Box::new(secret)))
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
            Self::Token(secret) if !is_token(headers, secret) => return Some(refuse()),
            Self::Anyone | Self::Token(_) => {}
        }
        let body = Bytes::from(stats.render(is_ready));
        Some(with_body(StatusCode::OK, TEXT_FORMAT, "no-store", body))
    }
}

fn is_token(headers: &HeaderMap, secret: &Secret) -> bool {
    let token = bearer(headers).ok().flatten();
    token.is_some_and(|token| secret.is(token.as_bytes()))
}

fn refuse() -> Response<Body> {
    let mut response = text(StatusCode::UNAUTHORIZED, "these numbers need a token");
    let challenge = HeaderValue::from_static("Bearer");
    response
        .headers_mut()
        .insert(header::WWW_AUTHENTICATE, challenge);
    response
}
