//! The end of a script that its engine cannot stop: a built-in function that loops for ever asks
//! nobody whether there is time left. Owns the thread that ends the process then. Never ends one
//! whose page ends by itself.

use std::process;
use std::thread;
use std::time::Duration;

use crate::failure::Failure;
use crate::limits::STOP_GRACE;
use crate::output::complain;

/// Why a script was stopped.
pub(super) fn too_long() -> Failure {
    Failure::TimedOut("the script took too long".to_owned())
}

/// Ends the process once the page had `limit`, and time to end by itself after that.
pub(super) fn watch(limit: Duration) -> Result<(), Failure> {
    let end = move || {
        thread::sleep(limit.saturating_add(STOP_GRACE));
        complain(too_long());
        // As `Failure::exit_code` has it, which no thread but the first could return.
        process::exit(3);
    };
    let thread = thread::Builder::new().name("guard".to_owned());
    let started = thread.spawn(end).map(drop);
    started.map_err(|error| Failure::run("cannot start a thread", &error))
}
