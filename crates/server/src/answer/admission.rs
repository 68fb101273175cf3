//! Who may come in: who sent a request, what that one may, and whether there is room. Owns the
//! order of these questions: what costs most is asked last.

use std::net::IpAddr;
use std::time::SystemTime;

use hyper::{Request, Response};

use super::Desk;
use crate::auth::{Denied, Identity};
use crate::guests::Stay;
use crate::members::Attendance;
use crate::proxy;
use crate::response::{Body, Excess, deny, refuse_newcomer, turn_away};
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

impl Desk<'_> {
    /// Who wants a WebSocket, if that is permitted and there is room for whoever it is.
    pub(super) fn admit<B>(
        self,
        path: &'static str,
        access: Access,
        request: &Request<B>,
        is_permitted: impl FnOnce(Option<&Identity>) -> bool,
    ) -> Result<(Caller, Places), Box<Response<Body>>> {
        if !self.post.life.is_serving() {
            return Err(Box::new(refuse_newcomer()));
        }
        let address = self.client(request);
        let mut stay = None;
        if let Some(address) = address {
            let guests = &self.site.guests;
            // Before its token is looked at, as that costs more than anything else here.
            if !guests.may_shake_hands(address) {
                self.post.counters.count(Count::TurnedAwayHandshakes);
                return Err(Box::new(turn_away(Excess::Handshakes(guests.rate_max()))));
            }
            if proxy::is_trusted(self.peer, &self.site.proxy) {
                stay = guests.enter(address);
                if stay.is_none() {
                    self.post.counters.count(Count::TurnedAwayConnections);
                    return Err(Box::new(turn_away(Excess::Address(
                        guests.connections_max(),
                    ))));
                }
            }
        }
        let identity = self
            .permit(access, request, is_permitted)
            .map_err(|denied| Box::new(self.deny(path, address, denied)))?;
        let mut attendance = None;
        if let Some(identity) = &identity {
            attendance = self.site.members.enter(&identity.user);
            if attendance.is_none() {
                self.post.counters.count(Count::TurnedAwayUsers);
                return Err(Box::new(turn_away(Excess::User(
                    self.site.members.connections_max(),
                ))));
            }
        }
        let caller = Caller {
            address,
            expires_at: self.expires_at(access, identity.as_ref(), request),
            identity,
        };
        Ok((caller, Places { stay, attendance }))
    }

    /// Who asks, if that is permitted to whoever it is.
    pub(super) fn permit<B>(
        self,
        access: Access,
        request: &Request<B>,
        is_permitted: impl FnOnce(Option<&Identity>) -> bool,
    ) -> Result<Option<Identity>, Denied> {
        let identity = match access {
            Access::Anyone | Access::Viewers => None,
            Access::Members => self.identify(request)?,
        };
        let is_permitted = is_permitted(identity.as_ref());
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
