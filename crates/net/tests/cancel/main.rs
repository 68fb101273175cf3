//! Cancel safety of all there is (contract 8): every async function of the library is dropped at
//! every one of its polls, over a transport that hesitates at every step, and then called again as
//! an application would after `select!`. No byte, no message and no connection is lost, doubled or
//! left behind.
//!
//! `listed` holds the table of these functions against the source, so that a new one cannot be
//! forgotten. Longer conversations, dropped again and again, are in `tests/driver/cancel.rs`.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "this binary needs a part of it")]
#[path = "../support/mod.rs"]
mod support;

#[macro_use]
mod knife;

#[expect(dead_code, reason = "this binary needs a part of it")]
#[path = "../tls/authority.rs"]
mod authority;
mod halves;
mod hesitant;
mod http;
mod listed;
mod opening;
mod streams;
mod tcp;
mod tls;
mod views;
mod web;
mod websocket;
mod world;
