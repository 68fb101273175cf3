//! Polling by hand, and time by hand: a future that is polled a few times and then dropped, a clock
//! that moves when it is told to.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use tokio::time::{Instant, advance};

/// Polls once.
pub(crate) async fn poll_once<F: Future>(mut future: Pin<&mut F>) -> Poll<F::Output> {
    poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx))).await
}

/// Polls at most `times` times and drops the future; its output, if it completed. Between two polls
/// other tasks run.
pub(crate) async fn poll_and_drop<F: Future>(future: F, times: usize) -> Option<F::Output> {
    let mut future = pin!(future);
    for _ in 0..times {
        if let Poll::Ready(output) = poll_once(future.as_mut()).await {
            return Some(output);
        }
        tokio::task::yield_now().await;
    }
    None
}

/// Lets all tasks that have something to do run until they wait.
pub(crate) async fn settle() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

/// Has virtual time pass, at most a second at a time, so that what becomes due at different times
/// is done at different times.
pub(crate) async fn pass(time: Duration) {
    const STEP: Duration = Duration::from_secs(1);
    let end = Instant::now() + time;
    settle().await;
    while Instant::now() < end {
        advance(STEP.min(end - Instant::now())).await;
        settle().await;
    }
}
