//! What an upgrade would be answered that somebody only asks about: a browser tells its page
//! nothing of one that was refused, so the page asks with a plain GET. Owns the same order of
//! judgement as for upgrades; takes no place and counts as no handshake.

use hyper::header::{self, HeaderName, HeaderValue};
use hyper::{Method, Request, Response};
use sockeye::{Acceptor, HttpHead};

use super::Desk;
use crate::auth::{Denied, Identity};
use crate::guests::Guests;
use crate::proxy;
use crate::response::{Body, Excess, refuse, refuse_newcomer, turn_away};

/// The origin that an upgrade would come with. A browser sends none with a GET for its page's own
/// server, which a proxy may have another name for.
const PAGE_ORIGIN: HeaderName = HeaderName::from_static("sockeye-page-origin");

/// The example of RFC 6455 §1.3: nothing is opened with it.
const KEY: HeaderValue = HeaderValue::from_static("dGhlIHNhbXBsZSBub25jZQ==");

impl Desk<'_> {
    /// Whether an upgrade would be agreed to, or the answer that it would get.
    pub(super) fn rehearse<B>(
        self,
        path: &'static str,
        acceptor: &Acceptor,
        request: &Request<B>,
        permit: impl FnOnce() -> Result<Option<Identity>, Denied>,
    ) -> Result<(), Box<Response<Body>>> {
        if let Some(upgrade) = upgrade_of(request) {
            let judged = acceptor.upgrade(&HttpHead::from(&upgrade));
            judged.map_err(|refusal| Box::new(refuse(refusal)))?;
        }
        if !self.post.life.is_serving() {
            return Err(Box::new(refuse_newcomer()));
        }
        let address = self.client(request);
        let guests: &Guests = &self.site.guests;
        if let Some(address) = address {
            let is_counted_here = proxy::is_trusted(self.peer, &self.site.proxy);
            if !guests.could_shake_hands(address) {
                return Err(Box::new(turn_away(Excess::Handshakes(guests.rate_max()))));
            }
            if is_counted_here && !guests.could_enter(address) {
                let excess = Excess::Address(guests.connections_max());
                return Err(Box::new(turn_away(excess)));
            }
        }
        let identity = permit().map_err(|denied| Box::new(self.deny(path, address, denied)))?;
        if identity.is_some_and(|identity| !self.site.members.could_enter(&identity.user)) {
            return Err(Box::new(turn_away(Excess::User(
                self.site.members.connections_max(),
            ))));
        }
        Ok(())
    }
}

/// The upgrade that a page asks about, if it says what its origin is.
fn upgrade_of<B>(request: &Request<B>) -> Option<Request<()>> {
    let origin = request.headers().get(PAGE_ORIGIN)?.clone();
    let host = request.headers().get(header::HOST).cloned();
    // HTTP/2 has it in the target.
    let named = || HeaderValue::from_str(request.uri().authority()?.as_str()).ok();
    let mut upgrade = Request::new(());
    *upgrade.method_mut() = Method::GET;
    let target = request.uri().path_and_query()?;
    *upgrade.uri_mut() = target.as_str().parse().ok()?;
    let headers = upgrade.headers_mut();
    headers.insert(header::HOST, host.or_else(named)?);
    headers.insert(header::ORIGIN, origin);
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    let version = HeaderValue::from_static("13");
    headers.insert(header::SEC_WEBSOCKET_VERSION, version);
    headers.insert(header::SEC_WEBSOCKET_KEY, KEY);
    Some(upgrade)
}
