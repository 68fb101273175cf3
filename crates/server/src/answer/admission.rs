//! Who may come in: who sent a request, what that one may, and whether there is room. Owns the
//! order of these questions, one for those who come in and those who only ask whether they could:
//! what costs most is asked last.

use std::net::IpAddr;
use std::time::SystemTime;

use hyper::{Request, Response};

use super::Desk;
use super::destination::Destination;
use crate::auth::{Denied, Identity};
use crate::excess::Excess;
use crate::guests::Stay;
use crate::members::Attendance;
use crate::proxy;
use crate::response::{Body, deny, refuse_newcomer, turn_away};
use crate::routes::Access;
use crate::stats::Count;
use crate::visit::Caller;

/// What counts a WebSocket until it ends.
#[derive(Debug, Default)]
pub(crate) struct Places {
    /// Of the client's address, where a proxy brings it: the connection itself is the proxy's.
    #[expect(dead_code, reason = "its end counts")]
    stay: Option<Stay>,
    /// Of the user.
    #[expect(dead_code, reason = "its end counts")]
    attendance: Option<Attendance>,
}

/// What whoever is judged came for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Errand {
    /// A WebSocket: what is judged is counted, and places are taken.
    Enter,
    /// To ask what would become of one: no place is taken and nothing counted but a token that is
    /// refused, or many could be tried unseen.
    Ask,
}

/// Whoever may come in.
#[derive(Debug)]
pub(super) struct Admitted {
    address: Option<IpAddr>,
    identity: Option<Identity>,
    places: Places,
}

impl Desk<'_> {
    /// Judges somebody: all steps in their order, whatever the errand is.
    pub(super) fn admit<B>(
        self,
        errand: Errand,
        destination: &Destination<'_>,
        subprotocol: Option<&str>,
        request: &Request<B>,
    ) -> Result<Admitted, Box<Response<Body>>> {
        if !self.post.life.is_serving() {
            return Err(Box::new(refuse_newcomer()));
        }
        let turn_away = |excess| Box::new(self.turn_away(errand, excess));
        let address = self.client(request);
        // Before its token is looked at, as that costs more than anything else here.
        let stay = self.receive(errand, address).map_err(turn_away)?;
        let identity = self
            .permit(destination, subprotocol, request)
            .map_err(|denied| Box::new(self.deny(destination.route.path, address, denied)))?;
        let attendance = self.seat(errand, identity.as_ref()).map_err(turn_away)?;
        Ok(Admitted {
            address,
            identity,
            places: Places { stay, attendance },
        })
    }

    /// The bounds on an address. Its connection counts here only where a proxy brings it.
    fn receive(self, errand: Errand, address: Option<IpAddr>) -> Result<Option<Stay>, Excess> {
        let guests = &self.site.guests;
        let is_counted_here = proxy::is_trusted(self.peer, &self.site.proxy);
        match errand {
            Errand::Enter => guests.shake_hands(address)?,
            Errand::Ask => guests.could_shake_hands(address)?,
        }
        match errand {
            _ if !is_counted_here => Ok(None),
            Errand::Enter => guests.enter(address).map(Some),
            Errand::Ask => guests.could_enter(address).map(|()| None),
        }
    }

    /// The bound on a user.
    fn seat(
        self,
        errand: Errand,
        identity: Option<&Identity>,
    ) -> Result<Option<Attendance>, Excess> {
        let Some(identity) = identity else {
            return Ok(None);
        };
        match errand {
            Errand::Enter => self.site.members.enter(&identity.user).map(Some),
            Errand::Ask => {
                let could = self.site.members.could_enter(&identity.user);
                could.map(|()| None)
            }
        }
    }

    fn turn_away(self, errand: Errand, excess: Excess) -> Response<Body> {
        if errand == Errand::Enter {
            self.post.counters.count(Count::of_excess(excess));
        }
        turn_away(excess)
    }

    /// Who is at the other end from now on.
    pub(super) fn caller<B>(
        self,
        access: Access,
        admitted: Admitted,
        request: &Request<B>,
    ) -> (Caller, Places) {
        let Admitted {
            address,
            identity,
            places,
        } = admitted;
        let caller = Caller {
            address,
            expires_at: self.expires_at(access, identity.as_ref(), request),
            identity,
        };
        (caller, places)
    }

    /// Who asks, if that is permitted to whoever it is.
    fn permit<B>(
        self,
        destination: &Destination<'_>,
        subprotocol: Option<&str>,
        request: &Request<B>,
    ) -> Result<Option<Identity>, Denied> {
        let identity = match destination.access {
            Access::Anyone | Access::Viewers => None,
            Access::Members => self.identify(request)?,
        };
        let is_permitted = destination.permits(subprotocol, identity.as_ref());
        is_permitted.then_some(identity).ok_or(Denied::Forbidden)
    }

    /// When the token ends that is good. Where anyone may come, one that is not is none: whoever
    /// shows it could have come without.
    fn expires_at<B>(
        self,
        access: Access,
        identity: Option<&Identity>,
        request: &Request<B>,
    ) -> Option<u64> {
        let known = identity.map(|identity| identity.expires_at);
        known.or_else(|| {
            let is_anyone = access == Access::Anyone;
            let shown = is_anyone.then(|| self.identify(request).ok().flatten())??;
            Some(shown.expires_at)
        })
    }

    pub(super) fn identify<B>(self, request: &Request<B>) -> Result<Option<Identity>, Denied> {
        match &self.site.auth {
            Some(auth) => auth.identify(request.headers(), SystemTime::now()),
            None => Ok(None),
        }
    }

    pub(super) fn deny(
        self,
        path: &'static str,
        address: Option<IpAddr>,
        denied: Denied,
    ) -> Response<Body> {
        self.post.counters.count(Count::Denied);
        let address = address.map(tracing::field::display);
        tracing::info!(path, address, reason = %denied, "denied");
        deny(denied.status(), &denied.challenge(), &denied.to_string())
    }
}
