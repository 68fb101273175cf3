//! The life of the server: it serves, then refuses newcomers, then says goodbye. Owns the way the
//! news travels from the one that decides to everything that runs, and the moment at which each
//! WebSocket says goodbye.
//!
//! Every worker thread has a channel of its own: what its connections wait on is never written by
//! another core while the server serves.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use sockeye::CloseCode;
use tokio::sync::watch;
use tokio::task::coop::unconstrained;
use tokio::time::sleep;

use crate::goodbye::Goodbye;

/// How far the server has come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stage {
    Serving,
    /// It is ready for nobody new, and whoever is there stays.
    Refusing,
    /// Everybody leaves within this time; who comes is told so.
    Leaving(Duration),
    /// Nobody comes any more.
    Closed,
}

impl Stage {
    fn is_leaving(&self) -> bool {
        matches!(self, Self::Leaving(_) | Self::Closed)
    }
}

/// The end that decides.
#[derive(Debug)]
pub(crate) struct Lifeline {
    stage: watch::Sender<Stage>,
}

/// The end that follows. Without a lifeline it is over as well.
#[derive(Clone, Debug)]
pub(crate) struct Life {
    stage: watch::Receiver<Stage>,
    /// What WebSockets are closed with.
    farewell: CloseCode,
}

impl Lifeline {
    /// WebSockets will be closed with the code `farewell`.
    pub(crate) fn new(farewell: CloseCode) -> (Self, Life) {
        let (sender, stage) = watch::channel(Stage::Serving);
        (Self { stage: sender }, Life { stage, farewell })
    }

    /// Has newcomers refused. There is no way back.
    pub(crate) fn refuse(&self) {
        self.stage.send_replace(Stage::Refusing);
    }

    /// Asks every WebSocket to say goodbye at a moment of its own within `spread`, and HTTP at
    /// once. There is no way back.
    pub(crate) fn leave(&self, spread: Duration) {
        self.stage.send_replace(Stage::Leaving(spread));
    }

    /// Asks those as well who came since then. There is no way back.
    pub(crate) fn close(&self) {
        self.stage.send_replace(Stage::Closed);
    }
}

impl Life {
    /// Whether newcomers are welcome.
    pub(crate) fn is_serving(&self) -> bool {
        *self.stage.borrow() == Stage::Serving
    }

    /// Whether everybody leaves.
    pub(crate) fn is_leaving(&self) -> bool {
        self.stage.borrow().is_leaving()
    }

    /// Waits until it is time to end, for whoever comes now: until everybody leaves, or, where they
    /// do already, until nobody comes any more.
    ///
    /// # Cancel safety
    /// A dropped future knows no more when it was made.
    pub(crate) async fn leaving(&mut self) {
        if self.is_leaving() {
            let is_closed = |stage: &Stage| *stage == Stage::Closed;
            // An error means that the lifeline is gone, and with it the reason to wait.
            let _ = self.stage.wait_for(is_closed).await;
        } else {
            self.spread().await;
        }
    }

    /// Waits until this one connection is to say goodbye: at a random moment, so that the clients
    /// of a server do not all come back at once. What it says then.
    ///
    /// # Cancel safety
    /// A dropped future forgets its moment; another one draws its own.
    pub(crate) async fn goodbye(&mut self) -> Goodbye {
        // Unconstrained: a client that never pauses uses up what the runtime grants a task per
        // turn, and this would then never be ready.
        unconstrained(async {
            let spread = self.spread().await;
            if !spread.is_zero() {
                sleep(spread.mul_f64(random_part())).await;
            }
        })
        .await;
        Goodbye::to_all(self.farewell)
    }

    async fn spread(&mut self) -> Duration {
        match self.stage.wait_for(Stage::is_leaving).await.as_deref() {
            Ok(Stage::Leaving(spread)) => *spread,
            // There is no time left, or the lifeline is gone, and with it the reason to wait.
            _ => Duration::ZERO,
        }
    }
}

/// Part of a whole: as random as the keys of the standard library's hash tables.
fn random_part() -> f64 {
    let bits = RandomState::new().hash_one(()) >> 32;
    let bits = u32::try_from(bits).unwrap_or(u32::MAX);
    f64::from(bits) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    /// If this fails, connections outlive the server that they are of.
    #[tokio::test]
    async fn life_ends_when_it_is_told_to_and_without_its_lifeline() {
        let (lifeline, mut life) = Lifeline::new(CloseCode::GOING_AWAY);
        assert!(life.is_serving());
        lifeline.refuse();
        assert!(!life.is_serving() && !life.is_leaving());
        let mut early = life.clone();
        let early = tokio::spawn(async move { early.leaving().await });
        tokio::task::yield_now().await;
        lifeline.leave(Duration::ZERO);
        early.await.unwrap();
        life.goodbye().await;
        assert!(life.is_leaving() && !life.is_serving());
        lifeline.close();
        life.leaving().await;
        life.goodbye().await;
        let (lifeline, mut life) = Lifeline::new(CloseCode::GOING_AWAY);
        drop(lifeline);
        life.goodbye().await;
    }

    /// Without jitter the clients of a server that ends come back in one burst.
    #[tokio::test(start_paused = true)]
    async fn goodbyes_are_spread_over_the_whole_time_and_not_beyond() {
        const SPREAD: Duration = Duration::from_secs(10);
        let (lifeline, life) = Lifeline::new(CloseCode::GOING_AWAY);
        let start = Instant::now();
        let goodbyes: Vec<_> = (0..1000)
            .map(|_| {
                let mut life = life.clone();
                tokio::spawn(async move {
                    life.goodbye().await;
                    start.elapsed()
                })
            })
            .collect();
        lifeline.leave(SPREAD);
        let mut seconds = [0; 11];
        for goodbye in goodbyes {
            let at = goodbye.await.unwrap();
            assert!(at <= SPREAD + Duration::from_millis(2), "{at:?}");
            seconds[usize::try_from(at.as_secs()).unwrap()] += 1;
        }
        // A hundred are expected in each second; fewer than fifty happen once in millions of runs.
        assert!(seconds[..10].iter().all(|count| *count > 50), "{seconds:?}");
    }
}
