//! The echo loop for crates whose connection is a `Stream` of messages and a `Sink` for them:
//! replies are fed while the input that was read holds messages, and flushed when it holds none.

use std::future::poll_fn;
use std::io::Result;
use std::task::Poll;

use futures_util::{Sink, SinkExt, Stream, StreamExt};

use crate::accept::other;

/// Sends what `answer` makes of each item, until the stream ends or an error does.
pub(crate) async fn echo<C, Item, Reply, E>(
    mut connection: C,
    mut answer: impl FnMut(Item) -> Result<Option<Reply>>,
) -> Result<()>
where
    C: Stream<Item = Item> + Sink<Reply, Error = E> + Unpin,
    E: std::fmt::Display,
{
    loop {
        let buffered = poll_fn(|context| match connection.poll_next_unpin(context) {
            Poll::Ready(next) => Poll::Ready(Some(next)),
            Poll::Pending => Poll::Ready(None),
        });
        let next = if let Some(next) = buffered.await {
            next
        } else {
            connection.flush().await.map_err(other)?;
            connection.next().await
        };
        let Some(item) = next else {
            return Ok(());
        };
        if let Some(reply) = answer(item)? {
            connection.feed(reply).await.map_err(other)?;
        }
    }
}
