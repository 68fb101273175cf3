//! Why a request does not become a WebSocket, as a response of the crate `http`. Owns the form; the
//! reasons are the handshake's.

use std::error::Error as StdError;
use std::fmt;

use http::header::{CONNECTION, CONTENT_TYPE};
use http::{HeaderValue, Response, StatusCode};

use super::append;
use crate::upgrade::Refusal;

/// Why a request does not become a WebSocket; it knows the response to send.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Rejection(Why);

#[derive(Clone, Debug, Eq, PartialEq)]
enum Why {
    /// The request breaks a rule.
    Refused(Refusal),
    /// hyper gave the request no connection to take over.
    NotUpgradable,
}

impl Rejection {
    pub(crate) fn not_upgradable() -> Self {
        Self(Why::NotUpgradable)
    }

    /// The rule that the request breaks; `None` if it keeps them all and the server cannot upgrade:
    /// over HTTP/2, or because hyper's connection is not served with upgrades.
    pub fn refusal(&self) -> Option<&Refusal> {
        match &self.0 {
            Why::Refused(refusal) => Some(refusal),
            Why::NotUpgradable => None,
        }
    }

    /// The status of the response: 426 with the version that we speak for another one and for no
    /// upgrade at all, 403 for a page that may not connect, 400 for most else.
    pub fn status(&self) -> StatusCode {
        match &self.0 {
            Why::Refused(refusal) => {
                StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::BAD_REQUEST)
            }
            Why::NotUpgradable => StatusCode::NOT_IMPLEMENTED,
        }
    }

    /// The response, with the reason as text. It ends the connection: what follows a handshake may
    /// be frames, which nobody is to take for a request.
    pub fn response<B: From<String>>(&self) -> Response<B> {
        let mut response = Response::new(B::from(format!("{self}\n")));
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        let text = HeaderValue::from_static("text/plain; charset=utf-8");
        headers.insert(CONTENT_TYPE, text);
        let added = self.refusal().map_or(&[][..], Refusal::headers);
        append(headers, added.iter().copied());
        let connection = if self.status() == StatusCode::UPGRADE_REQUIRED {
            "Upgrade, close"
        } else {
            "close"
        };
        headers.insert(CONNECTION, HeaderValue::from_static(connection));
        response
    }
}

impl From<Refusal> for Rejection {
    fn from(refusal: Refusal) -> Self {
        Self(Why::Refused(refusal))
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Why::Refused(refusal) => refusal.fmt(formatter),
            Why::NotUpgradable => formatter.write_str("this connection cannot be upgraded"),
        }
    }
}

impl StdError for Rejection {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rejection_says_status_reason_and_what_the_status_demands() {
        let rejection = Rejection::from(Refusal::not_an_upgrade());
        let response = rejection.response::<String>();
        assert_eq!(response.status(), 426);
        assert_eq!(response.headers()["sec-websocket-version"], "13");
        assert_eq!(response.headers()["connection"], "Upgrade, close");
        assert_eq!(response.body(), "header Upgrade is missing\n");
        let response = Rejection::not_upgradable().response::<String>();
        assert_eq!(response.status(), 501);
        assert_eq!(response.headers()["connection"], "close");
    }
}
