//! A future out of a function that is polled, as `std::future::PollFn`, but for certain part of
//! whoever awaits it. Owns nothing else.
//!
//! The processor forgets where calls return to when it enters the kernel. So after a system call
//! each return costs as much as a mispredicted branch, which is more than most functions on that
//! way do. `std`'s future is a call of its own; `recv` and `send` use this one.

use std::pin::Pin;
use std::task::{Context, Poll};

/// The future that [`polling`] makes.
pub(crate) struct Polling<F>(F);

/// A future that is ready when `poll` is.
#[inline]
pub(crate) fn polling<F, R>(poll: F) -> Polling<F>
where
    F: FnMut(&mut Context<'_>) -> Poll<R> + Unpin,
{
    Polling(poll)
}

impl<F, R> Future for Polling<F>
where
    F: FnMut(&mut Context<'_>) -> Poll<R> + Unpin,
{
    type Output = R;

    #[expect(clippy::inline_always, reason = "that is what it is for")]
    #[inline(always)]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<R> {
        (self.0)(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn polling_waits_as_long_as_its_function_does() {
        let mut polls = 0;
        let answer = polling(|cx| {
            polls += 1;
            if polls < 3 {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            Poll::Ready(polls)
        });
        assert_eq!(answer.await, 3);
    }
}
