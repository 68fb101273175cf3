//! What whoever runs a fan-out does to one session or channel by itself, beside commands and what
//! owners say: ends that are a dialect's doing, news that got lost on their way here. Decides
//! nothing.

use super::Fanout;
use super::outlet::Outlet;
use crate::code::End;
use crate::id::SessionId;
use crate::name::ChannelName;

impl<F: Clone> Fanout<F> {
    /// Ends a session as its dialect wants: first what waits for it goes to its transport, as far
    /// as there is room; the rest is dropped, as a session that is to end may not stay for as long
    /// as its client does not read. Whoever calls this closes the transport behind that; there is
    /// no [`Output::Closed`](crate::Output::Closed) for it.
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
