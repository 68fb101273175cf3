//! How sessions begin, wait for a transport to come back, and end. Owns their numbers and timers;
//! what they are subscribed to ends with them.

use std::time::Duration;

use super::Fanout;
use super::outlet::{Encoded, Hello, Outlet, Output};
use super::queue::{Charge, Queue};
use super::session::{Session, State};
use crate::bucket::Bucket;
use crate::code::Close;
use crate::id::SessionId;
use crate::permission::Permissions;
use crate::refused::{Cause, Limit};

impl<F: Clone> Fanout<F> {
    /// Begins a session.
    ///
    /// # Errors
    /// With what to close the transport: there are as many sessions as there may be, or one has the
    /// number.
    pub fn open(&mut self, hello: Hello) -> Result<(), Cause> {
        let sessions_max = self.options.sessions_max;
        if self.sessions.len() >= sessions_max {
            return Err(Cause {
                close: Close::SessionLimit,
                bound: Some(Limit::Sessions.at(sessions_max)),
            });
        }
        if self.ids.contains_key(&hello.session) {
            return Err(Close::ServerError.into());
        }
        let slot = self.sessions.insert(Session {
            id: hello.session,
            variant: hello.variant,
            transport: Some(hello.transport),
            is_blocked: false,
            is_ready: false,
            queue: Queue::new(),
            user: hello.user.clone(),
            permissions: hello.permissions,
            subscriptions: Vec::new(),
            commands: Bucket::default(),
            publishes: Bucket::default(),
            refusals: 0,
            pending: 0,
            expires_at: hello.expires_at,
            kept_until: None,
            timer: None,
        });
        self.ids.insert(hello.session, slot);
        self.users
            .extend(hello.user.map(|user| (user, hello.session)));
        self.set_timer(slot);
        Ok(())
    }

    /// Sends a session a frame that is not the hub's, such as a dialect's answer to what is no
    /// command, behind all that waits for it. It counts as those do.
    pub fn send<O>(&mut self, session: SessionId, frame: Encoded<F>, outlet: &mut O)
    where
        O: Outlet<Frame = F> + ?Sized,
    {
        if let Some((slot, _)) = self.find(session) {
            self.enqueue(slot, vec![frame], Charge::Queued, outlet);
        }
    }

    /// The transport is gone. The session keeps its subscriptions and what waits for it, as far as
    /// its queue goes, until the transport comes back or its time is over.
    pub fn suspend(&mut self, now: Duration, session: SessionId) {
        let kept_until = now.saturating_add(self.options.keep);
        let Some((slot, session)) = self.find(session) else {
            return;
        };
        session.transport = None;
        session.kept_until = Some(kept_until);
        self.set_timer(slot);
    }

    /// A transport takes the place of the one that is gone, or of one that is not any more used.
    /// What waited goes out at the next flush. `false`: there is no such session.
    pub fn resume(&mut self, session: SessionId, transport: u64) -> bool {
        let Some((slot, session)) = self.find(session) else {
            return false;
        };
        session.transport = Some(transport);
        session.is_blocked = false;
        session.kept_until = None;
        self.set_timer(slot);
        self.make_ready(slot);
        true
    }

    /// The transport has room again.
    pub fn writable(&mut self, session: SessionId) {
        let Some((slot, session)) = self.find(session) else {
            return;
        };
        session.is_blocked = false;
        self.make_ready(slot);
    }

    /// New credentials take the place of the old ones. Subscriptions that they deny end; those that
    /// they say to ask about go on, and are told of members where they allow that. What was asked
    /// for before is answered by the old ones. `false`: there is no such session.
    pub fn refresh<O>(
        &mut self,
        session: SessionId,
        permissions: Permissions,
        expires_at: Option<Duration>,
        outlet: &mut O,
    ) -> bool
    where
        O: Outlet<Frame = F> + ?Sized,
    {
        let Some((slot, session)) = self.find(session) else {
            return false;
        };
        session.permissions = permissions;
        session.expires_at = expires_at;
        let denied = session.denied();
        self.set_timer(slot);
        for channel in denied {
            self.expel(slot, channel, outlet);
        }
        self.look_again(slot);
        true
    }

    /// Ends a session that the client left, or whose transport was closed for another reason. There
    /// is no [`Output::Closed`] for it.
    pub fn remove(&mut self, session: SessionId) {
        if let Some((slot, _)) = self.find(session) {
            self.dissolve(slot);
        }
    }

    // Inside

    /// What a session is told of members from now on is what its permissions say now.
    fn look_again(&mut self, slot: u32) {
        let Some(session) = self.sessions.get(slot) else {
            return;
        };
        for known in &session.subscriptions {
            let State::Live { channel, row } = known.state else {
                continue;
            };
            let rows = self.channels.get_mut(channel).map(|live| &mut live.rows);
            if let Some(row) = rows.and_then(|rows| rows.get_mut(row as usize)) {
                row.sees_members = session.sees_members(&known.channel);
            }
        }
    }

    pub(super) fn set_timer(&mut self, slot: u32) {
        let Some(session) = self.sessions.get_mut(slot) else {
            return;
        };
        let at = [session.expires_at, session.kept_until]
            .into_iter()
            .flatten()
            .min();
        if let Some(before) = std::mem::replace(&mut session.timer, at) {
            self.timers.remove(&(before, slot));
        }
        self.timers.extend(at.map(|at| (at, slot)));
    }

    /// Ends a session that can still be told what waits for it.
    pub(super) fn close<O>(&mut self, slot: u32, cause: impl Into<Cause>, outlet: &mut O)
    where
        O: Outlet<Frame = F> + ?Sized,
    {
        if let Some(session) = self.sessions.get_mut(slot) {
            session.drain(outlet);
        }
        self.close_at_once(slot, cause.into());
    }

    pub(super) fn close_slow(&mut self, slot: u32) {
        let cause = Cause {
            close: Close::Slow,
            bound: Some(Limit::QueueBytes.at(self.options.queue_bytes_max)),
        };
        self.close_at_once(slot, cause);
    }

    fn close_at_once(&mut self, slot: u32, cause: Cause) {
        if let Some(session) = self.dissolve(slot) {
            self.output.push_back(Output::Closed {
                session: session.id,
                transport: session.transport,
                cause,
            });
        }
    }

    /// Takes a session out, with all that it has.
    fn dissolve(&mut self, slot: u32) -> Option<Session<F>> {
        let mut session = self.sessions.remove(slot)?;
        self.ids.remove(&session.id);
        if let Some(user) = session.user.take() {
            self.users.remove(&(user, session.id));
        }
        if let Some(at) = session.timer {
            self.timers.remove(&(at, slot));
        }
        for subscription in std::mem::take(&mut session.subscriptions) {
            self.leave(subscription);
        }
        Some(session)
    }
}
