//! What becomes of a request: a page, a refusal in words, or a WebSocket. Owns the order in which a
//! request is judged.

use hyper::header::{self, HeaderValue};
use hyper::{Method, Request, Response, StatusCode, Version};
use sockeye::HttpHead;
use sockeye::upgrade::Upgrade;

use crate::post::Post;
use crate::response::{Body, close, refuse, refuse_newcomer, text};
use crate::routes::Target;
use crate::site::Site;
use crate::visit::Application;

/// What becomes of a request.
#[derive(Debug)]
pub(crate) enum Answer {
    /// A response, and that is it.
    Response(Response<Body>),
    /// A 101, and a WebSocket from then on.
    Upgrade(Entry),
}

/// A WebSocket that was agreed to.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) upgrade: Upgrade,
    pub(crate) application: Application,
    pub(crate) path: &'static str,
}

/// Answers `request` by the routes of the site.
pub(crate) fn answer<B>(site: &Site, post: &Post, request: &Request<B>) -> Answer {
    // RFC 9112 §3.2: without it nobody knows who is meant, and some proxy may guess.
    if request.version() == Version::HTTP_11 && !request.headers().contains_key(header::HOST) {
        return Answer::Response(close(text(
            StatusCode::BAD_REQUEST,
            "header Host is missing",
        )));
    }
    let path = request.uri().path();
    let routes = site.routes;
    let Some(route) = routes.iter().find(|route| route.path == path) else {
        return respond(
            StatusCode::NOT_FOUND,
            "there is nothing at this address; / says what there is",
        );
    };
    match route.target {
        Target::WebSocket(application) => {
            web_socket(site, post, (route.path, application), request)
        }
        _ if !is_read(request) => refuse_method(),
        Target::Page(asset) => Answer::Response(asset.answer(request)),
        Target::Word(make) => Answer::Response(make(post)),
    }
}

fn web_socket<B>(
    site: &Site,
    post: &Post,
    (path, application): (&'static str, Application),
    request: &Request<B>,
) -> Answer {
    match site.for_anyone.upgrade(&HttpHead::from(request)) {
        Ok(Some(_)) if !post.life.is_serving() => Answer::Response(refuse_newcomer()),
        Ok(Some(upgrade)) => Answer::Upgrade(Entry {
            upgrade,
            application,
            path,
        }),
        Ok(None) if !is_read(request) => refuse_method(),
        Ok(None) => Answer::Response(require_upgrade()),
        Err(refusal) => Answer::Response(refuse(refusal)),
    }
}

/// For people who open a WebSocket's address like a page.
fn require_upgrade() -> Response<Body> {
    let mut response = text(
        StatusCode::UPGRADE_REQUIRED,
        "this address speaks WebSocket: open /demo/echo in a browser, \
         or run `sockeye connect` with this address",
    );
    let headers = response.headers_mut();
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    response
}

fn is_read<B>(request: &Request<B>) -> bool {
    matches!(*request.method(), Method::GET | Method::HEAD)
}

fn refuse_method() -> Answer {
    let mut response = text(
        StatusCode::METHOD_NOT_ALLOWED,
        "this address knows GET and HEAD only",
    );
    let allowed = HeaderValue::from_static("GET, HEAD");
    response.headers_mut().insert(header::ALLOW, allowed);
    Answer::Response(response)
}

fn respond(status: StatusCode, words: &str) -> Answer {
    Answer::Response(text(status, words))
}
