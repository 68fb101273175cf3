//! The life of the server: it serves, drains, and is stopped. Owns the order of these, and the way
//! the news travels from the one that decides to everything that runs.
//!
//! Every worker thread has a channel of its own: what its connections wait on is never written by
//! another core while the server serves.

use tokio::sync::watch;

/// Where a worker is in its life. There is no way back.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Phase {
    /// New connections come, old ones go on.
    Serving,
    /// No new ones; each connection says goodbye.
    Draining,
    /// Whatever is left is cut off.
    Stopped,
}

/// The end that decides.
#[derive(Debug)]
pub(crate) struct Lifeline {
    phase: watch::Sender<Phase>,
}

/// The end that follows. Without a lifeline it is over.
#[derive(Clone, Debug)]
pub(crate) struct Life {
    phase: watch::Receiver<Phase>,
}

impl Lifeline {
    pub(crate) fn new() -> (Self, Life) {
        let (sender, receiver) = watch::channel(Phase::Serving);
        (Self { phase: sender }, Life { phase: receiver })
    }

    /// Asks every connection to say goodbye.
    pub(crate) fn drain(&self) {
        self.phase.send_replace(Phase::Draining);
    }

    /// Ends what is left.
    pub(crate) fn stop(&self) {
        self.phase.send_replace(Phase::Stopped);
    }
}

impl Life {
    /// Waits until it is time to say goodbye.
    pub(crate) async fn draining(&mut self) {
        self.reach(Phase::Draining).await;
    }

    /// Waits until it is over.
    pub(crate) async fn stopped(&mut self) {
        self.reach(Phase::Stopped).await;
    }

    async fn reach(&mut self, wanted: Phase) {
        // An error means that the lifeline is gone, and with it the reason to wait.
        let _ = self.phase.wait_for(|phase| *phase >= wanted).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn life_ends_in_order_and_without_its_lifeline() {
        let (lifeline, mut life) = Lifeline::new();
        lifeline.drain();
        life.draining().await;
        lifeline.stop();
        life.draining().await;
        life.stopped().await;
        let (lifeline, mut life) = Lifeline::new();
        drop(lifeline);
        life.stopped().await;
    }
}
