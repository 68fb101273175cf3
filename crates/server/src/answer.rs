//! What becomes of a request: a page, a refusal in words, or a WebSocket. Owns the order in which a
//! request is judged: its form, whether there is room, who sent it, and what that one may.

mod rehearsal;

use std::net::IpAddr;
use std::time::SystemTime;

use hyper::header::{self, HeaderValue};
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use sockeye::HttpHead;
use sockeye::upgrade::Upgrade;

use crate::asset::{self, Asset};
use crate::auth::{Denied, Identity};
use crate::authority;
use crate::frames::{Handshake, Recording, View};
use crate::guests::Stay;
use crate::members::Seat;
use crate::post::Post;
use crate::proxy;
use crate::response::{Body, close, deny, redirect, refuse, refuse_newcomer, text, turn_away};
use crate::room;
use crate::routes::{Access, Route, Target};
use crate::site::Site;
use crate::stats::Count;
use crate::status;
use crate::visit::{Application, Caller, Knock};

/// What becomes of a request.
#[derive(Debug)]
pub(crate) enum Answer {
    /// A response, and that is it.
    Response(Response<Body>),
    /// A 101, and a WebSocket from then on.
    Upgrade(Box<Entry>),
}

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

/// What counts a WebSocket until it ends.
#[derive(Debug, Default)]
pub(crate) struct Places {
    /// Of the client's address, where a proxy brings it: the connection itself is the proxy's.
    #[expect(dead_code, reason = "its end counts")]
    stay: Option<Stay>,
    /// Of the user.
    #[expect(dead_code, reason = "its end counts")]
    seat: Option<Seat>,
}

/// Where a request is judged: the site, the thread, and whoever holds the connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Desk<'a> {
    pub(crate) site: &'a Site,
    pub(crate) post: &'a Post,
    pub(crate) peer: Option<IpAddr>,
    /// Whether the connection itself speaks TLS.
    pub(crate) is_tls: bool,
}

impl<'a> Desk<'a> {
    /// Answers `request` by the routes of the site.
    pub(crate) fn answer<B>(self, request: &Request<B>) -> Answer {
        if let Some(fault) = authority::fault(request) {
            return Answer::Response(close(text(StatusCode::BAD_REQUEST, fault)));
        }
        let base = self.site.base.path();
        let path = request.uri().path();
        if !base.is_empty() && path == base {
            return Answer::Response(redirect(&format!("{base}/")));
        }
        let wants_socket = request.headers().contains_key(header::UPGRADE);
        match self.find(path, wants_socket) {
            Some((route, rest)) => self.answer_at(route, rest, request),
            None => Answer::Response(self.nothing(request)),
        }
    }

    /// What is at an address, and the rest of it. A page and a WebSocket may be at the same one.
    fn find(self, path: &'a str, wants_socket: bool) -> Option<(&'a Route, &'a str)> {
        let below = path.strip_prefix(self.site.base.path());
        let routes = self.site.routes.iter().filter_map(|route| {
            let is_watched = route.is_for_watchers() && path == route.path;
            let rest = below.and_then(|below| route.rest(below));
            Some((route, rest.or_else(|| is_watched.then_some(""))?))
        });
        routes.max_by_key(|(route, rest)| {
            // Of those that are alike the first one stands: none are.
            (rest.is_empty(), route.is_socket() == wants_socket)
        })
    }

    fn answer_at<B>(self, route: &Route, rest: &str, request: &Request<B>) -> Answer {
        let (site, post) = (self.site, self.post);
        Answer::Response(match route.target {
            Target::WebSocket(access, application) => {
                return match room::named(rest, request.uri().query()) {
                    Ok(room) => self.open(route, access, application, room, request),
                    Err(fault) => {
                        let why = fault.to_string();
                        Answer::Response(close(text(StatusCode::BAD_REQUEST, why)))
                    }
                };
            }
            _ if !is_read(request) => refuse_method(),
            Target::Page(asset) => self.page(asset, request),
            Target::Word(make) => make(post),
            Target::Identity => match self.identify(request) {
                Ok(identity) => status::identity(identity.as_ref()),
                Err(denied) => self.deny(route.path, self.client(request), denied),
            },
            Target::Limits => status::limits(site.message_len_max, &post.node.chats().dialects),
            Target::Metrics => {
                let is_ready = post.life.is_serving();
                let answer = site
                    .readers
                    .answer(request.headers(), &site.stats, is_ready);
                answer.unwrap_or_else(|| self.nothing(request))
            }
        })
    }

