//! `tls`: WebSockets over TLS, with certificates made here; one behaviour per file.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "this binary needs a part of it")]
#[path = "../support/mod.rs"]
mod support;

mod authority;
mod connection;
mod keys;
mod pair;
mod refusals;
mod sessions;
mod trust;
