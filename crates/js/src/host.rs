//! What the prelude asks of the world outside of its engine, and what a page is given. Owns the
//! sockets and timers of a page. Runs no script.

mod callee;
mod commands;
mod functions;
mod options;
mod sources;
mod supply;
mod surroundings;
mod tasks;
mod untold;
mod workers;

use std::cell::{Cell, RefCell};
use std::fmt;
use std::path::PathBuf;
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sockeye::web::{Dial, Settings};
use tokio::time::Instant;

use crate::files::Files;
use crate::input::Input;
use crate::level::Level;
use crate::nudge::Nudge;
use crate::sockets::Sockets;
use crate::stop::Stop;
use crate::timers::Timers;
use crate::watch::{Happening, Watched};
use crate::workers::{Job, Outside, Post, Workers};

pub(crate) use functions::object;
pub use options::PageOptions;
pub(crate) use supply::supply;
use tasks::Tasks;
use untold::AllUntold;
pub(crate) use untold::Untold;

/// The world of one page.
pub(crate) struct Host {
    options: PageOptions,
    settings: Settings,
    dial: Dial,
    started: Instant,
    /// When that was, in milliseconds since 1970.
    time_origin_ms: f64,
    pub(crate) sockets: RefCell<Sockets>,
    pub(crate) timers: RefCell<Timers>,
    pub(crate) tasks: Tasks,
    /// What wakes it if it got something to do while another page's script ran.
    pub(crate) nudge: Nudge,
    watched: Option<Watched>,
    pub(crate) workers: RefCell<Workers>,
    /// None if there is but one script.
    files: Option<Files>,
    /// If it is the page of a worker.
    pub(crate) outside: Option<Outside>,
    /// Starts the thread of a worker.
    spawn: fn(Job) -> bool,
    /// Exceptions that nobody caught.
    errors: Cell<usize>,
    pub(crate) untold: AllUntold,
    /// Whether its memory is that of other pages too.
    pub(crate) is_sharing: Cell<bool>,
    /// The name of the script that the page runs.
    script: RefCell<String>,
    /// Whether it imported others.
    pub(crate) has_imports: Cell<bool>,
    /// The files of the modules that it imported.
    pub(crate) modules: RefCell<Vec<String>>,
    wants_input: Cell<bool>,
    /// Whether a module waits for something at its top level.
    is_evaluating: Cell<bool>,
}

