//! What whoever runs a fan-out does to one session or channel by itself, beside commands and what
//! owners say: ends that are a dialect's doing, news that got lost on their way here. Decides
//! nothing.

use super::Fanout;
use super::outlet::Outlet;
use super::session::{Session, State};
use crate::code::End;
use crate::id::SessionId;
use crate::name::ChannelName;

impl<F: Clone> Fanout<F> {
    /// Ends a session as its dialect wants, once its commands are answered and its transport has
    /// all frames, those of its own last publications too. `true`: the session is gone, and the
    /// transport can be closed. `false`: to be called again after the next flush; commands of the
    /// session are not to be given meanwhile. There is no [`Output::Closed`](crate::Output::Closed)
    /// for it unless it ends for another reason first, such as being slow.
    pub fn finish<O>(&mut self, session: SessionId, outlet: &mut O) -> bool
    where
        O: Outlet<Frame = F> + ?Sized,
    {
        let Some((slot, found)) = self.find(session) else {
            return true;
        };
        if found.pending > 0 {
            return false;
        }
        self.mute(slot, outlet);
        let Some((_, found)) = self.find(session) else {
            return true;
        };
        found.drain(outlet);
        if !found.queue.is_empty() {
            return false;
        }
        self.remove(session);
        true
    }

    /// Tells a session the last of its channels, and ends its subscriptions without a word: what
    /// others say from then on does not keep it.
    fn mute<O>(&mut self, slot: u32, outlet: &mut O)
    where
        O: Outlet<Frame = F> + ?Sized,
    {
        let Some(session) = self.sessions.get(slot) else {
            return;
        };
        let live = session.subscriptions.iter().filter_map(|known| {
            let State::Live { channel, .. } = known.state else {
                return None;
            };
            Some(channel)
        });
        let live: Vec<u32> = live.collect();
        for channel in live {
            self.tell(channel, outlet);
        }
        let Some(session) = self.sessions.get_mut(slot) else {
            return;
        };
        for subscription in std::mem::take(&mut session.subscriptions) {
            self.leave(subscription);
        }
    }

    /// Whether nothing is under way for a session: each command has its answer, and its transport
    /// has all frames. One that does not exist has nothing.
    pub fn is_settled(&self, session: SessionId) -> bool {
        let found = self.found(session);
        found.is_none_or(|session| session.pending == 0 && session.queue.is_empty())
    }

    /// Whether each command of a session has its answer, also if its transport has not all frames.
    pub fn is_answered(&self, session: SessionId) -> bool {
        let found = self.found(session);
        found.is_none_or(|session| session.pending == 0)
    }

    fn found(&self, session: SessionId) -> Option<&Session<F>> {
        self.sessions.get(*self.ids.get(&session)?)
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
