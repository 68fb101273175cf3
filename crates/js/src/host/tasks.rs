//! The tasks that the prelude queues for itself: how many there are, and whose turn it is; and the
//! microtasks between two listeners. The prelude has what tasks do; none is run here.

use std::cell::Cell;
use std::rc::Rc;

use rquickjs::{Ctx, Function, Object, Result};

use super::Host;

/// How many tasks of its own a page has.
#[derive(Debug, Default)]
pub(crate) struct Tasks {
    queued: Cell<usize>,
    /// Whether the last one that ran was one of them.
    had_turn: Cell<bool>,
}

impl Tasks {
    /// Whether one is to run now: there is one, and it is the turn of another source if the last
    /// task was one of these. A script that posts to itself for ever would starve its sockets.
    pub(crate) fn take_turn(&self) -> bool {
        !self.had_turn.replace(false) && self.take()
    }

    /// Whether one is to run as nothing else is.
    pub(crate) fn take(&self) -> bool {
        let left = self.queued.get().checked_sub(1);
        if let Some(left) = left {
            self.queued.set(left);
            self.had_turn.set(true);
        }
        left.is_some()
    }
}

/// Adds to the object that the prelude calls what runs microtasks.
pub(super) fn add<'js>(ctx: &Ctx<'js>, object: &Object<'js>, host: &Rc<Host>) -> Result<()> {
    let watched = Rc::clone(host);
    // What a job of the prelude throws it reports by itself; the engine's own throw nothing.
    let run = move |ctx: Ctx<'js>| while !watched.is_out_of_time() && ctx.execute_pending_job() {};
    object.set("runMicrotasks", Function::new(ctx.clone(), run)?)
}

/// What adds a task.
pub(super) fn add_queue<'js>(ctx: &Ctx<'js>, object: &Object<'js>, host: &Rc<Host>) -> Result<()> {
    let host = Rc::clone(host);
    let queue = move || {
        host.tasks.queued.set(host.tasks.queued.get() + 1);
        host.nudge.nudge();
    };
    object.set("queueTask", Function::new(ctx.clone(), queue)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A script that posts to itself for ever would starve its sockets, or stop with tasks left.
    #[test]
    fn tasks_take_every_other_turn_and_all_that_are_left() {
        let tasks = Tasks::default();
        assert!(!tasks.take_turn() && !tasks.take());
        tasks.queued.set(3);
        assert!(tasks.take_turn());
        assert!(!tasks.take_turn(), "the others are next");
        assert!(tasks.take_turn());
        assert!(!tasks.take_turn());
        assert!(tasks.take(), "the others had nothing");
        assert!(!tasks.take());
    }
}
