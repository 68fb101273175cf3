//! What the server wants of sessions: to subscribe, unsubscribe, close or keep them. Owns how a
//! target is found among a worker's sessions.

use std::time::Duration;

use super::Fanout;
use super::outlet::Outlet;
use super::session::State;
use crate::code::{End, Refusal};
use crate::id::SessionId;
use crate::message::{Control, Notice, Target};

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
            Control::Subscribe { channel, start, .. } => {
                // Who is subscribed already, or to all it can be, stays as it is.
                let _ = self.join(slot, None, channel.clone(), *start, "".into());
            }
            Control::Unsubscribe { channel, .. } => {
                let (channel, end) = (channel.clone(), End::Server);
                match self.unsubscribe(slot, &channel) {
                    // Each command has its answer, also one that is overtaken.
                    Some(State::Joining(Some(request))) => {
                        self.refuse(slot, request, channel, Refusal::Denied, outlet);
                    }
                    Some(State::Live { .. }) => {
                        self.notify(slot, &Notice::Ended { channel, end }, outlet);
                    }
                    Some(State::Joining(None)) | None => {}
                }
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
