//! Load tests: one script, run by many users at once. Owns the threads, when each user starts, and
//! how a test is stopped. What users do is their script's business.

mod errors;
mod histogram;
mod progress;
mod summary;
mod tally;

use std::io::{IsTerminal, stdout};
use std::num::NonZeroUsize;
use std::pin::pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use sockeye_js::{Engines, Level, Page, PageOptions, Stop};
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinSet, LocalSet, yield_now};
use tokio::time::{Instant, interval, sleep_until};

use crate::descriptors;
use crate::failure::{Failure, chain};
use crate::limits::OVERTIME;
use crate::output::print;
use crate::overtime::{Patient, Pulse};
use crate::runtime::runtime;
use crate::script::Job;
use crate::stop::Stops;

use progress::Progress;
use tally::Tally;

/// A load test.
pub(crate) struct Load {
    pub(crate) users: NonZeroUsize,
    /// The time in which users start, evenly.
    pub(crate) ramp: Duration,
    /// Whether the summary is for programs.
    pub(crate) json: bool,
    /// What each user does.
    pub(crate) job: Job,
}

/// What the threads of a test share.
struct Test {
    load: Load,
    progress: Progress,
    started: Instant,
    /// One per thread, which alone writes it: it is asked for now and then.
    tallies: Vec<Mutex<Tally>>,
    /// Of the same threads.
    pulses: Vec<Pulse>,
    is_stopped: watch::Receiver<bool>,
}

fn locked(tally: &Mutex<Tally>) -> MutexGuard<'_, Tally> {
    // A thread that panicked in the middle of counting left a count.
    tally.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Load {
    /// Runs the test to its end.
    pub(crate) fn run(self) -> Result<(), Failure> {
        descriptors::raise(u64::try_from(self.users.get()).unwrap_or(u64::MAX));
        runtime()?.block_on(self.watch())
    }

    /// Starts the threads, and tells how far they are until they are done.
    async fn watch(self) -> Result<(), Failure> {
        let cores = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let threads = cores.min(self.users).get();
        let stops = Stops::listen().map_err(|error| Failure::run("cannot start", &error))?;
        let (stop, is_stopped) = watch::channel(false);
        let test = Arc::new(Test {
            progress: Progress::new(self.users.get()),
            started: Instant::now(),
            tallies: (0..threads).map(|_| Mutex::default()).collect(),
            pulses: (0..threads).map(|_| Pulse::default()).collect(),
            is_stopped,
            load: self,
        });
        let (done, mut running) = mpsc::channel::<()>(1);
        let mut workers = Vec::new();
        for number in 0..threads {
            workers.push(Worker::start(&test, number, done.clone())?);
        }
        drop(done);
        let mut ticks = interval(test.progress.interval());
        // The first one comes at once.
        ticks.tick().await;
        let mut looks = interval(OVERTIME);
        loop {
            tokio::select! {
                // Nobody sends: it ends when the last thread has.
                _ = running.recv() => break,
                _ = ticks.tick() => test.tell(),
                _ = looks.tick() => if test.look_at(&mut workers) { break },
                // Whoever asks twice does not wait for scripts that never pause.
                () = stops.times(2) => break,
                () = stops.times(1), if !*stop.borrow() => drop(stop.send(true)),
            }
        }
        test.conclude()
    }
}

/// A thread, seen from outside.
struct Worker {
    thread: JoinHandle<()>,
    patient: Patient,
}

impl Worker {
    fn start(test: &Arc<Test>, number: usize, done: mpsc::Sender<()>) -> Result<Self, Failure> {
        let test = Arc::clone(test);
        let work = move || {
            work(&test, number);
            drop(done);
        };
        let name = format!("users-{number}");
        let thread = sockeye_js::spawn(&name, work);
        let thread = thread.map_err(|error| Failure::run("cannot start a thread", &error))?;
        let patient = Patient::new(std::time::Instant::now());
        Ok(Self { thread, patient })
    }
}

impl Test {
    /// Looks for threads that are stuck in a script. `true` if all others are over: those that are
    /// left never will be, and their users took too long.
    fn look_at(&self, workers: &mut [Worker]) -> bool {
        let Some(limit) = self.load.job.time_limit else {
            return false;
        };
        let now = std::time::Instant::now();
        let looks = workers.iter_mut().zip(&self.pulses);
        let stuck: Vec<bool> = looks
            .map(|(worker, pulse)| worker.patient.is_stuck(pulse, limit, now))
            .collect();
        let mut states = workers.iter().zip(&stuck);
        if !stuck.contains(&true) || !states.all(|(worker, is)| *is || worker.thread.is_finished())
        {
            return false;
        }
        for (tally, _) in self.tallies.iter().zip(stuck).filter(|(_, is)| *is) {
            let mut tally = locked(tally);
            tally.timed_out += tally.running();
        }
        true
    }

