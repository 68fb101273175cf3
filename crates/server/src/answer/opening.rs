//! Opening a WebSocket: the judgement of its handshake, and whether somebody looks at it. Owns what
//! is said to whoever comes without a handshake; who may come in is not decided here.

use hyper::header::{self, HeaderValue};
use hyper::{Request, Response, StatusCode, Version};
use sockeye::upgrade::Upgrade;
use sockeye::{Acceptor, HttpHead};

use super::admission::Errand;
use super::destination::Destination;
use super::rehearsal::rehearse;
use super::{Answer, Desk, Places, is_read, refuse_method};
use crate::frames::{Handshake, Recording, View};
use crate::response::{Body, refuse, text};
use crate::routes::Access;
use crate::visit::{Application, Caller};

/// What a WebSocket that was agreed to begins with.
#[derive(Debug)]
pub(crate) struct Entry {
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
    pub(super) fn open<B>(self, destination: Destination<'_>, request: &Request<B>) -> Answer {
        let acceptor = match destination.access {
            Access::Anyone => &self.site.for_anyone,
            Access::Members | Access::Viewers => &self.site.for_members,
        };
        // In HTTP/2 there is no upgrade (RFC 9113 §8.6), whatever fields of one a client sends.
        let offer = if request.version() < Version::HTTP_2 {
            acceptor.upgrade(&HttpHead::from(request))
        } else {
            Ok(None)
        };
        let refused = match offer {
            Ok(Some(upgrade)) => match self.enter(destination, &upgrade, request) {
                Ok(entry) => return Answer::Upgrade(Box::new(upgrade), entry),
                Err(refused) => *refused,
            },
            Ok(None) if !is_read(request) => refuse_method(),
            // A browser tells its page nothing of an upgrade that was refused: so it asks here.
            Ok(None) => self.foretell(&destination, acceptor, request),
            Err(refusal) => refuse(refusal),
        };
        Answer::Response(refused)
    }

    /// Agrees to an upgrade, if whoever wants it may come in.
    fn enter<B>(
        self,
        destination: Destination<'_>,
        upgrade: &Upgrade,
        request: &Request<B>,
    ) -> Result<Box<Entry>, Box<Response<Body>>> {
        let admitted = self.admit(Errand::Enter, &destination, upgrade.protocol(), request)?;
        let (caller, places) = self.caller(destination.access, admitted, request);
        let seen = self.look(destination.access, request, &caller, upgrade);
        Ok(Box::new(Entry {
            application: destination.application,
            path: destination.route.path,
            room: destination.room,
            caller,
            places,
            seen,
        }))
    }

    /// What an upgrade would be answered, to somebody who only asks.
    fn foretell<B>(
        self,
        destination: &Destination<'_>,
        acceptor: &Acceptor,
        request: &Request<B>,
    ) -> Response<Body> {
        if let Err(refusal) = rehearse(acceptor, request) {
            return refuse(refusal);
        }
        match self.admit(Errand::Ask, destination, None, request) {
            Ok(_) => self.require_upgrade(destination.route.page),
            Err(refused) => *refused,
        }
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
    fn require_upgrade(self, page: &str) -> Response<Body> {
        let base = self.site.base.path();
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
