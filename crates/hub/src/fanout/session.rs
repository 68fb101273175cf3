//! What a worker knows of one session. Owns its bounds on haste and on what is under way; the
//! fan-out moves its subscriptions.

use std::time::Duration;

use super::outlet::Outlet;
use super::queue::Queue;
use crate::bucket::Bucket;
use crate::id::{RequestId, SessionId, Ticket, Variant};
use crate::name::{ChannelName, UserId};
use crate::permission::{Grant, Operation, Permissions};

/// How far a subscription is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum State {
    /// The owner was asked, for this command; without one by the server.
    Joining(Option<RequestId>),
    /// It gets news, as a row of the channel with this number.
    Live { channel: u32, row: u32 },
}

/// One subscription of a session.
#[derive(Debug)]
pub(super) struct Subscription {
    pub(super) ticket: Ticket,
    pub(super) channel: ChannelName,
    pub(super) state: State,
}

/// One session.
#[derive(Debug)]
pub(super) struct Session<F> {
    pub(super) id: SessionId,
    pub(super) variant: Variant,
    /// Without one the session waits for its client to come back.
    pub(super) transport: Option<u64>,
    /// The transport was full, and did not say yet that it has room.
    pub(super) is_blocked: bool,
    /// It is on the list of those whose queue is to be offered.
    pub(super) is_ready: bool,
    pub(super) queue: Queue<F>,
    pub(super) user: Option<UserId>,
    pub(super) permissions: Permissions,
    pub(super) subscriptions: Vec<Subscription>,
    pub(super) commands: Bucket,
    pub(super) publishes: Bucket,
    /// Refusals for haste since the last command that was taken.
    pub(super) refusals: u32,
    /// Commands that wait for an answer.
    pub(super) pending: usize,
    pub(super) expires_at: Option<Duration>,
    pub(super) kept_until: Option<Duration>,
    /// The timer that is set. Invariant: the earlier of the two above.
    pub(super) timer: Option<Duration>,
}

impl<F> Session<F> {
    /// The transport, if it takes frames right now without anything before them.
    #[inline]
    pub(super) fn free_transport<O>(&mut self, outlet: &mut O) -> Option<u64>
    where
        O: Outlet<Frame = F> + ?Sized,
    {
        if self.is_blocked {
            return None;
        }
        if !self.queue.is_empty() {
            self.drain(outlet);
        }
        self.transport.filter(|_| !self.is_blocked)
    }

    pub(super) fn subscription(&mut self, channel: &ChannelName) -> Option<&mut Subscription> {
        self.subscriptions
            .iter_mut()
            .find(|known| known.channel == *channel)
    }

    /// The channels that it is subscribed to, or about to be, and may not.
    pub(super) fn denied(&self) -> Vec<ChannelName> {
        let is_denied = |channel: &&ChannelName| {
            self.permissions.judge(Operation::Subscribe, channel) == Grant::Deny
        };
        let channels = self.subscriptions.iter().map(|known| &known.channel);
        channels.filter(is_denied).cloned().collect()
    }

    /// Whether it may see who comes and goes in a channel.
    pub(super) fn sees_members(&self, channel: &ChannelName) -> bool {
        self.permissions.allow(Operation::Presence, channel)
    }

    /// Takes a subscription out.
    pub(super) fn take(&mut self, ticket: Ticket) -> Option<Subscription> {
        let index = self
            .subscriptions
            .iter()
            .position(|known| known.ticket == ticket)?;
        Some(self.subscriptions.swap_remove(index))
    }

    /// Offers what waits to the transport, if it may have room.
    pub(super) fn drain<O: Outlet<Frame = F> + ?Sized>(&mut self, outlet: &mut O) {
        let Some(transport) = self.transport.filter(|_| !self.is_blocked) else {
            return;
        };
        let id = self.id;
        self.is_blocked = !self
            .queue
            .drain(|frames| outlet.send(transport, id, frames));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fanout::channel::Row;

    /// If this fails, a session that idles or a subscriber in a large room costs more than it did.
    #[test]
    fn sizes_are_what_they_were() {
        assert_eq!(size_of::<Row>(), 16);
        assert_eq!(size_of::<Subscription>(), 40);
        assert_eq!(size_of::<Session<Box<u8>>>(), 280);
    }
}
