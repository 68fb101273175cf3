//! A session as its connection holds it: what the client says goes in here. Owns that the session
//! ends with its connection, however that ends.

use std::sync::Arc;

use sockeye::{Message, Sender};
use sockeye_dialect::Session;
use sockeye_dialect::chat::{Options, Protocol, Seat};
use sockeye_hub::{Cause, ChannelName, Hello, Permissions, SessionId, UserId};
use tokio::time::timeout;

use super::core::Core;
use super::{End, Node};
use crate::limits::PARTING_TIMEOUT;

/// Somebody who begins to talk.
#[derive(Debug)]
pub(crate) struct Newcomer {
    pub(crate) sender: Sender,
    pub(crate) protocol: Protocol,
    pub(crate) room: ChannelName,
    /// Whose session it is; `None`: nobody's in particular.
    pub(crate) user: Option<UserId>,
    /// The name that the server knows them by.
    pub(crate) name: Option<Box<str>>,
    pub(crate) permissions: Permissions,
    /// When their credentials run out, in seconds since 1970.
    pub(crate) expires_at: Option<u64>,
}

/// A session of this thread's node. Dropping it ends the session.
#[derive(Debug)]
pub(crate) struct Talk {
    node: Arc<Node>,
    session: SessionId,
}

impl Node {
    /// Begins a session.
    ///
    /// # Errors
    /// With what to close the connection, as there is no room for it.
    pub(crate) fn begin(self: &Arc<Self>, newcomer: Newcomer) -> Result<Talk, Cause> {
        let (protocol, room) = (newcomer.protocol, newcomer.room.clone());
        let name = newcomer.name.clone();
        self.begin_with(newcomer, |session, options| {
            let seat = Seat {
                name,
                ..Seat::new(session, room)
            };
            protocol.session(options, seat)
        })
    }

    /// Begins a session of any dialect.
    ///
    /// # Errors
    /// As for [`begin`](Self::begin).
    pub(crate) fn begin_with(
        self: &Arc<Self>,
        newcomer: Newcomer,
        dialect: impl FnOnce(SessionId, &Options) -> Box<dyn Session>,
    ) -> Result<Talk, Cause> {
        let session = self.new_session();
        let dialect = dialect(session, &self.hub.chats.dialects);
        let expires_at = newcomer
            .expires_at
            .map(|at| self.clock.at_wall(at.saturating_add(self.hub.leeway_s)));
        let mut core = self.core();
        let transport = core.lines.insert(session, newcomer.sender, dialect);
        let opened = core.open(Hello {
            session,
            user: newcomer.user,
            permissions: newcomer.permissions,
            variant: newcomer.protocol.variant(),
            transport,
            expires_at,
        });
        if let Err(cause) = opened {
            core.remove(session);
            return Err(cause);
        }
        drop(core);
        self.fed.notify_one();
        let node = Arc::clone(self);
        Ok(Talk { node, session })
    }
}

impl Talk {
    /// Takes what the client said, and carries it out.
    pub(crate) fn hear(&self, message: &Message) {
        self.node
            .hear(self.session, |dialect, now, acts| match message {
                Message::Text(text) => dialect.text(now, text, acts),
                Message::Binary(bytes) => dialect.binary(now, bytes, acts),
            });
    }

    /// Waits until everything that the client said has come to its end, and the client's own part
    /// of it is on its way: each command is answered, and no frame waits.
    ///
    /// # Cancel safety
    /// Safe: it only waits.
    pub(crate) async fn settle(&self) {
        self.until(Core::is_settled).await;
    }

    async fn until(&self, is_so: impl Fn(&Core, SessionId) -> bool) {
        loop {
            let round = self.node.rounds.notified();
            if is_so(&self.node.core(), self.session) {
                return;
            }
            round.await;
        }
    }

    /// Ends the session: why it was closed from here, if it was.
    pub(crate) fn end(self) -> Option<End> {
        self.leave()
    }

    /// The same for one whose client is gone. What it said before counts, also where another thread
    /// has to be asked first; what is not carried out within [`PARTING_TIMEOUT`] is given up.
    ///
    /// # Cancel safety
    /// What the client said may not be carried out then.
    pub(crate) async fn end_behind_all(self) -> Option<End> {
        let _ = timeout(PARTING_TIMEOUT, self.until(Core::is_carried_out)).await;
        self.leave()
    }

    fn leave(&self) -> Option<End> {
        let end = self.node.core().remove(self.session);
        self.node.fed.notify_one();
        end
    }
}

impl Drop for Talk {
    fn drop(&mut self) {
        self.leave();
    }
}
