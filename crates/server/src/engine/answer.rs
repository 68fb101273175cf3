//! The answer of an engine: there at once or later. Owns that an engine in memory needs neither an
//! allocation nor an executor for it. Never waits by itself.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use sockeye_hub::Fault;

type Later<'a, T> = Pin<Box<dyn Future<Output = Result<T, Fault>> + Send + 'a>>;

/// A future that may be over already.
#[must_use = "an answer that nobody waits for may never be worked on"]
pub struct Soon<'a, T>(Inner<'a, T>);

enum Inner<'a, T> {
    /// `None` once it was given out.
    Now(Option<Result<T, Fault>>),
    Later(Later<'a, T>),
}

impl<'a, T> Soon<'a, T> {
    /// An answer that is there.
    pub fn now(answer: Result<T, Fault>) -> Self {
        Self(Inner::Now(Some(answer)))
    }

    /// An answer that is worked on when it is waited for.
    pub fn later(work: impl Future<Output = Result<T, Fault>> + Send + 'a) -> Self {
        Self(Inner::Later(Box::pin(work)))
    }

    /// The answer, if it is there: what is left is to be waited for.
    ///
    /// # Errors
    /// The future itself, if its answer is not there yet.
    pub fn ready(self) -> Result<Result<T, Fault>, Self> {
        match self.0 {
            Inner::Now(Some(answer)) => Ok(answer),
            inner => Err(Self(inner)),
        }
    }

    /// The same with another answer in case of success.
    pub fn map<U: 'a>(self, change: impl FnOnce(T) -> U + Send + 'a) -> Soon<'a, U>
    where
        T: 'a,
    {
        match self.0 {
            Inner::Now(answer) => Soon(Inner::Now(answer.map(|answer| answer.map(change)))),
            Inner::Later(later) => Soon::later(async move { later.await.map(change) }),
        }
    }
}

// Nothing in it is pinned but what is boxed.
impl<T> Unpin for Soon<'_, T> {}

impl<T> Future for Soon<'_, T> {
    type Output = Result<T, Fault>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            Inner::Now(answer) => {
                Poll::Ready(answer.take().expect("a future is not polled after its end"))
            }
            Inner::Later(later) => later.as_mut().poll(context),
        }
    }
}

impl<T> fmt::Debug for Soon<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Inner::Now(_) => "Soon(now)",
            Inner::Later(_) => "Soon(later)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// If this fails, an engine in memory costs its caller a wait, or an answer is lost on the way.
    #[tokio::test]
    async fn answers_that_are_there_are_had_without_waiting() {
        assert_eq!(Soon::now(Ok(1)).map(|one| one + 1).ready().unwrap(), Ok(2));
        let fault: Soon<'_, u8> = Soon::now(Err(Fault::Unavailable));
        assert_eq!(fault.map(|one| one + 1).await, Err(Fault::Unavailable));
        let later = Soon::later(async { Ok(1) }).map(|one| one + 1);
        assert_eq!(format!("{later:?}"), "Soon(later)");
        let later = later.ready().unwrap_err();
        assert_eq!(later.await, Ok(2));
    }
}
