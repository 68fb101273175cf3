//! Scripts as pages run them: `page` with all that is in it (`entries`, `host`), against servers on
//! this machine. One behaviour per file.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod errors;
mod events;
mod reports;
mod shape;
mod support;
mod talk;
mod timers;
mod watch;
mod workers;
