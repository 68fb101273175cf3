//! The keeper: one task per thread that does what no user task is there to do - write what was held
//! back, act on deadlines, bring dropped connections to their end. Owns one timer for all of them.
//! Never reads or writes by itself: a connection tends itself when called.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
// Of `std` in models as well: loom has no static locks, and models no thread that ends.
use std::sync::{Arc, Mutex as StaticMutex, MutexGuard as StaticGuard, PoisonError, Weak};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use sockeye_simd::prefetch;
use tokio::runtime::{Handle, Id};
use tokio::time::{Sleep, sleep_until};

use crate::limits::{KEEPER_CALLS_MAX, KEEPER_ROUNDS};
use crate::sync::{Mutex, MutexGuard};

/// A connection, as the keeper knows it.
pub(crate) trait Tended: Send + Sync {
    /// Writes, acts on deadlines, and does whatever else can be done without waiting.
    fn tend(self: Arc<Self>, now: Instant);

    /// Tending panicked, as a transport or a waker may: the end of the connection.
    fn break_off(self: Arc<Self>);

    /// The runtime ended: nobody will tend this connection any more.
    fn abandon(self: Arc<Self>);
}

/// Where connections leave word for the keeper's task.
pub(crate) struct Keeper {
    /// What times are counted from.
    epoch: Instant,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Connections that want to be tended now.
    calls: VecDeque<Arc<dyn Tended>>,
    /// Deadlines in nanoseconds since the keeper's epoch, which take half of an `Instant`'s room;
    /// the address tells connections with the same deadline apart.
    timers: BTreeMap<(u64, usize), Weak<dyn Tended>>,
    /// The task, while it waits.
    waker: Option<Waker>,
    /// The task ended, and its runtime with it.
    is_retired: bool,
}

thread_local! {
    static CURRENT: RefCell<OfThread> = const { RefCell::new(OfThread(Vec::new())) };
}

/// Keepers whose thread ended. A runtime's next new thread takes one of them over, so that there
/// are never more keepers than there were threads at once.
static WITHOUT_THREAD: StaticMutex<Vec<(Id, Arc<Keeper>)>> = StaticMutex::new(Vec::new());

/// The keepers of one thread, each with the runtime on which its task runs. Few threads work for
/// more than one.
struct OfThread(Vec<(Id, Arc<Keeper>)>);

impl OfThread {
    /// The keeper for the runtime `id`, if there is one.
    fn find(&mut self, id: Id) -> Option<Arc<Keeper>> {
        self.0.retain(|(_, keeper)| !keeper.lock().is_retired);
        let found = self.0.iter().find(|(of, _)| *of == id);
        found.map(|(_, keeper)| Arc::clone(keeper))
    }
}

impl Drop for OfThread {
    fn drop(&mut self) {
        let mut without_thread = without_thread();
        // A keeper retires first and is looked for here then, so none is left behind.
        let alive = self
            .0
            .drain(..)
            .filter(|(_, keeper)| !keeper.lock().is_retired);
        without_thread.extend(alive);
    }
}

fn without_thread() -> StaticGuard<'static, Vec<(Id, Arc<Keeper>)>> {
    WITHOUT_THREAD
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
}

/// A keeper of the runtime `id` that lost its thread.
fn take_over(id: Id) -> Option<Arc<Keeper>> {
    let mut without_thread = without_thread();
    let index = without_thread.iter().position(|(of, _)| *of == id)?;
    Some(without_thread.swap_remove(index).1)
}

/// Now, on the runtime's clock: tests may stop that one.
#[inline]
pub(crate) fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}

impl Keeper {
    fn new() -> Self {
        Self {
            epoch: now(),
            state: Mutex::default(),
        }
    }

    /// `at` as timers count it. One in 500 years is as good as one later.
    fn tick(&self, at: Instant) -> u64 {
        let nanos = at.saturating_duration_since(self.epoch).as_nanos();
        u64::try_from(nanos).unwrap_or(u64::MAX)
    }

