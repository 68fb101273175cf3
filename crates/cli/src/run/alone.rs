//! The only page of a script, on a thread of its own with room for deep calls. Owns where its lines
//! go, and what the end of the script means for the shell.

use std::io::IsTerminal;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sockeye_js::{Happening, Level, Outcome, Page};

use super::person;
use crate::counted::{UNCAUGHT, counted};
use crate::failure::Failure;
use crate::harmless::shown;
use crate::output::{note, print};
use crate::overtime;
use crate::runtime::runtime;
use crate::script::Job;

/// Runs the script to its end.
pub(super) fn run(job: Job, click_at_end: Option<String>) -> Result<(), Failure> {
    let thread = sockeye_js::spawn("page", move || play(&job, click_at_end));
    let thread = thread.map_err(|error| Failure::run("cannot start a thread", &error))?;
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}

fn play(job: &Job, click_at_end: Option<String>) -> Result<(), Failure> {
    let mut options = job.page_options(write);
    options.input = Some(person::input());
    options.click_at_end = click_at_end;
    let uncaught = Arc::<AtomicUsize>::default();
    let counted = Arc::clone(&uncaught);
    options.watch = Some(Box::new(move |happening| {
        if happening == Happening::Uncaught {
            counted.fetch_add(1, Ordering::Relaxed);
        }
    }));
    if let Some(limit) = job.time_limit {
        let uncaught = Arc::clone(&uncaught);
        overtime::guard(limit, move || too_long(uncaught.load(Ordering::Relaxed)))?;
    }
    let outcome = runtime()?.block_on(async {
        let page = Page::new(options).map_err(|error| Failure::run("cannot start", &error))?;
        Ok::<_, Failure>(job.script.run(page).await)
    })?;
    match outcome {
        Outcome::Finished => Ok(()),
        Outcome::Failed(count) => Err(Failure::Run(uncaught_words(count))),
        _ => Err(too_long(uncaught.load(Ordering::Relaxed))),
    }
}

/// The script did not end in its time. What it left to nobody before that counts for more.
fn too_long(uncaught: usize) -> Failure {
    let late = "the script took too long";
    match uncaught {
        0 => Failure::TimedOut(late.to_owned()),
        count => Failure::Run(format!("{}, {late}", uncaught_words(count))),
    }
}

fn uncaught_words(count: usize) -> String {
    counted(u64::try_from(count).unwrap_or(u64::MAX), UNCAUGHT)
}

/// A line of the script.
fn write(level: Level, line: &str) {
    if matches!(level, Level::Log | Level::Shown) {
        let line = shown(line, std::io::stdout().is_terminal());
        // If nobody reads it, the script goes on all the same.
        let _ = print(&format!("{line}\n"));
    } else {
        note(shown(line, std::io::stderr().is_terminal()));
    }
}
