//! Why nothing can be sent any more: the peer's Close, if there is one, else what the connection
//! failed of, else the network. Owns that all who ask get one answer, which is the one of `recv`,
//! and the look at what the peer said and nobody has read. Never delivers any of it.

use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use bytes::BufMut;
use sockeye_proto::fault::{Fault, Misuse};
use tokio::io::AsyncReadExt;
use tokio::task::coop::unconstrained;

use super::{Core, Shared};
use crate::error::{Error, Result};
use crate::limits::CLOSE_SEARCH_LEN_MAX;
use crate::telemetry;
use crate::transport::Transport;

impl<T: Transport> Shared<T> {
    /// Why the closed connection sends nothing.
    pub(crate) fn closed(&self) -> Error {
        self.lock().closed()
    }
}

impl<T: Transport> Core<T> {
    /// Fails once writing failed.
    #[inline]
    pub(super) fn check_writable(&mut self, shared: &Arc<Shared<T>>) -> Result<()> {
        if self.is_broken() {
            return Err(self.why_broken(shared));
        }
        Ok(())
    }

    /// Whether writing failed.
    #[inline]
    pub(super) fn is_broken(&self) -> bool {
        let rare = self.rare.as_ref();
        rare.is_some_and(|rare| rare.write_error.is_some())
    }

    /// Why writing failed. A peer that says goodbye and hangs up while we write resets TCP, but
    /// what it said is there to be read.
    #[cold]
    #[inline(never)]
    fn why_broken(&mut self, shared: &Arc<Shared<T>>) -> Error {
        if let Some(reason) = self.reason() {
            return reason;
        }
        self.read_ahead(shared);
        let rare = self.rare();
        let kind = rare.write_error.as_ref().map(io::Error::kind);
        let ahead = std::mem::take(&mut rare.leftover);
        let frame = self.connection.foresee_close(&ahead);
        self.rare().leftover = ahead;
        frame.map_or_else(|| Error::lost(kind.map(io::Error::from)), Error::closed)
    }

    /// Keeps what lies in the transport for whoever receives next.
    fn read_ahead(&mut self, shared: &Arc<Shared<T>>) {
        let Some(transport) = &mut self.transport else {
            return;
        };
        let leftover = &mut self.rare.get_or_insert_default().leftover;
        let reading = poll_fn(|cx| {
            loop {
                let room = CLOSE_SEARCH_LEN_MAX.saturating_sub(leftover.len());
                let mut room = (&mut *leftover).limit(room);
                match pin!(transport.read_buf(&mut room)).poll(cx) {
                    Poll::Ready(Ok(len)) if len > 0 => telemetry::read(len),
                    // An end or an error is found again by who receives.
                    _ => return Poll::Ready(()),
                }
            }
        });
        // Also where the runtime wants the task to yield: who fails does not come again.
        let _ = pin!(unconstrained(reading)).poll(&mut Context::from_waker(Waker::noop()));
        // The transport forgot who waits for bytes.
        self.reader.take().into_iter().for_each(Waker::wake);
        if self.is_unread {
            self.call_keeper(shared);
        }
    }

    /// Why a connection that is closing or closed sends nothing.
    #[cold]
    #[inline(never)]
    pub(super) fn closed(&self) -> Error {
        self.reason().unwrap_or_else(|| Misuse::NotOpen.into())
    }

    /// What the peer said at the end, or what the connection failed of.
    fn reason(&self) -> Option<Error> {
        if let Some(frame) = self.connection.peer_close() {
            return Some(Error::closed(frame.clone()));
        }
        self.fault().map(Error::from)
    }

    fn fault(&self) -> Option<Fault> {
        self.rare.as_ref()?.fault
    }

    /// Whether the peer was silent for too long: nobody is to wait for it any more, although what
    /// is queued still goes out if it takes it.
    pub(super) fn is_given_up(&self) -> bool {
        matches!(self.fault(), Some(Fault::Timeout(_)))
    }

    /// The same for a refusal to send, whatever its reason is.
    #[cold]
    #[inline(never)]
    pub(super) fn refused(&self, misuse: Misuse) -> Error {
        match misuse {
            Misuse::NotOpen => self.closed(),
            misuse => misuse.into(),
        }
    }
}