    /// The keeper of this thread and runtime; starts its task if there is none.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub(crate) fn current() -> Arc<Self> {
        if cfg!(sockeye_loom) {
            // A model has no runtime, and does by itself what the task does.
            return Arc::new(Self::new());
        }
        let runtime = Handle::current();
        let id = runtime.id();
        CURRENT.with_borrow_mut(|current| {
            current.find(id).unwrap_or_else(|| {
                let keeper = take_over(id).unwrap_or_else(|| Self::start(&runtime));
                current.0.push((id, Arc::clone(&keeper)));
                keeper
            })
        })
    }

    fn start(runtime: &Handle) -> Arc<Self> {
        let keeper = Arc::new(Self::new());
        runtime.spawn(keep(Duty(Arc::clone(&keeper))));
        keeper
    }

    /// Has `connection` tended as soon as the tasks that run now have yielded; `false` if nobody is
    /// there to do it.
    #[inline]
    pub(crate) fn call(&self, connection: Arc<dyn Tended>) -> bool {
        let waker = {
            let mut state = self.lock();
            if state.is_retired {
                return false;
            }
            state.calls.push_back(connection);
            state.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
        true
    }

    /// Has `connection` tended at `at`, instead of at `before`.
    pub(crate) fn set_timer(
        &self,
        before: Option<Instant>,
        at: Instant,
        connection: &Arc<impl Tended + 'static>,
    ) {
        let weak: Weak<dyn Tended> = Arc::<_>::downgrade(connection) as Weak<dyn Tended>;
        let address = Arc::as_ptr(connection).addr();
        let waker = {
            let mut state = self.lock();
            if let Some(before) = before {
                state.timers.remove(&(self.tick(before), address));
            }
            let at = self.tick(at);
            let is_first = state
                .timers
                .first_key_value()
                .is_none_or(|((first, _), _)| at < *first);
            state.timers.insert((at, address), weak);
            if is_first { state.waker.take() } else { None }
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Forgets the deadline `at` of `connection`.
    pub(crate) fn clear_timer(&self, at: Instant, connection: *const ()) {
        let key = (self.tick(at), connection.addr());
        self.lock().timers.remove(&key);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The connections to tend at `now`; if there are none, when to look again.
    pub(crate) fn due(
        &self,
        now: Instant,
        cx: &Context<'_>,
    ) -> Result<Vec<Arc<dyn Tended>>, Option<Instant>> {
        let tick = self.tick(now);
        let mut state = self.lock();
        let count = state.calls.len().min(KEEPER_CALLS_MAX);
        let mut due: Vec<_> = state.calls.drain(..count).collect();
        while let Some(entry) = state.timers.first_entry() {
            if entry.key().0 > tick {
                break;
            }
            due.extend(entry.remove().upgrade());
        }
        if due.is_empty() {
            state.waker = Some(cx.waker().clone());
            let first = state.timers.first_key_value();
            return Err(first.map(|((at, _), _)| self.epoch + Duration::from_nanos(*at)));
        }
        Ok(due)
    }

    /// The task ended: gives up who is still to be tended, and who is not wanted by anybody else.
    fn retire(&self) {
        let (calls, timers) = {
            let mut state = self.lock();
            state.is_retired = true;
            (
                std::mem::take(&mut state.calls),
                std::mem::take(&mut state.timers),
            )
        };
        without_thread().retain(|(_, keeper)| !std::ptr::eq(&raw const **keeper, self));
        let timed = timers.into_values().filter_map(|weak| weak.upgrade());
        for connection in calls.into_iter().chain(timed) {
            survive(|| connection.abandon());
        }
    }
}

/// Tends one connection. One that panics takes only itself away: the others of its thread have
/// nobody else to write for them and to mind their deadlines.
pub(crate) fn tend(connection: Arc<dyn Tended>, now: Instant) {
    if !survive(|| Arc::clone(&connection).tend(now)) {
        survive(|| connection.break_off());
    }
}

/// Tends one after another, all as of `now`: few enough that it does not matter.
fn tend_all(due: Vec<Arc<dyn Tended>>, now: Instant) {
    let mut due = due.into_iter();
    while let Some(connection) = due.next() {
        if let Some(next) = due.as_slice().first() {
            prefetch(&**next);
        }
        tend(connection, now);
    }
}

/// Whether `work` came to its end without a panic. The panic itself was reported by its hook.
pub(crate) fn survive(work: impl FnOnce()) -> bool {
    // Unwind safe: what it leaves half done is one connection, which is broken off, or one
    // observer, which is dropped; the keeper's own lock is not held meanwhile.
    catch_unwind(AssertUnwindSafe(work)).is_ok()
}

impl fmt::Debug for Keeper {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Keeper").finish_non_exhaustive()
    }
}

/// The keeper's task. It ends with its runtime.
async fn keep(duty: Duty) {
    let mut sleep = pin!(sleep_until(now().into()));
    poll_fn(|cx| -> Poll<()> {
        // A connection may call again from inside: after a few rounds the other tasks have a turn.
        for _ in 0..KEEPER_ROUNDS {
            let now = now();
            match duty.0.due(now, cx) {
                Ok(due) => tend_all(due, now),
                Err(Some(at)) if is_elapsed(sleep.as_mut(), at, cx) => {}
                Err(_) => return Poll::Pending,
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// What the task holds as long as it exists, even if it never ran.
struct Duty(Arc<Keeper>);

impl Drop for Duty {
    fn drop(&mut self) {
        self.0.retire();
    }
}

/// Waits for `at` with the one timer there is.
fn is_elapsed(mut sleep: std::pin::Pin<&mut Sleep>, at: Instant, cx: &mut Context<'_>) -> bool {
    if sleep.deadline().into_std() != at {
        sleep.as_mut().reset(at.into());
    }
    sleep.poll(cx).is_ready()
}

#[cfg(test)]
#[cfg(not(sockeye_loom))]
mod tests;