impl Host {
    pub(crate) fn new(
        mut options: PageOptions,
        files: Option<Files>,
        outside: Option<Outside>,
        spawn: fn(Job) -> bool,
    ) -> Self {
        let files = files.or_else(|| options.module_directory.as_deref().map(Files::new));
        let watched = options.watch.take().map(Watched::new);
        let (settings, dial) = options.web.clone().into_parts();
        Self {
            options,
            settings,
            dial,
            started: Instant::now(),
            time_origin_ms: SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0.0, |since| since.as_secs_f64() * 1000.0),
            sockets: RefCell::default(),
            timers: RefCell::default(),
            tasks: Tasks::default(),
            nudge: Nudge::default(),
            watched,
            workers: RefCell::default(),
            files,
            outside,
            spawn,
            errors: Cell::new(0),
            untold: AllUntold::default(),
            is_sharing: Cell::new(false),
            script: RefCell::default(),
            has_imports: Cell::new(false),
            modules: RefCell::default(),
            wants_input: Cell::new(false),
            is_evaluating: Cell::new(false),
        }
    }

    /// The time since the page began.
    pub(crate) fn now(&self) -> Duration {
        self.started.elapsed()
    }

    /// When `time` since the beginning is.
    pub(crate) fn at(&self, time: Duration) -> Instant {
        self.started + time
    }

    pub(crate) fn time_limit(&self) -> Option<Duration> {
        self.options.time_limit
    }

    pub(crate) fn is_out_of_time(&self) -> bool {
        let is_late = |limit| self.now() >= limit;
        self.options.time_limit.is_some_and(is_late) || self.is_stopped() || self.is_ended()
    }

    /// Whether it was told to stop.
    pub(crate) fn is_stopped(&self) -> bool {
        self.options.stop.as_ref().is_some_and(Stop::is_stopped)
    }

    /// Ready once it was.
    pub(crate) fn poll_stop(&self, cx: &Context<'_>) -> Poll<()> {
        match &self.options.stop {
            Some(stop) => stop.poll(cx),
            None => Poll::Pending,
        }
    }

    /// Whether it is the page of a worker that its page ended.
    fn is_ended(&self) -> bool {
        let outside = self.outside.as_ref();
        outside.is_some_and(|outside| outside.wires.is_stopped())
    }

    /// Whether it is the page of a worker whose script called `close`.
    pub(crate) fn is_closing(&self) -> bool {
        let outside = self.outside.as_ref();
        outside.is_some_and(|outside| outside.is_closing.get())
    }

    pub(crate) fn module_directory(&self) -> Option<PathBuf> {
        self.options.module_directory.clone()
    }

    pub(crate) fn memory_len_max(&self) -> usize {
        self.options.memory_len_max
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(crate) fn args(&self) -> &[String] {
        &self.options.args
    }

    /// The page has something that a line may go into.
    pub(crate) fn want_input(&self) {
        self.wants_input.set(true);
    }

    /// Which script the page runs.
    pub(crate) fn set_script(&self, name: &str) {
        name.clone_into(&mut self.script.borrow_mut());
    }

    /// Where something is that does not say so.
    fn place(&self) -> String {
        let script = self.script.borrow();
        if self.has_imports.get() {
            format!("in {script} or what it imports")
        } else {
            format!("in {script}")
        }
    }

    pub(crate) fn set_evaluating(&self, is: bool) {
        self.is_evaluating.set(is);
    }

    /// Nothing can happen any more. A module that waits all the same did not run to its end.
    pub(crate) fn end(&self) -> usize {
        if self.is_evaluating.get() {
            self.report("The module awaits something that cannot happen any more");
        }
        self.errors.get()
    }

    /// The page is over: its connections end now, whenever its engine lets go of what holds this.
    pub(crate) fn end_all(&self) {
        self.sockets.take();
        // Values of the engine, which may go first.
        self.untold.take();
        self.timers.take();
        self.workers.take();
    }

    /// The input, if the page has a use for it.
    pub(crate) fn input(&self) -> Option<&Input> {
        let is_wanted = self.wants_input.get() || self.options.click_at_end.is_some();
        self.options.input.as_ref().filter(|_| is_wanted)
    }

    pub(crate) fn click_at_end(&self) -> Option<&str> {
        self.options.click_at_end.as_deref()
    }

    /// The next line of the input, for which the whole page waits, as for a dialog.
    pub(crate) fn prompt(&self) -> Option<String> {
        let input = self.options.input.as_ref()?;
        input.wait_next(|| self.is_out_of_time())
    }

    pub(crate) fn print(&self, level: Level, line: &str) {
        (self.options.print)(level, line);
    }

    /// Tells of an exception that nobody caught.
    pub(crate) fn report(&self, line: &str) {
        self.errors.set(self.errors.get() + 1);
        if let Some(outside) = &self.outside {
            outside.wires.post(Post::Report(line.to_owned()));
        } else {
            self.tell(Happening::Uncaught);
            self.print(Level::Error, line);
        }
    }

    /// Tells that there was one, where the page has no memory or no words for it.
    pub(crate) fn report_without_words(&self) {
        let memory = match self.memory_len_max() {
            // No bound.
            0 => String::new(),
            len => format!("; if memory is out, a page has {len} bytes (memory_len_max)"),
        };
        let place = self.place();
        self.report(&format!(
            "Uncaught exception {place}, of which nothing more can be said{memory}"
        ));
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Host").finish_non_exhaustive()
    }
}