    fn sum(&self) -> Tally {
        let mut sum = Tally::default();
        for tally in &self.tallies {
            sum.merge(&locked(tally));
        }
        sum
    }

    fn tell(&self) {
        self.progress.tell(&self.sum(), self.started.elapsed());
    }

    /// Prints the summary; its verdict is the test's.
    fn conclude(&self) -> Result<(), Failure> {
        let (mut tally, took) = (self.sum(), self.started.elapsed());
        tally.conclude(u64::try_from(self.load.users.get()).unwrap_or(u64::MAX));
        self.progress.end();
        if self.load.json {
            print(&summary::json(&tally, took))?;
        } else {
            let is_terminal = stdout().is_terminal();
            print(&summary::text(&tally, took, is_terminal))?;
        }
        match tally.verdict() {
            None => Ok(()),
            Some(verdict) if tally.is_only_late() => Err(Failure::TimedOut(verdict)),
            Some(verdict) => Err(Failure::Run(verdict)),
        }
    }
}

/// One thread with its part of the users.
fn work(test: &Arc<Test>, thread: usize) {
    match runtime() {
        Ok(runtime) => LocalSet::new().block_on(&runtime, start(test, thread)),
        Err(failure) => test.fail(thread, &failure.to_string()),
    }
}

/// Starts the users of a thread when it is their turn, and waits for them.
async fn start(test: &Arc<Test>, thread: usize) {
    let engines = Engines::new();
    let mut users = JoinSet::new();
    let mut is_stopped = test.is_stopped.clone();
    for number in (thread..test.load.users.get()).step_by(test.tallies.len()) {
        tokio::select! {
            () = sleep_until(test.turn(number)) => {}
            _ = is_stopped.wait_for(|is| *is) => break,
        }
        test.count(thread, |tally| tally.started += 1);
        let stop = Stop::new();
        let mut options = test.page(thread, number);
        options.stop = Some(stop.clone());
        match Page::new_in(options, &engines) {
            Ok(page) => drop(users.spawn_local(user(Arc::clone(test), thread, page, stop))),
            Err(error) => test.fail(thread, &chain(&error)),
        }
        // A page takes its time to be made, in which nobody else had a turn.
        yield_now().await;
    }
    while users.join_next().await.is_some() {}
}

/// One user, to the end of its script or of the test, where it says goodbye to its servers.
async fn user(test: Arc<Test>, thread: usize, page: Page, stop: Stop) {
    let mut is_stopped = test.is_stopped.clone();
    let mut script = pin!(test.pulse(thread, test.load.job.script.run(page)));
    let outcome = tokio::select! {
        outcome = &mut script => outcome,
        _ = is_stopped.wait_for(|is| *is) => {
            stop.stop();
            script.await
        }
    };
    test.count(thread, |tally| tally.end(outcome));
}

impl Test {
    /// When a user starts.
    fn turn(&self, number: usize) -> Instant {
        let share = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        let Load { users, ramp, .. } = &self.load;
        self.started + ramp.mul_f64(share(number) / share(users.get()))
    }

    /// Runs a script with the pulse of its thread.
    async fn pulse<F: Future>(&self, thread: usize, script: F) -> F::Output {
        match self.pulses.get(thread) {
            Some(pulse) => pulse.of(script).await,
            None => script.await,
        }
    }

    fn count(&self, thread: usize, count: impl FnOnce(&mut Tally)) {
        if let Some(tally) = self.tallies.get(thread) {
            count(&mut locked(tally));
        }
    }

    /// A user did not even start.
    fn fail(&self, thread: usize, why: &str) {
        self.count(thread, |tally| {
            tally.failed += 1;
            tally.complain(why);
        });
    }

    /// What the page of a user is given. Its name is the user's number, from 1 on.
    fn page(self: &Arc<Self>, thread: usize, number: usize) -> PageOptions {
        let test = Rc::new(Arc::clone(self));
        let user = number + 1;
        let said = Rc::clone(&test);
        let mut options = self.load.job.page_options(move |level, line| {
            match level {
                Level::Log => {}
                // So many pages would show too much; a script that wants to be heard logs.
                Level::Shown => return,
                _ => said.count(thread, |tally| tally.complain(line)),
            }
            said.progress.say(user, line);
        });
        options.name = user.to_string();
        options.watch = Some(Box::new(move |happening| {
            test.count(thread, |tally| tally.add(happening));
        }));
        options
    }
}
