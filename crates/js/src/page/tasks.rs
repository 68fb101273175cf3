//! What a page runs, task by task: timers, what its prelude queued, posts of workers, and what
//! happens at sockets. Owns which kind comes first. Waits for nothing.

use super::Page;
use crate::level::Level;
use crate::workers::{Outside, Post};

impl Page {
    /// What runs a task of each kind, those of the highest rank first; `false` if there is none.
    pub(super) const SOURCES: [fn(&Self) -> bool; 4] = [
        Self::run_timer,
        |page| page.host.tasks.take_turn() && page.run_own_task(),
        Self::run_post,
        Self::run_socket,
    ];

    /// Runs what is due, of the kind `first` if there is one of it, else of the next. `false` if
    /// nothing is.
    pub(super) fn run_task(&self, first: usize) -> bool {
        let sources = Self::SOURCES.iter().cycle().skip(first);
        let mut in_turn = sources.take(Self::SOURCES.len());
        in_turn.any(|run| run(self)) || self.host.tasks.take() && self.run_own_task()
    }

    fn run_timer(&self) -> bool {
        let timer = self.host.timers.borrow_mut().take_due(self.host.now());
        if let Some(id) = timer {
            self.enter(|ctx, entries| entries.timer(ctx, id));
        }
        timer.is_some()
    }

    fn run_socket(&self) -> bool {
        let task = self.host.sockets.borrow_mut().run_task();
        let logs = self.host.sockets.borrow_mut().take_logs();
        for line in logs {
            self.host
                .print(Level::Warning, &format!("WebSocket: {line}"));
        }
        let Some((id, fired)) = task else {
            return false;
        };
        for event in fired {
            self.host.fired(id, &event);
            self.enter(|ctx, entries| entries.socket(ctx, id, event));
            // Between two listeners there is no script on the stack.
            self.run_microtasks();
        }
        true
    }

    /// Runs what the prelude queued.
    fn run_own_task(&self) -> bool {
        self.enter(|ctx, entries| entries.task(ctx));
        true
    }

    /// Runs what a worker posted, or in a worker what its page did. `false` if there is nothing.
    fn run_post(&self) -> bool {
        if let Some(message) = self.host.outside.as_ref().and_then(Outside::next) {
            self.enter(|ctx, entries| entries.inbound(ctx, message));
            return true;
        }
        let post = self.host.workers.borrow_mut().next();
        let Some((id, post)) = post else {
            return false;
        };
        match post {
            Post::Line(level, line) => self.host.print(level, &line),
            Post::Report(line) => self.host.report(&line),
            Post::Failed(why) => {
                self.host.print(Level::Warning, &format!("Worker: {why}"));
                self.enter(|ctx, entries| entries.worker_failed(ctx, id));
            }
            Post::Happened(happening) => self.host.tell(happening),
            Post::Idle(_) => {}
            Post::Message(message) => {
                self.enter(|ctx, entries| entries.worker_message(ctx, id, message));
            }
            Post::Error(error) => self.enter(|ctx, entries| entries.worker_error(ctx, id, error)),
            Post::Ended => self.enter(|ctx, entries| entries.worker_ended(ctx, id)),
        }
        true
    }
}
