//! Dropping a future at a given poll. Owns the count of polls over a whole scenario, so that each
//! of them is the last one once.

use std::cell::Cell;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::Poll;

use tokio::runtime::{Builder, Runtime};

/// A scenario with all futures in it that the knife may meet.
pub(crate) type Played = Pin<Box<dyn Future<Output = ()>>>;

/// A function of the library by the name that `listed` finds in the source, and its scenario.
pub(crate) type Case = (&'static str, fn(Knife) -> Played);

/// Drops one future of a scenario: the one whose poll comes after so many others.
#[derive(Clone)]
pub(crate) struct Knife(Rc<State>);

struct State {
    /// Polls until it falls; `None` once it fell.
    left: Cell<Option<usize>>,
    /// Futures that it met.
    met: Cell<usize>,
}

impl Knife {
    fn after(polls: usize) -> Self {
        Self(Rc::new(State {
            left: Cell::new(Some(polls)),
            met: Cell::new(0),
        }))
    }

    /// What `future` comes to; `None` if the knife fell on it. It is polled only when it was woken,
    /// so that a wakeup that went missing shows as a test that hangs.
    pub(crate) async fn cut<F: Future>(&self, future: F) -> Option<F::Output> {
        self.0.met.set(self.0.met.get() + 1);
        let mut future = pin!(future);
        poll_fn(|cx| {
            if self.0.left.get() == Some(0) {
                self.0.left.set(None);
                return Poll::Ready(None);
            }
            let polled = future.as_mut().poll(cx).map(Some);
            let left = self.0.left.get().map(|left| left - 1);
            self.0.left.set(left);
            if polled.is_pending() && left == Some(0) {
                // Behind this poll, not before the next: that one might never come.
                self.0.left.set(None);
                return Poll::Ready(None);
            }
            polled
        })
        .await
    }
}

/// Awaits what `call` makes, and makes it again if the knife fell on it.
macro_rules! again {
    ($knife:expr, $call:expr) => {
        loop {
            if let Some(done) = $knife.cut($call).await {
                break done;
            }
        }
    };
}

/// The table of a file's cases, from names of functions and scenarios.
macro_rules! cases {
    ($($name:literal => $scenario:path,)*) => {
        &[$(($name, |knife| Box::pin($scenario(knife)))),*]
    };
}

/// How time passes in a scenario.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Clock {
    /// At once, when nothing else is to be done.
    Virtual,
    /// As it does: the kernel does not wait for a clock that stands still.
    Real,
}

/// Plays each case once for each poll in it, with that one as the last of its future.
///
/// A scenario in which nothing waits would prove nothing: each has to have `waits` polls more than
/// futures.
pub(crate) fn play(cases: &[Case], clock: Clock, waits: usize) {
    for (name, scenario) in cases {
        let mut polls = 0;
        let met = loop {
            let knife = Knife::after(polls);
            runtime(clock).block_on(scenario(knife.clone()));
            if knife.0.left.get().is_some() {
                break knife.0.met.get();
            }
            polls += 1;
        };
        let waited = met > 0 && polls >= met + waits;
        assert!(
            waited,
            "{name} hardly ever waits: {polls} polls of {met} futures"
        );
    }
}

/// A runtime that polls the scenario as often as any other task.
fn runtime(clock: Clock) -> Runtime {
    let mut builder = Builder::new_current_thread();
    builder.enable_all().event_interval(1);
    builder.start_paused(clock == Clock::Virtual);
    builder.build().unwrap()
}
