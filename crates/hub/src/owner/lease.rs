//! How the users of this node become members of a channel and stop being so, by leases. Owns the
//! timers of that; who is there is counted in `present`.

use std::time::Duration;

use super::present::Arrival;
use super::{Owner, Pending, Timer};
use crate::members::{Lease, Member};
use crate::message::Effect;
use crate::name::{ChannelName, UserId};

impl Owner {
    pub(super) fn arrive(&mut self, now: Duration, channel: &ChannelName, member: Member) {
        let Some(state) = self.channels.get_mut(channel) else {
            return;
        };
        if state.present.renewal.is_none() {
            let at = now.saturating_add(self.options.renewal);
            state.present.renewal = Some(at);
            self.timers.insert((at, Timer::Renewal(channel.clone())));
        }
        match state.present.arrive(member.clone()) {
            Arrival::First => {
                self.effect(
                    channel,
                    Effect::Lease(Lease::Hold(member)),
                    Pending::Nothing,
                );
            }
            Arrival::InGrace(until) => {
                let grace = Timer::Grace(channel.clone(), member.user);
                self.timers.remove(&(until, grace));
            }
            Arrival::Further => {}
        }
    }

    pub(super) fn depart(&mut self, now: Duration, channel: &ChannelName, user: UserId) {
        let until = now.saturating_add(self.options.grace);
        let Some(state) = self.channels.get_mut(channel) else {
            return;
        };
        if state.present.depart(&user, until) {
            let grace = Timer::Grace(channel.clone(), user);
            self.timers.insert((until, grace));
        }
    }

    pub(super) fn grace_ends(&mut self, channel: &ChannelName, user: &UserId) {
        let Some(state) = self.channels.get_mut(channel) else {
            return;
        };
        if state.present.is_gone(user) {
            self.forget(channel, user, None);
        }
        self.leave_if_empty(channel);
    }

    pub(super) fn renew(&mut self, now: Duration, channel: &ChannelName) {
        let Some(state) = self.channels.get_mut(channel) else {
            return;
        };
        let at = now.saturating_add(self.options.renewal);
        state.present.renewal = Some(at);
        let renewal = Lease::Renew(state.present.list());
        self.timers.insert((at, Timer::Renewal(channel.clone())));
        self.effect(channel, Effect::Lease(renewal), Pending::Nothing);
    }
}
