//! Running cases: several fuzzers side by side, each a process of its own.
//!
//! Against a server a fuzzer takes case after case from one queue. A client asks its fuzzer how
//! many cases there are and then runs them all, so there each fuzzer serves a share of them, and
//! the shares are many and small enough that the workers end together.

use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::autobahn::case::Case;
use crate::autobahn::suite::Suite;
use crate::autobahn::verdict::Found;
use crate::program::{Program, output_of};

/// How long a case may take; the suite itself gives the slowest of them 480 seconds.
const CASE_LIMIT: Duration = Duration::from_secs(600);

/// How many shares of the cases each worker gets, one after the other.
const SHARES_PER_WORKER: usize = 4;

/// After how many cases progress is worth a line.
const PROGRESS_STEP: usize = 50;

/// What is to be run, and how.
#[derive(Debug)]
pub(crate) struct Job<'a> {
    pub(crate) suite: &'a Suite,
    /// In the order in which they are best started.
    pub(crate) cases: Vec<Case>,
    pub(crate) workers: usize,
    /// Seconds that deadlines are stretched by.
    pub(crate) grace: u32,
    pub(crate) reports: PathBuf,
}

/// Work that the workers take one after the other.
struct Queue<T>(Mutex<VecDeque<T>>);

impl<T> Queue<T> {
    fn new(items: impl IntoIterator<Item = T>) -> Self {
        Self(Mutex::new(items.into_iter().collect()))
    }

    fn take(&self) -> Option<T> {
        // A worker that panicked has left the queue as it was: there is nothing half done in it.
        let mut items = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        items.pop_front()
    }
}

/// Says now and then how far the workers are: all cases together take minutes.
struct Progress {
    done: AtomicUsize,
    total: usize,
}

impl Progress {
    fn of(job: &Job<'_>) -> Self {
        Self {
            done: AtomicUsize::new(0),
            total: job.cases.len(),
        }
    }

    fn advance(&self, cases: usize) {
        let before = self.done.fetch_add(cases, Ordering::Relaxed);
        let done = before + cases;
        if before / PROGRESS_STEP != done / PROGRESS_STEP {
            println!("  {done} of {} cases done", self.total);
        }
    }
}

impl Job<'_> {
    /// Runs the cases against the server at `url`.
    pub(crate) fn server_cases(&self, url: &str) -> Result<Vec<Found>, String> {
        self.forget_reports()?;
        let queue = Queue::new(self.cases.iter().cloned());
        let progress = Progress::of(self);
        self.in_order(self.on_workers(|| {
            let mut command = self.suite.fuzzer("connect");
            command
                .arg(url)
                .arg(&self.reports)
                .arg(self.grace.to_string());
            let mut fuzzer = Program::start(&mut command)?;
            let mut found = Vec::new();
            while let Some(case) = queue.take() {
                fuzzer.tell(&case.to_string())?;
                let line = fuzzer.line(CASE_LIMIT)?;
                let line = line.ok_or_else(|| format!("the fuzzer died in case {case}"))?;
                found.push(Found::parse(&line)?);
                progress.advance(1);
            }
            Ok(found)
        })?)
    }

    /// Runs the cases with clients that `client` makes; each gets the URL of its fuzzer.
    pub(crate) fn client_cases(
        &self,
        client: impl Fn() -> Command + Sync,
    ) -> Result<Vec<Found>, String> {
        self.forget_reports()?;
        let progress = Progress::of(self);
        let queue = Queue::new(shares(&self.cases, self.workers * SHARES_PER_WORKER));
        self.in_order(self.on_workers(|| {
            let mut found = Vec::new();
            while let Some(share) = queue.take() {
                found.extend(self.client_share(client(), &share)?);
                progress.advance(share.len());
            }
            Ok(found)
        })?)
    }

    fn client_share(&self, mut client: Command, share: &[Case]) -> Result<Vec<Found>, String> {
        let mut command = self.suite.fuzzer("listen");
        command.arg(&self.reports).arg(self.grace.to_string());
        command.args(share.iter().map(Case::to_string));
        let (fuzzer, address) = Program::start_server(&mut command)?;
        let limit = CASE_LIMIT * u32::try_from(share.len()).unwrap_or(u32::MAX);
        output_of(client.arg(format!("ws://{address}")), limit)?;
        let (lines, _) = fuzzer.finish(CASE_LIMIT)?;
        lines.iter().map(|line| Found::parse(line)).collect()
    }

    fn on_workers(
        &self,
        work: impl Fn() -> Result<Vec<Found>, String> + Sync,
    ) -> Result<Vec<Found>, String> {
        thread::scope(|scope| {
            let workers: Vec<_> = (0..self.workers).map(|_| scope.spawn(&work)).collect();
            let mut found = Vec::new();
            for worker in workers {
                let part = worker.join();
                found.extend(part.map_err(|_| "a worker panicked".to_owned())??);
            }
            Ok(found)
        })
    }

    /// Every case once, in the suite's order, those without a result included.
    fn in_order(&self, found: Vec<Found>) -> Result<Vec<Found>, String> {
        let mut by_case: BTreeMap<Case, Found> = self
            .cases
            .iter()
            .map(|case| (case.clone(), Found::missing(case.clone())))
            .collect();
        for found in found {
            if by_case.insert(found.case.clone(), found.clone()).is_none() {
                return Err(format!("case {} was not asked for", found.case));
            }
        }
        Ok(by_case.into_values().collect())
    }

    /// Details of an earlier run would be taken for this one's.
    fn forget_reports(&self) -> Result<(), String> {
        match fs::remove_dir_all(&self.reports) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(format!("cannot remove {}: {error}", self.reports.display()))
            }
            _ => Ok(()),
        }
    }
}

/// Deals the cases out like cards, so that each share has its part of the costly ones.
fn shares(cases: &[Case], count: usize) -> Vec<Vec<Case>> {
    let count = count.min(cases.len());
    let share = |first| cases.iter().skip(first).step_by(count).cloned().collect();
    (0..count).map(share).collect()
}

#[cfg(test)]
mod tests {
    use super::{Case, shares};

    #[test]
    fn shares_hold_each_case_once() {
        let cases: Vec<Case> = (1..=10)
            .map(|number| format!("1.{number}").parse().expect("a case"))
            .collect();
        for count in [1, 3, 10, 20] {
            let shares = shares(&cases, count);
            assert!(shares.iter().all(|share| !share.is_empty()), "{count}");
            let mut all: Vec<Case> = shares.into_iter().flatten().collect();
            all.sort();
            assert_eq!(all, cases, "{count}");
        }
    }
}
