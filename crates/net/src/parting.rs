//! Parting with a peer that is refused: it is answered, our side ends, and what it still sends is
//! thrown away for a while, as closing over unread bytes would reset TCP and take the answer away.
//! Owns how long, and for how many peers at once. Never keeps whoever refuses waiting for the peer.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use tokio::io::{AsyncWriteExt, ReadBuf};
use tokio::task::coop::unconstrained;
use tokio::time::timeout;

use crate::limits::{PARTING_MAX, READ_LEN};
use crate::transport::Transport;
use crate::workbench::Workbench;

/// Peers that are being parted with, in this process.
static PARTING: AtomicUsize = AtomicUsize::new(0);

/// Writes `last`, ends our side and waits for the peer to end its own, within `time` altogether.
///
/// As much of it as needs no waiting is done when this returns, which over a socket is all but the
/// last step. The rest is done by a task, unless [`PARTING_MAX`] peers have one: then the transport
/// is closed as it is.
pub(crate) fn part_with<T: Transport>(mut transport: T, last: Vec<u8>, time: Duration) {
    let parting = async move {
        transport.write_all(&last).await?;
        transport.shutdown().await?;
        discard(&mut transport).await
    };
    let mut parting = Box::pin(timeout(time, parting));
    // Also where the runtime wants the task to yield: whoever refuses does not come again.
    let first = std::pin::pin!(unconstrained(parting.as_mut()));
    if first
        .poll(&mut Context::from_waker(Waker::noop()))
        .is_ready()
    {
        return;
    }
    if let Some(counted) = Counted::new() {
        tokio::spawn(async move {
            let _counted = counted;
            // A peer that did not take it in time, or left, is not our trouble.
            let _ = parting.await;
        });
    }
}

/// Throws away what the peer still sends until it ends its side, up to one read buffer.
async fn discard(transport: &mut impl Transport) -> io::Result<()> {
    let mut discarded = 0;
    poll_fn(|cx| {
        Workbench::with(|bench| {
            while discarded < READ_LEN {
                let mut buf = ReadBuf::new(bench.read_buffer());
                ready!(Pin::new(&mut *transport).poll_read(cx, &mut buf))?;
                match buf.filled().len() {
                    0 => break,
                    len => discarded += len,
                }
            }
            Poll::Ready(Ok(()))
        })
    })
    .await
}

/// One of [`PARTING`].
struct Counted;

impl Counted {
    fn new() -> Option<Self> {
        let before = PARTING.fetch_add(1, Ordering::Relaxed);
        // Dropped at once, it takes back what was added.
        Some(Self).filter(|_| before < PARTING_MAX)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        PARTING.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
#[cfg(not(sockeye_loom))]
mod tests {
    use tokio::io::{AsyncReadExt, DuplexStream, duplex};
    use tokio::time::{Instant, advance};

    use super::*;

    const TIME: Duration = Duration::from_secs(5);

    /// A peer that was parted with and keeps its side open.
    fn lingering() -> DuplexStream {
        let (near, far) = duplex(1024);
        part_with(near, b"no".to_vec(), TIME);
        far
    }

    /// Whether the other end is gone: what is written is refused.
    async fn is_gone(peer: &mut DuplexStream) -> bool {
        // Each time the runtime runs some sixty of the tasks that are ready.
        for _ in 0..PARTING_MAX / 16 {
            tokio::task::yield_now().await;
        }
        peer.write_all(b"?").await.is_err()
    }

    /// Fails if the answer needs a task to be on its way, if peers that stay have no bound in
    /// number or in time, or if one that left is still counted.
    #[tokio::test(start_paused = true)]
    async fn peers_that_stay_are_bounded_in_number_and_time_and_all_have_their_answer() {
        let start = Instant::now();
        let mut peers: Vec<_> = (0..PARTING_MAX).map(|_| lingering()).collect();
        let mut one_more = lingering();
        let mut answer = String::new();
        one_more.read_to_string(&mut answer).await.unwrap();
        assert_eq!((&*answer, start.elapsed()), ("no", Duration::ZERO));
        assert!(is_gone(&mut one_more).await, "it has no task");
        drop(peers.pop());
        while PARTING.load(Ordering::Relaxed) >= PARTING_MAX {
            tokio::task::yield_now().await;
        }
        let mut next = lingering();
        assert!(!is_gone(&mut next).await, "there is room again");
        advance(TIME).await;
        assert!(is_gone(&mut next).await, "its time is over");
        drop(peers);
    }
}
