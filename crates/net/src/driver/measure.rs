//! How long the peer takes to answer: the time from a Ping to its Pong. Owns the one measurement
//! that may be on its way. Never guesses: what no Pong told is unknown.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};
use std::time::{Duration, Instant};

use super::{Core, Place, Rare, Shared};
use crate::error::Result;
use crate::keeper;
use crate::telemetry;
use crate::transport::Transport;
use crate::workbench::Workbench;

/// What a measured Ping carries, so that no other Pong is taken for its answer.
pub(super) type Nonce = [u8; 8];

/// A Ping that is on its way.
#[derive(Debug)]
pub(super) struct Probe {
    nonce: Nonce,
    sent_at: Instant,
}

/// A round trip in microseconds, in the four bytes that the core has left for it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Latency(NonZeroU32);

impl From<Duration> for Latency {
    fn from(duration: Duration) -> Self {
        let micros = u32::try_from(duration.as_micros()).unwrap_or(u32::MAX);
        Self(NonZeroU32::new(micros).unwrap_or(NonZeroU32::MIN))
    }
}

impl From<Latency> for Duration {
    fn from(latency: Latency) -> Self {
        Self::from_micros(latency.0.get().into())
    }
}

impl<T: Transport> Shared<T> {
    /// Sends a Ping, or joins the one that is on its way, and is ready with the time that its Pong
    /// took. `nonce` is the future's memory: none at first.
    pub(crate) fn poll_round_trip(
        self: &Arc<Self>,
        cx: &Context<'_>,
        nonce: &mut Option<Nonce>,
        place: &mut Place<'_, T>,
    ) -> Poll<Result<Duration>> {
        Workbench::with(|bench| {
            let mut core = self.lock();
            if nonce.is_none() {
                ready!(core.poll_frame_turn(self, cx, bench, place));
                core.check_writable(self)?;
                *nonce = core.nonce();
                if nonce.is_none() {
                    *nonce = Some(core.queue_probe(bench)?);
                    core.flush(self, bench);
                }
            }
            if core.nonce() != *nonce {
                return Poll::Ready(Ok(core.latency.map(Duration::from).unwrap_or_default()));
            }
            core.check_writable(self)?;
            if !core.connection.may_send() {
                return Poll::Ready(Err(core.closed()));
            }
            core.wait_for_room(cx, place);
            Poll::Pending
        })
    }

    /// The round trip that was measured last.
    pub(crate) fn latency(&self) -> Option<Duration> {
        self.lock().latency.map(Duration::from)
    }
}

impl<T: Transport> Core<T> {
    /// The Ping that is on its way.
    fn nonce(&self) -> Option<Nonce> {
        let probe = self.rare.as_ref()?.probe.as_ref()?;
        Some(probe.nonce)
    }

    /// Queues a Ping that is measured. While one is on its way it is sent again instead: a Pong to
    /// either ends the measurement that began with the first.
    #[cold]
    pub(super) fn queue_probe(&mut self, bench: &mut Workbench) -> Result<Nonce> {
        let known = self.rare.as_ref().and_then(|rare| rare.probe.as_ref());
        let nonce = known.map_or_else(|| bench.keys.random(), |probe| probe.nonce);
        let queued = self.encode(bench, |connection, keys, _, tail| {
            connection.ping(&nonce, keys, tail)
        });
        queued.map_err(|misuse| self.refused(misuse))?;
        let sent_at = keeper::now();
        self.rare().probe.get_or_insert(Probe { nonce, sent_at });
        Ok(nonce)
    }
}

/// A Pong came: it may be the answer to the Ping that is on its way.
#[cold]
pub(super) fn hear_pong(
    rare: &mut Option<Box<Rare>>,
    latency: &mut Option<Latency>,
    payload: &[u8],
) {
    let Some(known) = rare else { return };
    let Some(probe) = known.probe.take_if(|probe| probe.nonce == *payload) else {
        return;
    };
    let round_trip = keeper::now().saturating_duration_since(probe.sent_at);
    *latency = Some(round_trip.into());
    telemetry::measured(round_trip);
    // Whoever waits for it is among those who wait for room.
    known.writers.drain(..).for_each(Waker::wake);
    rare.take_if(|rare| rare.is_unused());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latency_is_kept_to_the_microsecond_in_four_bytes() {
        assert_eq!(size_of::<Option<Latency>>(), 4);
        let kept = |duration: Duration| Duration::from(Latency::from(duration));
        assert_eq!(kept(Duration::from_nanos(1500)), Duration::from_micros(1));
        assert_eq!(
            kept(Duration::ZERO),
            Duration::from_micros(1),
            "not unknown"
        );
        assert_eq!(kept(Duration::MAX), Duration::from_micros(u32::MAX.into()));
    }
}
