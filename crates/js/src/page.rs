//! A page: an engine with its globals, and its event loop. Owns the order of scripts, microtasks,
//! timers and sockets, and how a page ends. Knows no interface that scripts see.

mod outcome;
mod parting;
mod row;
mod tasks;
mod wait;
mod worker;

use std::cell::Cell;
use std::fmt;
use std::path::Path;
use std::rc::Rc;

use rquickjs::Ctx;

use crate::engine::{Engine, Engines, Member, Seat};
use crate::entries::{Entries, eval};
use crate::files::Files;
use crate::host::{Host, PageOptions};
use crate::level::Level;
use crate::modules::{declare, plain};
use crate::workers::Outside;

use row::Row;

pub use outcome::{Outcome, StartError};

/// A page, on the thread that made it.
pub struct Page {
    member: Rc<Member>,
    host: Rc<Host>,
    has_input_ended: Cell<bool>,
    /// Whether something ran since forgotten sockets were looked for.
    has_run: Cell<bool>,
    // Behind all else: fields go in their order, and it is told when nobody holds the page.
    seat: Seat,
}

impl Page {
    /// An engine with nothing but the globals that each page has. Its time starts now. On a thread
    /// of [`spawn`](crate::spawn) its scripts may call as deeply as in a browser.
    ///
    /// # Errors
    /// If there is no memory for it.
    pub fn new(options: PageOptions) -> Result<Self, StartError> {
        let host = Host::new(options, None, None, worker::spawn);
        Self::with(host, Self::alone)
    }

    /// The same in an engine that pages of this thread share, each with its own globals: most of
    /// what an engine takes is there once.
    ///
    /// # Errors
    /// If there is no memory for it.
    ///
    /// # Panics
    /// [`run`](Self::run) does if it goes on inside of a function that another page of `engines`
    /// was given, while that one's script waits.
    pub fn new_in(options: PageOptions, engines: &Engines) -> Result<Self, StartError> {
        let host = Host::new(options, None, None, worker::spawn);
        Self::with(host, |host| engines.join(host))
    }

    /// The page of a worker, whose scripts are in `files`.
    fn inside(options: PageOptions, files: Files, outside: Outside) -> Result<Self, StartError> {
        let host = Host::new(options, Some(files), Some(outside), worker::spawn);
        Self::with(host, Self::alone)
    }

    fn alone(host: &Rc<Host>) -> rquickjs::Result<(Rc<Member>, Seat)> {
        Engine::new(1)?.join(host)
    }

    fn with(
        host: Host,
        join: impl FnOnce(&Rc<Host>) -> rquickjs::Result<(Rc<Member>, Seat)>,
    ) -> Result<Self, StartError> {
        let host = Rc::new(host);
        let joined = join(&host);
        let (member, seat) =
            joined.map_err(|error| StartError::new(error, host.memory_len_max()))?;
        Ok(Self {
            host,
            member,
            has_input_ended: Cell::new(false),
            has_run: Cell::new(true),
            seat,
        })
    }

    /// Runs a classic script, and then whatever it started, to its end.
    ///
    /// # Cancel safety
    /// Dropping the future stops the page where it is, with its connections.
    ///
    /// # Panics
    /// Outside a tokio runtime with I/O and time enabled.
    pub async fn run(self, name: &str, source: &str) -> Outcome {
        self.host.set_script(name);
        self.enter(|ctx, entries| {
            entries.prepare(ctx, source)?;
            eval(ctx, name, source)
        });
        self.run_to_end().await
    }

    /// The same for a module, whose `name` is its path: imports are relative to it.
    ///
    /// # Cancel safety
    /// As [`run`](Self::run).
    ///
    /// # Panics
    /// As [`run`](Self::run).
    pub async fn run_module(self, name: &str, source: &str) -> Outcome {
        let name = plain(Path::new(name)).to_string_lossy().into_owned();
        self.host.set_script(&name);
        self.enter(|ctx, entries| {
            entries.prepare(ctx, source)?;
            let evaluation = declare(ctx, &name, source)?.eval()?.1;
            self.host.set_evaluating(true);
            entries.watch(ctx, evaluation)
        });
        self.run_to_end().await
    }

