//! What a request for a WebSocket is for: the application at its address, and the room that the
//! address names. Owns nothing of who asks.

use crate::auth::Identity;
use crate::routes::{Access, Route};
use crate::visit::{Application, Knock};

/// What is at a WebSocket's address.
#[derive(Debug)]
pub(super) struct Destination<'a> {
    pub(super) route: &'a Route,
    pub(super) access: Access,
    pub(super) application: Application,
    /// The room that the address names.
    pub(super) room: Option<Box<str>>,
}

impl Destination<'_> {
    /// Whether its application lets somebody in who comes with this subprotocol.
    pub(super) fn permits(&self, subprotocol: Option<&str>, identity: Option<&Identity>) -> bool {
        let knock = Knock {
            room: self.room.as_deref(),
            subprotocol,
            identity,
        };
        self.route.gate.is_none_or(|gate| gate(knock))
    }
}
