//! The server's side of the handshake (RFC 6455 section 4.2).
//!
//! [`check`] tells an upgrade from an ordinary request and from a broken upgrade; the application
//! decides; [`UpgradeRequest::accept`] makes the 101. Every refusal is a typed [`Refusal`] that
//! knows its own response.

mod accept;
mod check;
mod refusal;

pub use accept::{Acceptance, Answer};
pub use check::{UpgradeRequest, check};
pub use refusal::Refusal;
