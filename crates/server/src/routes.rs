//! The addresses of the server, and what is at each. Owns the list, whose addresses stay as they
//! are: people link to them, and which application the options place at one of them. An application
//! of its own is one line here.

use std::io;

use hyper::Response;

use crate::asset::{self, Asset};
use crate::chat;
use crate::echo;
use crate::faults::Faults;
use crate::options::{AppName, Placement};
use crate::post::Post;
use crate::response::Body;
use crate::settings::LateFault;
use crate::status;
use crate::viewer;
use crate::visit::{Application, Gate};

/// The addresses of the server.
pub(crate) const ROUTES: &[Route] = &[
    Route::page("/", asset::HOME_PAGE),
    Route::page("/demo/chat", asset::CHAT_PAGE),
    Route::page("/demo/echo", asset::ECHO_PAGE),
    Route::page("/demo/greeting", asset::GREETING_PAGE),
    Route::page("/demo/nick", asset::NICK_PAGE),
    Route::page("/demo/plain", asset::PLAIN_PAGE),
    Route::page("/assets/chat.css", asset::CHAT_STYLE),
    Route::page("/assets/chat.js", asset::CHAT_SCRIPT),
    Route::page("/assets/chat_hall.js", asset::CHAT_HALL_SCRIPT),
    Route::page("/assets/chat_lists.js", asset::CHAT_LISTS_SCRIPT),
    Route::page("/assets/chat_log.js", asset::CHAT_LOG_SCRIPT),
    Route::page("/assets/chat_outbox.js", asset::CHAT_OUTBOX_SCRIPT),
    Route::page("/assets/chat_own.js", asset::CHAT_OWN_SCRIPT),
    Route::page("/assets/chat_room.js", asset::CHAT_ROOM_SCRIPT),
    Route::page("/assets/chat_wire.js", asset::CHAT_WIRE_SCRIPT),
    Route::page("/assets/chat_words.js", asset::CHAT_WORDS_SCRIPT),
    Route::page("/demo/frames", asset::FRAMES_PAGE),
    Route::page("/assets/closing.js", asset::CLOSING_SCRIPT),
    Route::page("/assets/closing_words.js", asset::CLOSING_WORDS_SCRIPT),
    Route::page("/assets/connection.js", asset::CONNECTION_SCRIPT),
    Route::page("/assets/echo.js", asset::ECHO_SCRIPT),
    Route::page("/assets/elements.js", asset::ELEMENTS_SCRIPT),
    Route::page("/assets/field.js", asset::FIELD_SCRIPT),
    Route::page("/assets/greeting.js", asset::GREETING_SCRIPT),
    Route::page("/assets/opening.js", asset::OPENING_SCRIPT),
    Route::page("/assets/frames.css", asset::FRAMES_STYLE),
    Route::page("/assets/frames.js", asset::FRAMES_SCRIPT),
    Route::page("/assets/frames/address.js", asset::FRAMES_ADDRESS),
    Route::page("/assets/frames/masks.js", asset::FRAMES_MASKS),
    Route::page("/assets/frames/codes.js", asset::FRAMES_CODES),
    Route::page("/assets/frames/connections.js", asset::FRAMES_CONNECTIONS),
    Route::page("/assets/frames/definitions.js", asset::FRAMES_DEFINITIONS),
    Route::page("/assets/frames/details.js", asset::FRAMES_DETAILS),
    Route::page("/assets/frames/feed.js", asset::FRAMES_FEED),
    Route::page("/assets/frames/har.js", asset::FRAMES_HAR),
    Route::page("/assets/frames/payload.js", asset::FRAMES_PAYLOAD),
    Route::page("/assets/frames/store.js", asset::FRAMES_STORE),
    Route::page("/assets/frames/table.js", asset::FRAMES_TABLE),
    Route::page("/assets/frames/words.js", asset::FRAMES_WORDS),
    Route::page("/assets/home.js", asset::HOME_SCRIPT),
    Route::page("/assets/home_words.js", asset::HOME_WORDS_SCRIPT),
    Route::page("/assets/icon.svg", asset::ICON),
    Route::page("/assets/language.js", asset::LANGUAGE_SCRIPT),
    Route::page("/assets/limits.js", asset::LIMITS_SCRIPT),
    Route::page("/assets/memory.js", asset::MEMORY_SCRIPT),
    Route::page("/assets/messages.js", asset::MESSAGES_SCRIPT),
    Route::page("/assets/nick.js", asset::NICK_SCRIPT),
    Route::page("/assets/plain.js", asset::PLAIN_SCRIPT),
    Route::page("/assets/refusals.js", asset::REFUSALS_SCRIPT),
    Route::page("/assets/retry.js", asset::RETRY_SCRIPT),
    Route::page("/assets/status.js", asset::STATUS_SCRIPT),
    Route::page("/assets/style.css", asset::STYLE),
    Route::page("/assets/talk.js", asset::TALK_SCRIPT),
    Route::page("/assets/talk_words.js", asset::TALK_WORDS_SCRIPT),
    Route::page("/assets/words.js", asset::WORDS_SCRIPT),
    // The page of the nickname chat asks for its WebSocket where it came from.
    Route::of("/", AppName::Nick),
    // As it stands in javascript.info's articles.
    Route::of("/article/websocket/chat/ws", AppName::Plain),
    Route::of("/article/websocket/demo/hello", AppName::Greeting),
    Route::of("/chat", AppName::Chat),
    Route::of("/demo/hello", AppName::Greeting),
    Route::of("/echo", AppName::Echo),
    Route::new("/frames", Target::WebSocket(Access::Viewers, viewer::serve)),
    Route::new("/health", Target::Word(status::health)),
    Route::new("/limits", Target::Limits),
    Route::new("/me", Target::Identity),
    Route::new("/metrics", Target::Metrics),
    Route::of("/nick", AppName::Nick),
    Route::new("/ready", Target::Word(status::ready)),
    // As it stands in MDN's article.
    Route::of("/socketserver", AppName::Chat),
    Route::of("/ws", AppName::Plain),
];

