//! Sending without waiting: a message is queued now or not at all. Owns the answer to "is there
//! room now". Never leaves a waker behind.

use std::sync::Arc;

use sockeye_proto::connection::PreparedMessage;
use sockeye_proto::message::Message;

use super::write::Cork;
use super::{Core, Shared};
use crate::error::Error;
use crate::transport::Transport;
use crate::workbench::Workbench;

/// Why a message was not queued.
#[derive(Debug)]
pub(crate) enum Refused {
    /// The queue is at its high mark or above, or inside another message.
    Full,
    /// Nothing is sent any more.
    Closed(Error),
}

impl<T: Transport> Shared<T> {
    /// Queues `message` if there is room; otherwise gives it back.
    pub(crate) fn try_send(self: &Arc<Self>, message: Message) -> Result<(), (Message, Refused)> {
        Workbench::with(|bench| {
            let mut core = self.lock();
            if let Err(refused) = core.admit(self, bench) {
                return Err((message, refused));
            }
            core.queue(&message, bench)
                .expect("who is admitted may send, under the same lock");
            core.release(self, bench, Cork::Auto);
            Ok(())
        })
    }

    /// Queues `message` whatever the marks say, as the caller waited for room, and leaves it in the
    /// queue until the next flush or until the task yields.
    #[cfg(any(feature = "io", feature = "stream"))]
    pub(crate) fn queue_held(self: &Arc<Self>, message: Message) -> crate::error::Result<()> {
        Workbench::with(|bench| {
            let mut core = self.lock();
            core.check_writable(self)?;
            if core.is_in_message() {
                return core.queue_behind(message.kind(), message.into_payload());
            }
            let queued = core.queue(&message, bench);
            core.release(self, bench, Cork::Hold);
            queued
        })
    }

    /// Queues `prepared` if there is room; writes by the rules of `cork`.
    pub(crate) fn try_send_prepared(
        self: &Arc<Self>,
        prepared: &PreparedMessage,
        cork: Cork,
    ) -> Result<(), Refused> {
        Workbench::with(|bench| {
            let mut core = self.lock();
            core.admit(self, bench)?;
            let queued = core.queue_prepared(prepared, bench);
            core.release(self, bench, cork);
            queued.map_err(Refused::Closed)
        })
    }
}

impl<T: Transport> Core<T> {
    /// Whether a message may be queued now. A queue at its high mark is written first: the kernel
    /// may have room that nobody looked for.
    fn admit(&mut self, shared: &Arc<Shared<T>>, bench: &mut Workbench) -> Result<(), Refused> {
        if self.is_full() {
            self.flush_unhindered(shared, bench);
        }
        if !self.connection.may_send() {
            return Err(Refused::Closed(self.closed()));
        }
        self.check_writable(shared).map_err(Refused::Closed)?;
        if self.is_full() {
            return Err(Refused::Full);
        }
        Ok(())
    }
}