    fn open<B>(
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

    /// A page, with a cookie for whoever has none.
    fn page<B>(self, asset: &Asset, request: &Request<B>) -> Response<Body> {
        let mut response = asset.answer(request);
        let headers = request.headers();
        if asset.is_page() {
            if let Some(cookie) = self.site.frames.greet(headers, self.is_secure(headers)) {
                let headers = response.headers_mut();
                headers.insert(header::SET_COOKIE, cookie);
                // RFC 9111 §7.3: a cache would give it to others as well.
                let cache = HeaderValue::from_static("private, no-cache");
                headers.insert(header::CACHE_CONTROL, cache);
            }
        }
        response
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

    /// Whether the client speaks TLS, with us or with a proxy that says so.
    fn is_secure(self, headers: &HeaderMap) -> bool {
        self.is_tls || proxy::is_secure(self.peer, headers, &self.site.proxy)
    }

    /// Who wants a WebSocket, if that is permitted and there is room for whoever it is.
    fn admit<B>(
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
                return Err(Box::new(turn_away("address")));
            }
            if proxy::is_trusted(self.peer, &self.site.proxy) {
                stay = guests.enter(address);
                if stay.is_none() {
                    self.post.counters.count(Count::TurnedAwayConnections);
                    return Err(Box::new(turn_away("address")));
                }
            }
        }
        let identity = self
            .permit(access, request, is_permitted)
            .map_err(|denied| Box::new(self.deny(path, address, denied)))?;
        let mut seat = None;
        if let Some(identity) = &identity {
            seat = self.site.members.enter(&identity.user);
            if seat.is_none() {
                self.post.counters.count(Count::TurnedAwayUsers);
                return Err(Box::new(turn_away("user")));
            }
        }
        let caller = Caller {
            address,
            expires_at: self.expires_at(access, identity.as_ref(), request),
            identity,
        };
        Ok((caller, Places { stay, seat }))
    }

    /// Who asks, if that is permitted to whoever it is.
    fn permit<B>(
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

    fn client<B>(self, request: &Request<B>) -> Option<IpAddr> {
        proxy::client(self.peer, request.headers(), &self.site.proxy)
    }

    fn identify<B>(self, request: &Request<B>) -> Result<Option<Identity>, Denied> {
        match &self.site.auth {
            Some(auth) => auth.identify(request.headers(), SystemTime::now()),
            None => Ok(None),
        }
    }

    fn deny(self, path: &'static str, address: Option<IpAddr>, denied: Denied) -> Response<Body> {
        self.post.counters.count(Count::Denied);
        let address = address.map(tracing::field::display);
        tracing::info!(path, address, reason = %denied, "denied");
        deny(denied.status(), &denied.challenge(), &denied.to_string())
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

    /// For people a page, for programs a line.
    fn nothing<B>(self, request: &Request<B>) -> Response<Body> {
        let base = self.site.base.path();
        let accepted = request.headers().get(header::ACCEPT);
        let accepted = accepted.and_then(|accepted| accepted.to_str().ok());
        if accepted.is_some_and(|accepted| accepted.contains("text/html")) {
            return asset::missing_page(base);
        }
        text(
            StatusCode::NOT_FOUND,
            format!("there is nothing at this address; {base}/ says what there is"),
        )
    }
}

fn is_read<B>(request: &Request<B>) -> bool {
    matches!(*request.method(), Method::GET | Method::HEAD)
}

fn refuse_method() -> Response<Body> {
    let mut response = text(
        StatusCode::METHOD_NOT_ALLOWED,
        "this address knows GET and HEAD only",
    );
    let allowed = HeaderValue::from_static("GET, HEAD");
    response.headers_mut().insert(header::ALLOW, allowed);
    response
}
