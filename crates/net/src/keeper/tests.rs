//! The keeper by itself: calls, deadlines, and whose keeper it is.

use std::sync::atomic::{AtomicU32, Ordering};

use super::*;

#[derive(Default)]
struct Counter(AtomicU32);

impl Tended for Counter {
    fn tend(self: Arc<Self>, _now: Instant) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn break_off(self: Arc<Self>) {}

    fn abandon(self: Arc<Self>) {}
}

#[tokio::test(start_paused = true)]
async fn keeper_tends_who_calls_once_the_caller_yields() {
    let (keeper, counter) = (Keeper::current(), Arc::new(Counter::default()));
    let connection: Arc<dyn Tended> = Arc::<Counter>::clone(&counter);
    keeper.call(connection);
    assert_eq!(counter.0.load(Ordering::Relaxed), 0);
    tokio::task::yield_now().await;
    assert_eq!(counter.0.load(Ordering::Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn keeper_tends_at_the_deadline_and_only_at_the_latest_set() {
    let (keeper, counter) = (Keeper::current(), Arc::new(Counter::default()));
    let start = now();
    let at = |seconds| start + Duration::from_secs(seconds);
    keeper.set_timer(None, at(50), &counter);
    keeper.set_timer(Some(at(50)), at(10), &counter);
    sleep_until(at(9).into()).await;
    assert_eq!(counter.0.load(Ordering::Relaxed), 0);
    sleep_until(at(100).into()).await;
    assert_eq!(counter.0.load(Ordering::Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn keeper_forgets_a_deadline_that_is_cleared() {
    let (keeper, counter) = (Keeper::current(), Arc::new(Counter::default()));
    let at = now() + Duration::from_secs(1);
    keeper.set_timer(None, at, &counter);
    keeper.clear_timer(at, Arc::as_ptr(&counter).cast());
    sleep_until((at + Duration::from_secs(1)).into()).await;
    assert_eq!(counter.0.load(Ordering::Relaxed), 0);
    assert_eq!(Arc::weak_count(&counter), 0);
}

/// Calls the keeper again each time it is tended, up to a thousand times.
struct Restless(Arc<Keeper>, AtomicU32);

impl Tended for Restless {
    fn tend(self: Arc<Self>, _now: Instant) {
        if self.1.fetch_add(1, Ordering::Relaxed) < 1000 {
            let keeper = Arc::clone(&self.0);
            keeper.call(self);
        }
    }

    fn break_off(self: Arc<Self>) {}

    fn abandon(self: Arc<Self>) {}
}

#[tokio::test(start_paused = true)]
async fn keeper_gives_other_tasks_a_turn_whatever_its_connections_do() {
    let keeper = Keeper::current();
    let restless = Arc::new(Restless(Arc::clone(&keeper), AtomicU32::new(0)));
    let connection: Arc<dyn Tended> = Arc::<Restless>::clone(&restless);
    keeper.call(connection);
    tokio::task::yield_now().await;
    let tended = restless.1.load(Ordering::Relaxed);
    assert!((1..1000).contains(&tended), "{tended}");
}

/// Panics whenever it can.
struct Panicking(AtomicU32);

impl Tended for Panicking {
    fn tend(self: Arc<Self>, _now: Instant) {
        panic!("tended");
    }

    fn break_off(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
        panic!("broken off");
    }

    fn abandon(self: Arc<Self>) {}
}

#[tokio::test(start_paused = true)]
async fn keeper_breaks_off_a_connection_that_panics_and_tends_the_others() {
    let (keeper, counter) = (Keeper::current(), Arc::new(Counter::default()));
    let panicking = Arc::new(Panicking(AtomicU32::new(0)));
    keeper.call(Arc::<Panicking>::clone(&panicking));
    let connection: Arc<dyn Tended> = Arc::<Counter>::clone(&counter);
    keeper.call(connection);
    keeper.set_timer(None, now() + Duration::from_secs(1), &counter);
    tokio::task::yield_now().await;
    assert_eq!(panicking.0.load(Ordering::Relaxed), 1);
    assert_eq!(counter.0.load(Ordering::Relaxed), 1);
    sleep_until((now() + Duration::from_secs(2)).into()).await;
    assert_eq!(counter.0.load(Ordering::Relaxed), 2, "its timer was kept");
    assert!(Arc::ptr_eq(&keeper, &Keeper::current()));
}

/// The keepers that `threads` threads get one after the other, each twice, with another
/// runtime's in between.
fn keepers_of_threads(threads: usize) -> Vec<Arc<Keeper>> {
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
    };
    let (one, other) = (runtime().unwrap(), runtime().unwrap());
    let keeper_on = |runtime: &Handle| {
        let _entered = runtime.enter();
        Keeper::current()
    };
    let mut keepers = Vec::new();
    for _ in 0..threads {
        let (one, other) = (one.handle().clone(), other.handle().clone());
        let visit = move || [keeper_on(&one), keeper_on(&other), keeper_on(&one)];
        let [first, _, again] = std::thread::spawn(visit).join().unwrap();
        keepers.extend([first, again]);
    }
    keepers
}

#[test]
fn keeper_is_taken_over_by_the_next_thread_of_its_runtime() {
    let keepers = keepers_of_threads(20);
    assert!(
        keepers
            .iter()
            .all(|keeper| Arc::ptr_eq(keeper, &keepers[0]))
    );
    assert!(keepers[0].lock().is_retired, "its runtime is gone");
    let left = without_thread();
    assert!(
        !left
            .iter()
            .any(|(_, keeper)| Arc::ptr_eq(keeper, &keepers[0]))
    );
}

#[test]
fn keeper_is_another_one_on_another_runtime() {
    let on_new_runtime = || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        runtime.block_on(async { Keeper::current() })
    };
    assert!(!Arc::ptr_eq(&on_new_runtime(), &on_new_runtime()));
}
