//! The examples, run: what they claim to do is done. Those with an HTTP server are in `tests/http`,
//! `test_a_handler` is a test by itself.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod chat;
mod echo;
mod proxy;
mod ticker;
mod upload;
