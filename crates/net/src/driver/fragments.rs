//! Sending a message in fragments: its turn, its next fragment, its end. Owns the rule that nothing
//! but control frames goes out between two fragments; never holds payload but of what came between.

use std::sync::Arc;
use std::task::{Context, Poll, ready};

use sockeye_proto::connection::{Fragment, Outgoing};
use sockeye_proto::message::MessageKind;
use sockeye_proto::payload::Payload;

use super::write::Cork;
use super::{Core, Place, Shared};
use crate::error::Result;
use crate::transport::Transport;
use crate::workbench::Workbench;

impl<T: Transport> Shared<T> {
    /// Begins a message in fragments once no other is on its way.
    pub(crate) fn poll_begin_message(
        self: &Arc<Self>,
        cx: &Context<'_>,
        kind: MessageKind,
        place: &mut Place<'_, T>,
    ) -> Poll<Result<Outgoing>> {
        Workbench::with(|bench| {
            let mut core = self.lock();
            ready!(core.poll_turn(self, cx, bench, place));
            core.check_writable(self)?;
            let begun = core.connection.begin_message(kind);
            let outgoing = begun.map_err(|misuse| core.refused(misuse))?;
            core.rare().is_in_message = true;
            Poll::Ready(Ok(outgoing))
        })
    }

    /// Queues the next fragment of `outgoing` as a whole once there is room. Behind the last one
    /// other messages may go out.
    pub(crate) fn poll_fragment(
        self: &Arc<Self>,
        cx: &Context<'_>,
        outgoing: &mut Outgoing,
        fragment: Fragment<'_>,
        place: &mut Place<'_, T>,
    ) -> Poll<Result<()>> {
        Workbench::with(|bench| {
            let mut core = self.lock();
            ready!(core.poll_frame_turn(self, cx, bench, place));
            core.check_writable(self)?;
            core.queue_fragment(outgoing, fragment, bench)?;
            if fragment.is_last {
                core.end_message(bench);
            }
            core.release(self, bench, Cork::Auto);
            Poll::Ready(Ok(()))
        })
    }

    /// Gives `outgoing` up. Answers whether nothing of it was sent, so that nobody will notice.
    pub(crate) fn withdraw_message(self: &Arc<Self>, outgoing: &Outgoing) -> bool {
        Workbench::with(|bench| {
            let mut core = self.lock();
            let is_unsent = core.connection.withdraw_message(outgoing);
            if is_unsent {
                core.end_message(bench);
                core.release(self, bench, Cork::Auto);
            }
            is_unsent
        })
    }
}

impl<T: Transport> Core<T> {
    fn queue_fragment(
        &mut self,
        outgoing: &mut Outgoing,
        fragment: Fragment<'_>,
        bench: &mut Workbench,
    ) -> Result<()> {
        let queued = self.encode(bench, |connection, keys, codecs, tail| {
            connection.send_fragment(outgoing, fragment, keys, codecs, tail)
        });
        queued.map_err(|misuse| self.refused(misuse))
    }

    /// No message is in fragments any more: those that came meanwhile are next, then who waits.
    fn end_message(&mut self, bench: &mut Workbench) {
        let rare = self.rare();
        rare.is_in_message = false;
        for (kind, payload) in std::mem::take(&mut rare.behind) {
            // Closing by now, it sends nothing any more; who asks learns so.
            let _ = self.queue_copy(kind, &payload, bench);
        }
        self.wake_writers();
        self.rare.take_if(|rare| rare.is_unused());
    }

    /// Keeps a message whose caller was told that there is room, and had no way to know better.
    pub(super) fn queue_behind(&mut self, kind: MessageKind, payload: Payload) -> Result<()> {
        if !self.connection.may_send() {
            return Err(self.closed());
        }
        self.rare().behind.push((kind, payload));
        Ok(())
    }
}
