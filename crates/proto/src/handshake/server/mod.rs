//! The server's side of the handshake (RFC 6455 section 4.2).
//!
//! [`check()`] tells an upgrade from an ordinary request and from a broken upgrade; the application
//! decides; [`UpgradeRequest::accept`] makes the 101. Every refusal is a typed [`Refusal`] that
//! knows its own response. [`Origins`] says which pages may connect. The application's own refusals
//! (a path that it does not have, a user whom it does not know) are
//! [`encode_response`](super::http1::encode_response) in place of `accept`.

mod accept;
mod check;
mod origin;
mod refusal;

pub use accept::{Acceptance, Answer};
pub use check::{UpgradeRequest, check};
pub use origin::Origins;
pub use refusal::Refusal;
