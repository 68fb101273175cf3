//! Those who mean harm, or are merely broken: each has its stated answer (`docs/faults.md`), and
//! the pair that talks in the same room notices nothing.

mod burst;
mod json;
mod names;
mod readers;
mod requests;
mod strangers;

use sockeye_server::Options;

/// Options with which two people may talk as fast as a test does.
fn lively() -> Options {
    let mut options = crate::site::options();
    options.chat.messages_per_second_max = 100_000;
    options
}

/// The room of the pair, and of whoever is wrong.
const ROOM: &str = "/chat/square";