/// Those of the place where metrics are read.
pub(crate) const METRICS_ROUTES: &[Route] = &[
    Route::new("/health", Target::Word(status::health)),
    Route::new("/metrics", Target::Metrics),
    Route::new("/ready", Target::Word(status::ready)),
];

/// Those routes, with the applications that the options place: at addresses of others, or new ones.
///
/// # Errors
/// For each that is to stand where the frame view is.
pub(crate) fn placed(
    routes: &'static [Route],
    placements: &[Placement],
) -> Result<Vec<Route>, Faults> {
    let (mut placed, mut faults) = (routes.to_vec(), Faults::default());
    for (number, placement) in placements.iter().enumerate() {
        let mut sockets = placed.iter_mut().filter(|route| route.is_socket());
        match sockets.find(|route| route.path == placement.path) {
            Some(route) if matches!(route.target, Target::WebSocket(Access::Viewers, _)) => {
                let what = format!("{placement}: the frame view stays there");
                let fault = LateFault::new("applications", what).of_item(number);
                faults.take(Err::<(), _>(fault.error(io::ErrorKind::InvalidInput)));
            }
            Some(route) => *route = Route::of(route.path, placement.application),
            None => {
                // As long as the process, which reads its configuration once: each connection keeps
                // its address for its last line in the log.
                let path = placement.path.clone().leak();
                placed.push(Route::of(path, placement.application));
            }
        }
    }
    faults.none().map(|()| placed)
}

/// An address and what is there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Route {
    pub(crate) path: &'static str,
    pub(crate) target: Target,
    /// What a token has to permit, where there is something.
    pub(crate) gate: Option<Gate>,
    /// The page where people find it.
    pub(crate) page: &'static str,
}

/// What can be at an address.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target {
    /// A file, for GET and HEAD.
    Page(&'static Asset),
    /// WebSockets: who may open them, and who serves them.
    WebSocket(Access, Application),
    /// Something that is made for each request.
    Word(fn(&Post) -> Response<Body>),
    /// Whom we think the client to be.
    Identity,
    /// What the chats and WebSockets take.
    Limits,
    /// The numbers.
    Metrics,
}

/// Who may open the WebSockets of an address.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Access {
    /// Everybody, from pages of any origin: for what touches no data of any user.
    Anyone,
    /// Those whom the token lets in, from pages of our own host and those that are allowed.
    Members,
    /// Everybody, from pages of our own host and those that are allowed: to see the frames of one's
    /// own connections, by a cookie.
    Viewers,
}

impl Route {
    const fn page(path: &'static str, asset: &'static Asset) -> Self {
        Self::new(path, Target::Page(asset))
    }

    /// A chat: with rooms, for pages of our own.
    const fn chat(path: &'static str, application: Application, gate: Gate) -> Self {
        let target = Target::WebSocket(Access::Members, application);
        Self {
            gate: Some(gate),
            ..Self::new(path, target)
        }
    }

    /// WebSockets that give nothing away.
    const fn open(path: &'static str, application: Application) -> Self {
        Self::new(path, Target::WebSocket(Access::Anyone, application))
    }

    /// That application, there.
    const fn of(path: &'static str, application: AppName) -> Self {
        let (page, route) = match application {
            AppName::Chat => {
                let served = chat::by_subprotocol;
                let route = Self::chat(path, served, chat::subprotocol_permitted);
                ("/demo/chat", route)
            }
            AppName::Echo => ("/demo/echo", Self::open(path, echo::serve)),
            AppName::Greeting => ("/demo/greeting", Self::open(path, chat::greeting)),
            AppName::Nick => {
                let route = Self::chat(path, chat::nick, chat::nick_permitted);
                ("/demo/nick", route)
            }
            AppName::Plain => {
                let route = Self::chat(path, chat::plain, chat::plain_permitted);
                ("/demo/plain", route)
            }
        };
        Self { page, ..route }
    }

    pub(crate) const fn new(path: &'static str, target: Target) -> Self {
        Self {
            path,
            target,
            gate: None,
            page: "/",
        }
    }

    /// What follows the route's own path in `path`, if that begins so. Only the rooms of a
    /// WebSocket's address may follow, behind a slash.
    pub(crate) fn rest<'a>(&self, path: &'a str) -> Option<&'a str> {
        let rest = path.strip_prefix(self.path)?;
        if rest.is_empty() {
            return Some(rest);
        }
        let room = rest.strip_prefix('/').filter(|room| !room.is_empty());
        room.filter(|_| self.has_rooms())
    }

    fn has_rooms(&self) -> bool {
        matches!(self.target, Target::WebSocket(Access::Members, _)) && self.path != "/"
    }

    /// Whether it is for WebSockets.
    pub(crate) fn is_socket(&self) -> bool {
        matches!(self.target, Target::WebSocket(..))
    }

    /// Whether it is for those who watch the server, who do not come by the proxy that mounts it.
    pub(crate) fn is_for_watchers(&self) -> bool {
        matches!(self.target, Target::Word(_) | Target::Metrics)
    }
}