    async fn run_to_end(self) -> Outcome {
        self.run_microtasks();
        self.enter(|ctx, entries| entries.load(ctx));
        let mut row = Row::default();
        loop {
            self.run_microtasks();
            self.host.timers.borrow_mut().end_task();
            if self.host.is_out_of_time() {
                self.part().await;
                return if self.host.is_stopped() {
                    Outcome::Stopped
                } else {
                    Outcome::TimedOut
                };
            }
            if self.host.is_closing() {
                self.part().await;
                return self.outcome();
            }
            self.begin_turn();
            if self.run_task(row.first(Self::SOURCES.len())) {
                self.has_run.set(true);
                if row.add(self.host.now()) {
                    self.look_at_networks().await;
                }
            } else if self.is_busy() {
                row.rest();
                if let Some(line) = self.wait().await {
                    self.has_run.set(true);
                    self.take_line(line);
                }
            } else if let Some(outside) = &self.host.outside {
                outside.tell_idle();
                self.wait().await;
            } else {
                self.until_parted().await;
                return self.outcome();
            }
        }
    }

    fn outcome(&self) -> Outcome {
        self.tell_lack();
        match self.host.end() {
            0 => Outcome::Finished,
            count => Outcome::Failed(count),
        }
    }

    /// Says that the element that was to be clicked is not there, which may be a slip of the pen.
    fn tell_lack(&self) {
        let Some(id) = self.host.click_at_end() else {
            return;
        };
        let mut has_element = true;
        self.enter(|ctx, entries| {
            has_element = entries.has_element(ctx, id)?;
            Ok(())
        });
        if !has_element {
            let line = format!("The page has no element {id:?} to click at the end of the input");
            self.host.print(Level::Warning, &line);
        }
    }

    /// Calls into the engine; an exception that comes back was caught by nobody.
    fn enter(&self, call: impl FnOnce(&Ctx<'_>, &Entries) -> rquickjs::Result<()>) {
        self.seat.engine.enter(&self.member, call);
    }

    fn run_microtasks(&self) {
        self.seat.engine.run_jobs(&self.member);
        self.seat.engine.checkpoint(&self.member);
    }

    /// The first step of the event loop.
    fn begin_turn(&self) {
        let stays = self.host.sockets.borrow_mut().begin_turn();
        if stays.is_empty() {
            return;
        }
        self.enter(|ctx, entries| {
            let mut roots = stays.into_iter();
            roots.try_for_each(|(id, must_stay)| entries.root(ctx, id, must_stay))
        });
    }

    fn is_busy(&self) -> bool {
        self.host.timers.borrow().next().is_some()
            || self.host.sockets.borrow().is_busy()
            || self.host.workers.borrow().is_busy()
            || self.awaits_person()
    }

    /// Whether the input goes on, and somebody listens to what it brings.
    fn awaits_person(&self) -> bool {
        if self.has_input_ended.get() || self.host.input().is_none() {
            return false;
        }
        let mut is_heard = false;
        self.enter(|ctx, entries| {
            is_heard = entries.is_person_heard(ctx, self.host.click_at_end())?;
            Ok(())
        });
        is_heard
    }

    /// What a person does who types a line, or after the last one.
    fn take_line(&self, line: Option<String>) {
        let Some(line) = line else {
            self.has_input_ended.set(true);
            if let Some(id) = self.host.click_at_end() {
                self.enter(|ctx, entries| entries.click(ctx, id));
            }
            return;
        };
        self.enter(|ctx, entries| entries.line(ctx, &line));
        self.run_microtasks();
        self.enter(|ctx, entries| entries.submit(ctx));
    }
}

impl fmt::Debug for Page {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Page").finish_non_exhaustive()
    }
}
