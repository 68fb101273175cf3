//! What the features `metrics` and `tracing` tell (`telemetry`): each name of docs/telemetry.md is
//! told when its thing happens, and nothing secret is.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "this binary needs a part of it")]
#[path = "../support/mod.rs"]
mod support;

mod count;
mod log;
mod recorder;
mod scenario;
mod subscriber;
