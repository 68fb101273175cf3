//! The scripted peer (`testing`): it keeps the rules where the script says nothing, breaks them
//! where the script says so, and its failures say what came, and on which line.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod closing;
mod failures;
mod peers;
