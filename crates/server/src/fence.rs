//! A panic becomes a value: what one connection breaks stays its own. Owns nothing else, and never
//! lets a future be polled again that panicked.

use std::any::Any;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

/// What a panic said.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Panicked(pub(crate) String);

/// What `future` comes to, or its panic.
pub(crate) async fn fence<T>(future: impl Future<Output = T>) -> Result<T, Panicked> {
    let mut future = pin!(future);
    poll_fn(|cx| {
        // Unwind safe: what the future shares with others is locks that survive a panic, and the
        // future itself is dropped.
        match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(value)) => Poll::Ready(Ok(value)),
            Err(payload) => Poll::Ready(Err(Panicked(message(payload.as_ref())))),
        }
    })
    .await
}

fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("no words").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// If this fails, a panic ends the thread, or the log does not say which it was.
    #[tokio::test]
    async fn fence_gives_the_value_or_what_the_panic_said() {
        let fine = async {
            tokio::task::yield_now().await;
            7
        };
        assert_eq!(fence(fine).await, Ok(7));
        let broken = async {
            tokio::task::yield_now().await;
            panic!("on {}", "purpose");
        };
        let outcome: Result<(), _> = fence(broken).await;
        assert_eq!(outcome, Err(Panicked("on purpose".to_owned())));
    }
}
