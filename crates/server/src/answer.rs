//! What becomes of a request: a page, a refusal in words, or a WebSocket. Owns the order in which a
//! request is judged: its form, whether there is room, who sent it, and what that one may.

mod admission;
mod destination;
mod opening;
mod rehearsal;

use std::net::IpAddr;

use hyper::header::{self, HeaderValue};
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use sockeye::upgrade::Upgrade;

use crate::asset::{self, Asset};
use crate::authority;
use crate::limits::HEADERS_MAX;
use crate::post::Post;
use crate::proxy;
use crate::response::{Body, close, redirect, text};
use crate::room;
use crate::routes::{Route, Target};
use crate::site::Site;
use crate::status;

pub(crate) use admission::Places;
use destination::Destination;
pub(crate) use opening::{Entry, Seen};

/// What becomes of a request.
#[derive(Debug)]
pub(crate) enum Answer {
    /// A response, and that is it.
    Response(Response<Body>),
    /// A 101, and a WebSocket from then on.
    Upgrade(Box<Upgrade>, Box<Entry>),
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
        let fields = fields(request.headers());
        if fields > HEADERS_MAX {
            let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
            let words = format!("{fields} header fields, at most {HEADERS_MAX} are allowed");
            return Answer::Response(close(text(status, words)));
        }
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
            // No two are alike: an address has one page and one WebSocket at most.
            (rest.is_empty(), route.is_socket() == wants_socket)
        })
    }

    fn answer_at<B>(self, route: &Route, rest: &str, request: &Request<B>) -> Answer {
        let (site, post) = (self.site, self.post);
        let response = match route.target {
            Target::WebSocket(access, application) => {
                match room::named(rest, request.uri().query()) {
                    Ok(room) => {
                        let destination = Destination {
                            route,
                            access,
                            application,
                            room,
                        };
                        return self.open(destination, request);
                    }
                    Err(fault) => close(text(StatusCode::BAD_REQUEST, fault.to_string())),
                }
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
                let headers = request.headers();
                let answer = site.readers.answer(headers, &site.stats, is_ready);
                answer.unwrap_or_else(|| self.nothing(request))
            }
        };
        Answer::Response(response)
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

    /// Whether the client speaks TLS, with us or with a proxy that says so.
    fn is_secure(self, headers: &HeaderMap) -> bool {
        self.is_tls || proxy::is_secure(self.peer, headers, &self.site.proxy)
    }

    fn client<B>(self, request: &Request<B>) -> Option<IpAddr> {
        proxy::client(self.peer, request.headers(), &self.site.proxy)
    }

    /// For people a page, for programs a line.
    fn nothing<B>(self, request: &Request<B>) -> Response<Body> {
        let base = self.site.base.path();
        let accepted = request.headers().get(header::ACCEPT);
        let accepted = accepted.and_then(|accepted| accepted.to_str().ok());
        if accepted.is_some_and(|accepted| accepted.contains("text/html")) {
            return asset::missing_page(request.uri().path(), base);
        }
        text(
            StatusCode::NOT_FOUND,
            format!("there is nothing at this address; {base}/ says what there is"),
        )
    }
}

/// How many fields a head has. HTTP/1.1 never has too many here, as hyper refuses them.
fn fields(headers: &HeaderMap) -> usize {
    // RFC 9113 §8.2.3: in HTTP/2 a field of cookies comes in as many as there are cookies.
    let cookies = headers.get_all(header::COOKIE).into_iter().count();
    headers.len() - cookies.saturating_sub(1)
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
