//! What the server wants of sessions: to subscribe, unsubscribe, close or keep them. Owns how a
//! target is found among a worker's sessions.

use std::sync::Arc;
use std::time::Duration;

use super::Fanout;
use super::outlet::Outlet;
use super::session::State;
use super::subscribe::Wanted;
use crate::code::End;
use crate::id::SessionId;
use crate::message::{Control, Notice, Target};
use crate::name::ChannelName;
use crate::permission::Operation;

impl<F: Clone> Fanout<F> {
    /// Does to the worker's sessions what the server wants of them, and gives how many there are.
    pub fn control<O>(&mut self, now: Duration, control: &Control, outlet: &mut O) -> usize
    where
        O: Outlet<Frame = F> + ?Sized,
    {
        let (Control::Subscribe { target, .. }
        | Control::Unsubscribe { target, .. }
        | Control::Disconnect { target, .. }
        | Control::Refresh { target, .. }) = control;
        let slots = self.targeted(target);
        for slot in &slots {
            self.control_one(now, *slot, control, outlet);
        }
        slots.len()
    }

    /// Ends a subscription that somebody on the server's side does not want any more.
    pub(super) fn expel<O>(&mut self, slot: u32, channel: ChannelName, outlet: &mut O)
    where
        O: Outlet<Frame = F> + ?Sized,
    {
        match self.unsubscribe(slot, &channel) {
            // Each command has its answer, also one that is overtaken.
            Some(State::Joining(Some(request))) => {
                self.refuse(slot, request, channel, Operation::Subscribe, outlet);
            }
            Some(State::Live { .. }) => {
                let end = End::Server;
                self.notify(slot, &Notice::Ended { channel, end }, outlet);
            }
            Some(State::Joining(None)) | None => {}
        }
    }

    fn targeted(&self, target: &Target) -> Vec<u32> {
        let slot = |session: &SessionId| self.ids.get(session).copied();
        match target {
            Target::Session(session) => slot(session).into_iter().collect(),
            Target::User(user) => {
                let range = (user.clone(), SessionId(0))..=(user.clone(), SessionId(u64::MAX));
                let sessions = self.users.range(range);
                sessions.filter_map(|(_, session)| slot(session)).collect()
            }
        }
    }

    fn control_one<O>(&mut self, now: Duration, slot: u32, control: &Control, outlet: &mut O)
    where
        O: Outlet<Frame = F> + ?Sized,
    {
        match control {
            Control::Subscribe {
                channel,
                start,
                info,
                ..
            } => {
                // Who is subscribed already, or to all it can be, stays as it is.
                let wanted = Wanted {
                    start: *start,
                    may_replay: true,
                    info: Arc::clone(info),
                };
                let _ = self.join(slot, None, channel.clone(), wanted);
            }
            Control::Unsubscribe { channel, .. } => {
                self.expel(slot, channel.clone(), outlet);
            }
            Control::Disconnect { close, .. } => self.close(slot, *close, outlet),
            Control::Refresh { expires_in, .. } => {
                if let Some(session) = self.sessions.get_mut(slot) {
                    session.expires_at = expires_in.map(|in_| now.saturating_add(in_));
                }
                self.set_timer(slot);
            }
        }
    }
}
