//! The life of the server: it serves, then drains. Owns the way the news travels from the one that
//! decides to everything that runs.
//!
//! Every worker thread has a channel of its own: what its connections wait on is never written by
//! another core while the server serves.

use tokio::sync::watch;

/// The end that decides.
#[derive(Debug)]
pub(crate) struct Lifeline {
    is_draining: watch::Sender<bool>,
}

/// The end that follows. Without a lifeline it is over as well.
#[derive(Clone, Debug)]
pub(crate) struct Life {
    is_draining: watch::Receiver<bool>,
}

impl Lifeline {
    pub(crate) fn new() -> (Self, Life) {
        let (sender, receiver) = watch::channel(false);
        let lifeline = Self {
            is_draining: sender,
        };
        let life = Life {
            is_draining: receiver,
        };
        (lifeline, life)
    }

    /// Asks every connection to say goodbye. There is no way back.
    pub(crate) fn drain(&self) {
        self.is_draining.send_replace(true);
    }
}

impl Life {
    /// Waits until it is time to say goodbye.
    pub(crate) async fn draining(&mut self) {
        // An error means that the lifeline is gone, and with it the reason to wait.
        let _ = self.is_draining.wait_for(|is_draining| *is_draining).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn life_ends_when_it_is_told_to_and_without_its_lifeline() {
        let (lifeline, mut life) = Lifeline::new();
        lifeline.drain();
        life.draining().await;
        life.draining().await;
        let (lifeline, mut life) = Lifeline::new();
        drop(lifeline);
        life.draining().await;
    }
}
