//! The addresses of the server, and what is at each. Owns the list, whose addresses stay as they
//! are: people link to them. An application of its own is one line here.

use hyper::Response;

use crate::asset::{self, Asset};
use crate::echo;
use crate::post::Post;
use crate::response::Body;
use crate::status;
use crate::viewer;
use crate::visit::Application;

/// The addresses of the server.
pub(crate) const ROUTES: &[Route] = &[
    Route::page("/", asset::HOME_PAGE),
    Route::page("/demo/echo", asset::ECHO_PAGE),
    Route::page("/demo/frames", asset::FRAMES_PAGE),
    Route::page("/assets/closing.js", asset::CLOSING_SCRIPT),
    Route::page("/assets/echo.js", asset::ECHO_SCRIPT),
    Route::page("/assets/frames.css", asset::FRAMES_STYLE),
    Route::page("/assets/frames.js", asset::FRAMES_SCRIPT),
    Route::page("/assets/frames/codes.js", asset::FRAMES_CODES),
    Route::page("/assets/frames/connections.js", asset::FRAMES_CONNECTIONS),
    Route::page("/assets/frames/details.js", asset::FRAMES_DETAILS),
    Route::page("/assets/frames/element.js", asset::FRAMES_ELEMENT),
    Route::page("/assets/frames/feed.js", asset::FRAMES_FEED),
    Route::page("/assets/frames/har.js", asset::FRAMES_HAR),
    Route::page("/assets/frames/payload.js", asset::FRAMES_PAYLOAD),
    Route::page("/assets/frames/store.js", asset::FRAMES_STORE),
    Route::page("/assets/frames/table.js", asset::FRAMES_TABLE),
    Route::page("/assets/frames/words.js", asset::FRAMES_WORDS),
    Route::page("/assets/home.js", asset::HOME_SCRIPT),
    Route::page("/assets/icon.svg", asset::ICON),
    Route::page("/assets/language.js", asset::LANGUAGE_SCRIPT),
    Route::page("/assets/messages.js", asset::MESSAGES_SCRIPT),
    Route::page("/assets/style.css", asset::STYLE),
    Route::page("/assets/words.js", asset::WORDS_SCRIPT),
    Route::new("/echo", Target::WebSocket(Access::Anyone, echo::serve)),
    Route::new("/frames", Target::WebSocket(Access::Viewers, viewer::serve)),
    Route::new("/health", Target::Word(status::health)),
    Route::new("/me", Target::Identity),
    Route::new("/metrics", Target::Metrics),
    Route::new("/ready", Target::Word(status::ready)),
];

/// Those of the place where metrics are read.
pub(crate) const METRICS_ROUTES: &[Route] = &[
    Route::new("/health", Target::Word(status::health)),
    Route::new("/metrics", Target::Metrics),
    Route::new("/ready", Target::Word(status::ready)),
];

/// An address and what is there.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) path: &'static str,
    pub(crate) target: Target,
}

/// What can be at an address.
#[derive(Debug)]
pub(crate) enum Target {
    /// A file, for GET and HEAD.
    Page(&'static Asset),
    /// WebSockets: who may open them, and who serves them.
    WebSocket(Access, Application),
    /// Something that is made for each request.
    Word(fn(&Post) -> Response<Body>),
    /// Whom we think the client to be.
    Identity,
    /// The numbers.
    Metrics,
}

/// Who may open the WebSockets of an address.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Access {
    /// Everybody, from pages of any origin: for what touches no data of any user.
    Anyone,
    /// Those whom the token lets in, from pages of our own host and those that are allowed.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "the chats are the first to ask")
    )]
    Members,
    /// Everybody, from pages of our own host and those that are allowed: to see the frames of one's
    /// own connections, by a cookie.
    Viewers,
}

impl Route {
    const fn page(path: &'static str, asset: &'static Asset) -> Self {
        Self::new(path, Target::Page(asset))
    }

    pub(crate) const fn new(path: &'static str, target: Target) -> Self {
        Self { path, target }
    }

    /// Whether it is for those who watch the server, who do not come by the proxy that mounts it.
    pub(crate) fn is_for_watchers(&self) -> bool {
        matches!(self.target, Target::Word(_) | Target::Metrics)
    }
}
