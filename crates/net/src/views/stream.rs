//! Messages as `futures` knows them: `Stream` for those that come, `Sink` for those that go.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use futures_sink::Sink;
use sockeye_proto::message::Message;

use super::outlet::Outlet;
use crate::error::{Error, Result};
use crate::split::{Receiver, Sender};
use crate::transport::Transport;
use crate::websocket::WebSocket;

/// A connection as a `Stream` and a `Sink` of messages, from
/// [`WebSocket::into_stream`](WebSocket::into_stream).
///
/// As a stream it ends when the connection is closed; a connection that failed or was lost yields
/// its error before. As a sink it is ready while the queue is below its high mark; what is sent
/// goes out with the next flush, at the latest when the task yields. Closing the sink sends a Close
/// with 1000, after which the stream has what still comes.
///
/// For two tasks use [`WebSocket::split`] and [`Sender::into_sink`], not the `split` of `futures`:
/// that one holds the last message back while it reads on, and where it reads a Close, the answer
/// goes out first.
///
/// # Cancel safety
/// `StreamExt::next` loses no message when it is dropped. `SinkExt::send` is three steps: dropped
/// in the first it has sent nothing, dropped in the last, which flushes, it has sent the message.
/// Where that matters, `WebSocket::send` tells them apart.
#[derive(Debug)]
pub struct MessageStream<T: Transport> {
    receiver: Receiver<T>,
    outlet: Outlet<T>,
}

impl<T: Transport> MessageStream<T> {
    /// The sending half, to do what a sink cannot.
    pub fn sender(&self) -> &Sender<T> {
        self.outlet.sender()
    }

    /// The receiving half, to ask how the connection ended.
    pub fn receiver(&self) -> &Receiver<T> {
        &self.receiver
    }

    /// The connection as it was; nothing that came or was sent is lost.
    pub fn into_inner(self) -> WebSocket<T> {
        let sender = self.outlet.sender().clone();
        WebSocket::from_halves(self.receiver, sender)
    }
}

/// A sending half as a `Sink` of messages, from [`Sender::into_sink`].
///
/// # Cancel safety
/// As for [`MessageStream`].
#[derive(Debug)]
pub struct MessageSink<T: Transport> {
    outlet: Outlet<T>,
}

impl<T: Transport> MessageSink<T> {
    /// The sending half, to do what a sink cannot.
    pub fn sender(&self) -> &Sender<T> {
        self.outlet.sender()
    }
}

impl<T: Transport> WebSocket<T> {
    /// The connection as a `Stream` and a `Sink`.
    pub fn into_stream(self) -> MessageStream<T> {
        let (sender, receiver) = self.split();
        MessageStream {
            receiver,
            outlet: Outlet::new(sender),
        }
    }
}

impl<T: Transport> Sender<T> {
    /// This half as a `Sink`. The receiving half is a `Stream` as it is.
    pub fn into_sink(self) -> MessageSink<T> {
        MessageSink {
            outlet: Outlet::new(self),
        }
    }
}

impl<T: Transport> Stream for Receiver<T> {
    type Item = Result<Message>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_message(cx).map(Result::transpose)
    }
}

impl<T: Transport> Stream for MessageStream<T> {
    type Item = Result<Message>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let receiver = &mut self.get_mut().receiver;
        receiver.poll_message(cx).map(Result::transpose)
    }
}

/// Both sinks are their outlet.
macro_rules! sink_through_outlet {
    ($sink:ident) => {
        impl<T: Transport> Sink<Message> for $sink<T> {
            type Error = Error;

            fn poll_ready(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
                ready!(self.get_mut().outlet.poll_ready(cx));
                Poll::Ready(Ok(()))
            }

            fn start_send(self: Pin<&mut Self>, message: Message) -> Result<()> {
                self.outlet.queue(message)
            }

            fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
                self.get_mut().outlet.poll_flush(cx)
            }

            fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
                self.get_mut().outlet.poll_close(cx)
            }
        }
    };
}

sink_through_outlet!(MessageStream);
sink_through_outlet!(MessageSink);
