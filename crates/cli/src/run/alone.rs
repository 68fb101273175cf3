//! The only page of a script, on a thread of its own with room for deep calls. Owns where its lines
//! go, how it is stopped from outside, and what its end means for the shell.

use std::io::IsTerminal;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use sockeye_js::{Happening, Level, Outcome, Page, PageOptions, Stop};
use tokio::sync::oneshot;
use tokio::time::sleep;

use super::person;
use crate::counted::{UNCAUGHT, counted};
use crate::failure::Failure;
use crate::harmless::shown;
use crate::limits::OVERTIME;
use crate::output::{complain, note, print};
use crate::overtime;
use crate::runtime::runtime;
use crate::script::Job;
use crate::stop::Stops;

/// Runs the script to its end, or until somebody asks the process to end. Whoever asks twice does
/// not wait for a script that never pauses.
pub(super) fn run(job: Job, click_at_end: Option<String>) -> Result<(), Failure> {
    let (stop, troubles) = (Stop::new(), Arc::<Troubles>::default());
    let stopping = stop.clone();
    let told = Arc::clone(&troubles);
    let (end, mut ended) = oneshot::channel();
    runtime()?.block_on(async {
        let stops = Stops::listen().map_err(|error| Failure::run("cannot start", &error))?;
        let work = move || {
            // If nobody waits any more, nobody needs to know.
            let _ = end.send(play(&job, click_at_end, stop, &troubles));
        };
        let thread = sockeye_js::spawn("page", work);
        let thread = thread.map_err(|error| Failure::run("cannot start a thread", &error))?;
        let verdict = tokio::select! {
            verdict = &mut ended => Some(verdict),
            () = stops.times(1) => {
                stopping.stop();
                tokio::select! {
                    verdict = ended => Some(verdict),
                    () = sleep(OVERTIME) => None,
                    () = stops.times(2) => None,
                }
            }
        };
        match verdict {
            Some(Ok(verdict)) => verdict,
            // It panicked.
            Some(Err(_)) => match thread.join() {
                Ok(()) => Ok(()),
                Err(panic) => resume_unwind(panic),
            },
            None => Err(told.verdict(Some(STOPPED))),
        }
    })
}

const LATE: &str = "the script took too long";
const STOPPED: &str = "the script was stopped";

fn play(
    job: &Job,
    click_at_end: Option<String>,
    stop: Stop,
    troubles: &Arc<Troubles>,
) -> Result<(), Failure> {
    let mut options = options(job, troubles);
    options.click_at_end = click_at_end;
    options.stop = Some(stop);
    if let Some(limit) = job.time_limit {
        let troubles = Arc::clone(troubles);
        overtime::guard(limit, move || troubles.verdict(Some(LATE)))?;
    }
    let outcome = runtime()?.block_on(async {
        let page = Page::new(options).map_err(|error| Failure::run("cannot start", &error))?;
        Ok::<_, Failure>(job.script.run(page).await)
    })?;
    match outcome {
        Outcome::Finished if troubles.are_none() => Ok(()),
        Outcome::Finished | Outcome::Failed(_) => Err(troubles.verdict(None)),
        Outcome::Stopped => Err(troubles.verdict(Some(STOPPED))),
        _ => Err(troubles.verdict(Some(LATE))),
    }
}

/// What the page is given, whose lines go where a shell expects them.
fn options(job: &Job, troubles: &Arc<Troubles>) -> PageOptions {
    let writing = Arc::clone(troubles);
    let mut options = job.page_options(move |level, line| writing.write(level, line));
    let losing = Arc::clone(troubles);
    options.input = Some(person::input(move || {
        losing.is_unread.store(true, Ordering::Relaxed);
    }));
    let counting = Arc::clone(troubles);
    options.watch = Some(Box::new(move |happening| {
        if happening == Happening::Uncaught {
            counting.uncaught.fetch_add(1, Ordering::Relaxed);
        }
    }));
    options
}

/// What went wrong so far, for whoever ends the process.
#[derive(Debug, Default)]
struct Troubles {
    uncaught: AtomicUsize,
    /// Whether a line of the output is lost.
    is_unwritten: AtomicBool,
    /// Whether lines of the input are lost.
    is_unread: AtomicBool,
}

impl Troubles {
    fn are_none(&self) -> bool {
        let has = |trouble: &AtomicBool| trouble.load(Ordering::Relaxed);
        self.uncaught.load(Ordering::Relaxed) == 0
            && !has(&self.is_unwritten)
            && !has(&self.is_unread)
    }

    /// In words, with how the script ended if it did not by itself. What else went wrong counts for
    /// more than that it took too long.
    fn verdict(&self, end: Option<&str>) -> Failure {
        let uncaught = self.uncaught.load(Ordering::Relaxed);
        let uncaught = u64::try_from(uncaught).unwrap_or(u64::MAX);
        let mut words = Vec::new();
        if uncaught > 0 {
            words.push(counted(uncaught, UNCAUGHT));
        }
        if self.is_unwritten.load(Ordering::Relaxed) {
            words.push("not all of the output was written".to_owned());
        }
        if self.is_unread.load(Ordering::Relaxed) {
            words.push("not all of the input was read".to_owned());
        }
        let is_only_late = words.is_empty() && end == Some(LATE);
        words.extend(end.map(str::to_owned));
        let words = words.join(", ");
        if is_only_late {
            Failure::TimedOut(words)
        } else {
            Failure::Run(words)
        }
    }

    /// A line of the script, which goes on all the same if it cannot be written.
    fn write(&self, level: Level, line: &str) {
        if !matches!(level, Level::Log | Level::Shown) {
            return note(shown(line, std::io::stderr().is_terminal()));
        }
        let line = shown(line, std::io::stdout().is_terminal());
        let written = print(&format!("{line}\n"));
        if let Err(failure) = written {
            // Once: what comes later has the same fate.
            if !self.is_unwritten.swap(true, Ordering::Relaxed) {
                complain(failure);
            }
        }
    }
}
