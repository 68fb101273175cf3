//! The server's side of the handshake (RFC 6455 section 4.2).
//!
//! [`check()`] tells an upgrade from an ordinary request and from a broken upgrade; the application
//! decides; [`UpgradeRequest::accept`] makes the 101. Every refusal is a typed [`Refusal`] that
//! knows its own response. The application's own refusals (an origin it does not want, a path it
//! does not have) are [`encode_response`](super::http1::encode_response) in place of `accept`.

mod accept;
mod check;
mod origin;
mod refusal;

pub use accept::{Acceptance, Answer};
pub use check::{UpgradeRequest, check};
pub use refusal::Refusal;
