//! The object of browsers (`web`), as a page sees it: over TCP, against servers by hand that do
//! what a server should and what it should not. One behaviour per file; the machine's steps without
//! a network are in `src/web/machine/tests.rs`.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "this binary needs a part of it")]
#[path = "../support/mod.rs"]
mod support;

#[expect(dead_code, reason = "this binary needs a part of it")]
#[path = "../tls/authority.rs"]
mod authority;

mod amount;
mod closing;
mod collecting;
mod events;
mod handshake;
mod journal;
mod listeners;
mod order;
mod refusals;
mod server;
