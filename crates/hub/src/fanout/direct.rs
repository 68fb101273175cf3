//! What whoever runs a fan-out does to one session or channel by itself, beside commands and what
//! owners say: frames that are a dialect's own, ends that are its doing, news that got lost on
//! their way here. Decides nothing.

use super::Fanout;
use super::outlet::{Encoded, Outlet};
use super::queue::Charge;
use crate::code::End;
use crate::id::SessionId;
use crate::limits::FRAME_OVERHEAD;
use crate::name::ChannelName;

impl<F: Clone> Fanout<F> {
    /// Gives a session a frame of its dialect's own, behind what waits for it, and held against the
    /// same bound: a session that cannot take it is closed with
    /// [`Close::Slow`](crate::Close::Slow). `false`: there is no such session.
    pub fn give<O>(&mut self, session: SessionId, frame: Encoded<F>, outlet: &mut O) -> bool
    where
        O: Outlet<Frame = F> + ?Sized,
    {
        let bytes_max = self.options.queue_bytes_max;
        let Some((slot, session)) = self.find(session) else {
            return false;
        };
        if !session
            .queue
            .has_room(frame.len + FRAME_OVERHEAD, bytes_max)
        {
            session.drain(outlet);
        }
        match session.queue.push(frame, Charge::Queued, bytes_max) {
            Ok(()) => self.make_ready(slot),
            Err(_) => self.close_slow(slot),
        }
        true
    }

    /// Ends a session as its dialect wants: first what waits for it goes to its transport, as far
    /// as there is room. Whoever calls this closes the transport behind that; there is no
    /// [`Output::Closed`](crate::Output::Closed) for it.
    pub fn finish<O>(&mut self, session: SessionId, outlet: &mut O)
    where
        O: Outlet<Frame = F> + ?Sized,
    {
        if let Some((_, found)) = self.find(session) {
            found.drain(outlet);
        }
        self.remove(session);
    }

    /// Whether nothing is under way for a session: each command has its answer, and its transport
    /// has all frames. One that does not exist has nothing.
    pub fn is_settled(&self, session: SessionId) -> bool {
        let slot = self.ids.get(&session);
        let session = slot.and_then(|slot| self.sessions.get(*slot));
        session.is_none_or(|session| session.pending == 0 && session.queue.is_empty())
    }

    /// Ends the subscriptions of a channel whose news got lost between its owner and here, with
    /// [`End::Gap`], and tells the owner. Subscribers get what came before.
    pub fn lose<O>(&mut self, channel: &ChannelName, outlet: &mut O)
    where
        O: Outlet<Frame = F> + ?Sized,
    {
        if let Some(index) = self.names.get(channel).copied() {
            self.end_channel(index, End::Gap, true, outlet);
        }
    }
}
