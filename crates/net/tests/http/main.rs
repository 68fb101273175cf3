//! WebSockets on a port that serves HTTP as well, over real sockets; one way per file.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "this binary needs a part of it")]
#[path = "../support/mod.rs"]
mod support;

mod bare;
mod by_axum;
mod by_hyper;
mod by_tower;
mod examples;
mod origins;
mod serving;
