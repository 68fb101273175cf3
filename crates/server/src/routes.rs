//! Which address is answered with what. Owns the list of addresses, which stay as they are: people
//! link to them.

use hyper::header::{self, HeaderValue};
use hyper::{Method, Request, Response, StatusCode, Version};
use sockeye::upgrade::Upgrade;
use sockeye::{Acceptor, HttpHead};

use crate::asset::{self, Asset};
use crate::response::{Body, close, refuse, text};

/// The addresses of the server.
pub(crate) const ROUTES: &[Route] = &[
    Route::page("/", asset::HOME_PAGE),
    Route::page("/demo/echo", asset::ECHO_PAGE),
    Route::page("/assets/closing.js", asset::CLOSING_SCRIPT),
    Route::page("/assets/echo.js", asset::ECHO_SCRIPT),
    Route::page("/assets/home.js", asset::HOME_SCRIPT),
    Route::page("/assets/icon.svg", asset::ICON),
    Route::page("/assets/language.js", asset::LANGUAGE_SCRIPT),
    Route::page("/assets/messages.js", asset::MESSAGES_SCRIPT),
    Route::page("/assets/style.css", asset::STYLE),
    Route::page("/assets/words.js", asset::WORDS_SCRIPT),
    Route::new("/echo", Target::WebSocket),
];

/// An address and what is there.
#[derive(Debug)]
pub(crate) struct Route {
    path: &'static str,
    target: Target,
}

/// What can be at an address.
#[derive(Debug)]
pub(crate) enum Target {
    /// A file, for GET and HEAD.
    Page(&'static Asset),
    /// A WebSocket.
    WebSocket,
    /// Code in place of a handler that goes wrong.
    #[cfg(test)]
    Broken(fn() -> Response<Body>),
}

/// What becomes of a request.
#[derive(Debug)]
pub(crate) enum Answer {
    /// A response, and that is it.
    Response(Response<Body>),
    /// A 101, and a WebSocket from then on.
    Upgrade(Upgrade),
}

impl Route {
    const fn page(path: &'static str, asset: &'static Asset) -> Self {
        Self::new(path, Target::Page(asset))
    }

    pub(crate) const fn new(path: &'static str, target: Target) -> Self {
        Self { path, target }
    }
}

/// Answers `request` by `routes`.
pub(crate) fn answer<B>(routes: &[Route], acceptor: &Acceptor, request: &Request<B>) -> Answer {
    // RFC 9112 §3.2: without it nobody knows who is meant, and some proxy may guess.
    if request.version() == Version::HTTP_11 && !request.headers().contains_key(header::HOST) {
        return Answer::Response(close(text(
            StatusCode::BAD_REQUEST,
            "header Host is missing",
        )));
    }
    let path = request.uri().path();
    let Some(route) = routes.iter().find(|route| route.path == path) else {
        return respond(
            StatusCode::NOT_FOUND,
            "there is nothing at this address; / says what there is",
        );
    };
    match route.target {
        Target::WebSocket => web_socket(acceptor, request),
        Target::Page(_) if !is_read(request) => refuse_method(),
        Target::Page(asset) => Answer::Response(asset.answer(request)),
        #[cfg(test)]
        Target::Broken(handler) => Answer::Response(handler()),
    }
}

fn web_socket<B>(acceptor: &Acceptor, request: &Request<B>) -> Answer {
    match acceptor.upgrade(&HttpHead::from(request)) {
        Ok(Some(upgrade)) => Answer::Upgrade(upgrade),
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
