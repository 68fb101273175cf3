//! Accepting an upgrade: what was agreed, and the 101 that says so (RFC 6455 section 4.2.2). Keeps
//! rules of RFC 6455 §9 and RFC 7692 §5.

use std::borrow::Cow;

use super::check::UpgradeRequest;
use crate::handshake::deflate_params::{DeflateAgreed, DeflatePolicy};
use crate::handshake::fault::{Field, Misuse};
use crate::handshake::fields::check_additional;
use crate::handshake::http1::push_header;
use crate::handshake::key::accept_for;

/// What the application answers an upgrade with; by default nothing beyond what is required.
#[derive(Clone, Copy, Debug, Default)]
pub struct Answer<'a> {
    /// One of the subprotocols offered.
    pub protocol: Option<&'a str>,
    /// How far to agree to permessage-deflate, if the client offers it.
    pub deflate: Option<DeflatePolicy>,
    /// Additional headers, such as `Set-Cookie`.
    pub headers: &'a [(&'a str, &'a str)],
}

/// An accepted upgrade: the connection is open as soon as its response is sent.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Acceptance {
    protocol: Option<String>,
    deflate: Option<DeflateAgreed>,
    headers: Vec<(Cow<'static, str>, Cow<'static, str>)>,
}

impl UpgradeRequest {
    /// Accepts the upgrade with what `answer` says.
    ///
    /// # Errors
    ///
    /// [`Misuse`] if the chosen subprotocol was not offered, or if an additional header is not
    /// valid or is one that the handshake itself sets.
    // RFC 6455 §4.2.2-1 MUST: the steps of the section, on a request that `check` let through.
    pub fn accept(&self, answer: &Answer<'_>) -> Result<Acceptance, Misuse> {
        // RFC 6455 §4.2.2-12 §4.2.2-13 MUST: the fields that every acceptance has.
        let mut headers = vec![
            ("Upgrade".into(), "websocket".into()),
            ("Connection".into(), "Upgrade".into()),
            ("Sec-WebSocket-Accept".into(), accept_for(&self.key).into()),
        ];
        // RFC 6455 §4.2.2-7 MUST NOT: without a choice there is no field.
        if let Some(protocol) = answer.protocol {
            // RFC 6455 §4.2.2-6 MUST: the application cannot choose what was not offered.
            if !self.protocols().any(|offered| offered == protocol) {
                return Err(Misuse::new(
                    Field::Subprotocol,
                    protocol,
                    "be one of those offered",
                ));
            }
            headers.push(("Sec-WebSocket-Protocol".into(), protocol.to_owned().into()));
        }
        // RFC 6455 §4.2.2-8 MUST: the answer comes out of the client's own offers.
        // RFC 6455 §4.2.2-9 §9-1 MUST NOT: without an offer there is nothing to agree to.
        let agreed = answer
            .deflate
            .and_then(|policy| policy.agree_first(&self.deflate));
        let deflate = agreed.map(|(deflate, element)| {
            // RFC 7692 §5-3 MUST: the element that accepts begins with the extension's name.
            headers.push(("Sec-WebSocket-Extensions".into(), element.into()));
            deflate
        });
        // RFC 7692 §5-10 MUST NOT: all offers declined is no field at all; no caller adds one.
        for &(name, value) in answer.headers {
            check_additional(name, value)?;
            headers.push((name.to_owned().into(), value.to_owned().into()));
        }
        Ok(Acceptance {
            protocol: answer.protocol.map(str::to_owned),
            deflate,
            headers,
        })
    }
}

impl Acceptance {
    /// The status code: 101 Switching Protocols.
    pub const STATUS: u16 = 101;

    /// The subprotocol chosen.
    pub fn protocol(&self) -> Option<&str> {
        self.protocol.as_deref()
    }

    /// What was agreed on compression; `None` is no compression.
    pub fn deflate(&self) -> Option<DeflateAgreed> {
        self.deflate
    }

    /// Adds a header to the response, such as `Set-Cookie`.
    ///
    /// # Errors
    ///
    /// [`Misuse`] if it is not valid or one that the handshake itself sets.
    pub fn header(mut self, name: &str, value: &str) -> Result<Self, Misuse> {
        check_additional(name, value)?;
        self.headers
            .push((name.to_owned().into(), value.to_owned().into()));
        Ok(self)
    }

    /// All headers of the response in order, for another HTTP stack to send.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.iter().map(|(name, value)| (&**name, &**value))
    }

    /// The whole response.
    pub fn encode(&self) -> Vec<u8> {
        // RFC 6455 §4.2.2-10 §4.2.2-11 MUST: checked parts in the form of an HTTP/1.1 101.
        let start = "HTTP/1.1 101 Switching Protocols\r\n";
        // Each line has a colon, a space and its CRLF; the blank line is a CRLF.
        let lines = self
            .headers()
            .map(|(name, value)| name.len() + value.len() + 4);
        let mut text = String::with_capacity(start.len() + lines.sum::<usize>() + 2);
        text.push_str(start);
        for (name, value) in self.headers() {
            push_header(&mut text, name, value);
        }
        text.push_str("\r\n");
        text.into_bytes()
    }
}
