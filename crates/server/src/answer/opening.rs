//! Opening a WebSocket: the judgement of its handshake, and whether somebody looks at it. Owns what
//! is said to whoever comes without a handshake; who may come in is not decided here.

use hyper::header::{self, HeaderValue};
use hyper::{Request, Response, StatusCode};
use sockeye::HttpHead;
use sockeye::upgrade::Upgrade;

use super::{Answer, Desk, Places, is_read, refuse_method};
use crate::auth::Identity;
use crate::frames::{Handshake, Recording, View};
use crate::response::{Body, refuse, text};
use crate::routes::{Access, Route};
use crate::visit::{Application, Caller, Knock};

/// A WebSocket that was agreed to.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Taken when the WebSocket begins.
    pub(crate) upgrade: Option<Upgrade>,
    pub(crate) application: Application,
    pub(crate) path: &'static str,
    /// The room that the address names.
    pub(crate) room: Option<Box<str>>,
    pub(crate) caller: Caller,
    pub(crate) places: Places,
    pub(crate) seen: Seen,
}

/// Whether somebody looks at a WebSocket, or it looks itself.
#[derive(Debug)]
pub(crate) enum Seen {
    Not,
    /// For the frame view.
    Recorded(Box<Recording>),
    /// It is the frame view's own.
    Looking(Box<View>),
}

impl Desk<'_> {
    /// What becomes of a request for a WebSocket.
    pub(super) fn open<B>(
        self,
        route: &Route,
        access: Access,
        application: Application,
        room: Option<Box<str>>,
        request: &Request<B>,
    ) -> Answer {
        let acceptor = match access {
            Access::Anyone => &self.site.for_anyone,
            Access::Members | Access::Viewers => &self.site.for_members,
        };
        let path = route.path;
        let permits = |subprotocol: Option<&str>, identity: Option<&Identity>| {
            let knock = Knock {
                room: room.as_deref(),
                subprotocol,
                identity,
            };
            route.gate.is_none_or(|gate| gate(knock))
        };
        let admitted = match acceptor.upgrade(&HttpHead::from(request)) {
            Ok(Some(upgrade)) => {
                let is_permitted =
                    |identity: Option<&Identity>| permits(upgrade.protocol(), identity);
                let admitted = self.admit(path, access, request, is_permitted);
                admitted.map(|(caller, places)| {
                    let seen = self.look(access, request, &caller, &upgrade);
                    Box::new(Entry {
                        upgrade: Some(upgrade),
                        application,
                        path,
                        room,
                        caller,
                        places,
                        seen,
                    })
                })
            }
            Ok(None) if !is_read(request) => Err(Box::new(refuse_method())),
            // A browser tells its page nothing of an upgrade that was refused: so it asks here.
            Ok(None) => Err(Box::new(
                match self.rehearse(path, acceptor, request, || {
                    self.permit(access, request, |identity| permits(None, identity))
                }) {
                    Ok(()) => self.require_upgrade(path),
                    Err(refused) => *refused,
                },
            )),
            Err(refusal) => Err(Box::new(refuse(refusal))),
        };
        admitted.map_or_else(|refused| Answer::Response(*refused), Answer::Upgrade)
    }

    /// What the frame view has to do with a WebSocket that was agreed to.
    fn look<B>(
        self,
        access: Access,
        request: &Request<B>,
        caller: &Caller,
        upgrade: &Upgrade,
    ) -> Seen {
        let (frames, headers) = (&self.site.frames, request.headers());
        let is_secure = self.is_secure(headers);
        if access == Access::Viewers {
            return Seen::Looking(Box::new(frames.view(headers, is_secure)));
        }
        let who = (caller.address, caller.user());
        let recording = frames.record(headers, is_secure, who, || {
            Handshake::new(request, is_secure, upgrade.headers())
        });
        recording.map_or(Seen::Not, |recording| Seen::Recorded(Box::new(recording)))
    }

    /// For people who open a WebSocket's address like a page: where they find one.
    fn require_upgrade(self, path: &str) -> Response<Body> {
        let base = self.site.base.path();
        let page = format!("/demo{path}");
        let has_page = self.site.routes.iter().any(|route| route.path == page);
        let page = if has_page { &page } else { "/" };
        let mut response = text(
            StatusCode::UPGRADE_REQUIRED,
            format!(
                "this address speaks WebSocket: open {base}{page} in a browser, \
                 or run `sockeye connect` with this address"
            ),
        );
        let headers = response.headers_mut();
        headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
        headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
        response
    }
}
