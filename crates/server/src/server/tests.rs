//! The order of stopping, in virtual time.

use std::future::pending;
use std::time::Duration;

use sockeye::CloseCode;

use super::*;
use crate::life::Life;
use crate::slots::Slot;

const SECOND: Duration = Duration::from_secs(1);

/// A server that drains, with some connections.
struct Draining {
    options: Drain,
    slots: Slots,
    lifelines: Vec<Lifeline>,
    life: Life,
}

impl Draining {
    fn new() -> Self {
        let (lifeline, life) = Lifeline::new(CloseCode::GOING_AWAY);
        Self {
            options: Drain {
                delay: SECOND * 10,
                spread: SECOND * 3,
                timeout: SECOND * 5,
                ..Drain::default()
            },
            slots: Slots::new(100_000, 100_000),
            lifelines: vec![lifeline],
            life,
        }
    }

    async fn open(&self) -> Slot {
        let opened = self.slots.take().await.open(async {}).await;
        opened.expect("there is room").1
    }

    /// Drains, and says how long that took.
    async fn run(self) -> Duration {
        let start = Instant::now();
        let mut doors = JoinSet::new();
        doors.spawn(pending());
        drain(&self.options, &self.lifelines, &self.slots, &mut doors).await;
        assert!(doors.is_empty(), "nobody is let in any more");
        start.elapsed()
    }
}

/// If this fails, a load balancer sends somebody to a server that is gone.
#[tokio::test(start_paused = true)]
async fn server_is_not_ready_at_once_and_says_goodbye_after_the_delay() {
    let draining = Draining::new();
    let (mut life, slot) = (draining.life.clone(), draining.open().await);
    let start = Instant::now();
    let running = tokio::spawn(draining.run());
    tokio::task::yield_now().await;
    assert!(!life.is_serving() && !life.is_leaving());
    life.goodbye().await;
    let after = start.elapsed().saturating_sub(SECOND * 10);
    assert!(
        after <= Duration::from_millis(3),
        "one connection is quick: {after:?}"
    );
    drop(slot);
    assert!(running.await.unwrap() < SECOND * 11);
}

/// If this fails, the restart of an empty server takes as long as that of a full one.
#[tokio::test(start_paused = true)]
async fn server_that_nobody_is_connected_to_waits_for_the_delay_only() {
    assert_eq!(Draining::new().run().await, SECOND * 10);
}

/// A supervisor kills whoever takes longer than was promised.
#[tokio::test(start_paused = true)]
async fn server_never_takes_longer_than_its_three_times_together() {
    let draining = Draining::new();
    let mut open = Vec::new();
    for _ in 0..10_000 {
        open.push(draining.open().await);
    }
    let slots = draining.slots.clone();
    assert_eq!(draining.run().await, SECOND * (10 + 3 + 5));
    assert_eq!(slots.used(), 10_000);
}

/// If this fails, one half-open connection keeps a server from stopping.
#[tokio::test(start_paused = true)]
async fn opening_that_never_ends_is_waited_for_no_longer_than_an_open_connection() {
    let draining = Draining::new();
    let _opening = draining.slots.take().await;
    assert_eq!(draining.run().await, SECOND * (10 + 5));
}
