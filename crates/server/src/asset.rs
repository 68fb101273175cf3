//! The files of `web/`, built into the program. Owns their addresses, types and versions.

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{self, HeaderValue};
use hyper::{Request, Response, StatusCode};

use crate::limits::MISSING_DEPTH_MAX;
use crate::response::{Body, with_body};

/// A file as it is served.
#[derive(Debug)]
pub(crate) struct Asset {
    content_type: &'static str,
    bytes: &'static [u8],
    /// Changes with the content: a browser asks each time, and gets the file only if it changed.
    version: u64,
}

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

macro_rules! asset {
    ($content_type:expr, $file:literal) => {
        &Asset::new(
            $content_type,
            include_bytes!(concat!("../../../web/", $file)),
        )
    };
}

pub(crate) const HOME_PAGE: &Asset = asset!(HTML, "index.html");
pub(crate) const CHAT_PAGE: &Asset = asset!(HTML, "chat.html");
pub(crate) const ECHO_PAGE: &Asset = asset!(HTML, "echo.html");
pub(crate) const GREETING_PAGE: &Asset = asset!(HTML, "greeting.html");
pub(crate) const NICK_PAGE: &Asset = asset!(HTML, "nick.html");
pub(crate) const PLAIN_PAGE: &Asset = asset!(HTML, "plain.html");
pub(crate) const CHAT_STYLE: &Asset = asset!(CSS, "chat.css");
pub(crate) const FRAMES_PAGE: &Asset = asset!(HTML, "frames.html");
pub(crate) const STYLE: &Asset = asset!(CSS, "style.css");
pub(crate) const ICON: &Asset = asset!(SVG, "icon.svg");
pub(crate) const CHAT_SCRIPT: &Asset = asset!(JAVASCRIPT, "chat.js");
pub(crate) const CHAT_HALL_SCRIPT: &Asset = asset!(JAVASCRIPT, "chat_hall.js");
pub(crate) const CHAT_LISTS_SCRIPT: &Asset = asset!(JAVASCRIPT, "chat_lists.js");
pub(crate) const CHAT_LOG_SCRIPT: &Asset = asset!(JAVASCRIPT, "chat_log.js");
pub(crate) const CHAT_OUTBOX_SCRIPT: &Asset = asset!(JAVASCRIPT, "chat_outbox.js");
pub(crate) const CHAT_OWN_SCRIPT: &Asset = asset!(JAVASCRIPT, "chat_own.js");
pub(crate) const CHAT_ROOM_SCRIPT: &Asset = asset!(JAVASCRIPT, "chat_room.js");
pub(crate) const CHAT_WIRE_SCRIPT: &Asset = asset!(JAVASCRIPT, "chat_wire.js");
pub(crate) const CHAT_WORDS_SCRIPT: &Asset = asset!(JAVASCRIPT, "chat_words.js");
pub(crate) const CLOSING_SCRIPT: &Asset = asset!(JAVASCRIPT, "closing.js");
pub(crate) const CLOSING_WORDS_SCRIPT: &Asset = asset!(JAVASCRIPT, "closing_words.js");
pub(crate) const CONNECTION_SCRIPT: &Asset = asset!(JAVASCRIPT, "connection.js");
pub(crate) const ECHO_SCRIPT: &Asset = asset!(JAVASCRIPT, "echo.js");
pub(crate) const ELEMENTS_SCRIPT: &Asset = asset!(JAVASCRIPT, "elements.js");
pub(crate) const OPENING_SCRIPT: &Asset = asset!(JAVASCRIPT, "opening.js");
pub(crate) const FIELD_SCRIPT: &Asset = asset!(JAVASCRIPT, "field.js");
pub(crate) const GREETING_SCRIPT: &Asset = asset!(JAVASCRIPT, "greeting.js");
pub(crate) const HOME_SCRIPT: &Asset = asset!(JAVASCRIPT, "home.js");
pub(crate) const HOME_WORDS_SCRIPT: &Asset = asset!(JAVASCRIPT, "home_words.js");
pub(crate) const FRAMES_STYLE: &Asset = asset!(CSS, "frames.css");
pub(crate) const FRAMES_SCRIPT: &Asset = asset!(JAVASCRIPT, "frames.js");
pub(crate) const FRAMES_ADDRESS: &Asset = asset!(JAVASCRIPT, "frames/address.js");
pub(crate) const FRAMES_MASKS: &Asset = asset!(JAVASCRIPT, "frames/masks.js");
pub(crate) const FRAMES_CODES: &Asset = asset!(JAVASCRIPT, "frames/codes.js");
pub(crate) const FRAMES_CONNECTIONS: &Asset = asset!(JAVASCRIPT, "frames/connections.js");
pub(crate) const FRAMES_DEFINITIONS: &Asset = asset!(JAVASCRIPT, "frames/definitions.js");
pub(crate) const FRAMES_DETAILS: &Asset = asset!(JAVASCRIPT, "frames/details.js");
pub(crate) const FRAMES_FEED: &Asset = asset!(JAVASCRIPT, "frames/feed.js");
pub(crate) const FRAMES_HAR: &Asset = asset!(JAVASCRIPT, "frames/har.js");
pub(crate) const FRAMES_PAYLOAD: &Asset = asset!(JAVASCRIPT, "frames/payload.js");
pub(crate) const FRAMES_STORE: &Asset = asset!(JAVASCRIPT, "frames/store.js");
pub(crate) const FRAMES_TABLE: &Asset = asset!(JAVASCRIPT, "frames/table.js");
pub(crate) const FRAMES_WORDS: &Asset = asset!(JAVASCRIPT, "frames/words.js");
pub(crate) const LANGUAGE_SCRIPT: &Asset = asset!(JAVASCRIPT, "language.js");
pub(crate) const LIMITS_SCRIPT: &Asset = asset!(JAVASCRIPT, "limits.js");
pub(crate) const MEMORY_SCRIPT: &Asset = asset!(JAVASCRIPT, "memory.js");
pub(crate) const MESSAGES_SCRIPT: &Asset = asset!(JAVASCRIPT, "messages.js");
pub(crate) const NICK_SCRIPT: &Asset = asset!(JAVASCRIPT, "nick.js");
pub(crate) const PLAIN_SCRIPT: &Asset = asset!(JAVASCRIPT, "plain.js");
pub(crate) const REFUSALS_SCRIPT: &Asset = asset!(JAVASCRIPT, "refusals.js");
pub(crate) const RETRY_SCRIPT: &Asset = asset!(JAVASCRIPT, "retry.js");
pub(crate) const STATUS_SCRIPT: &Asset = asset!(JAVASCRIPT, "status.js");
pub(crate) const TALK_SCRIPT: &Asset = asset!(JAVASCRIPT, "talk.js");
pub(crate) const TALK_WORDS_SCRIPT: &Asset = asset!(JAVASCRIPT, "talk_words.js");
pub(crate) const WORDS_SCRIPT: &Asset = asset!(JAVASCRIPT, "words.js");

/// What people see where nothing is; `{base}` in it is the way to our addresses, as it may be at
/// any depth.
const MISSING_PAGE: &str = include_str!("../../../web/missing.html");

/// The page for where nothing is, at `path`. It has no script: it says its words in all languages.
pub(crate) fn missing_page(path: &str, base: &str) -> Response<Body> {
    let way = way_back(path, base).unwrap_or_else(|| base.to_owned());
    let page = MISSING_PAGE.replace("{base}", &way);
    with_body(StatusCode::NOT_FOUND, HTML, "no-store", Bytes::from(page))
}

/// The way from a path to our addresses, which leads there also where a proxy took off what stands
/// before `base`. `None` from outside of it, and from deeper than anybody types.
fn way_back(path: &str, base: &str) -> Option<String> {
    let inside = path.strip_prefix(base)?.strip_prefix('/')?;
    let depth = inside.bytes().filter(|byte| *byte == b'/').count();
    match depth {
        0 => Some(".".to_owned()),
        depth => (depth <= MISSING_DEPTH_MAX).then(|| vec![".."; depth].join("/")),
    }
}

impl Asset {
    const fn new(content_type: &'static str, bytes: &'static [u8]) -> Self {
        Self {
            content_type,
            bytes,
            version: hash(bytes),
        }
    }

    /// Whether it is one that people open.
    pub(crate) fn is_page(&self) -> bool {
        self.content_type == HTML
    }

    /// The file, or the news that it did not change.
    pub(crate) fn answer<B>(&self, request: &Request<B>) -> Response<Body> {
        let tag = format!("\"{:016x}\"", self.version);
        let is_known = is_listed(request, &tag);
        let body = Bytes::from_static(self.bytes);
        let mut response = with_body(StatusCode::OK, self.content_type, "no-cache", body);
        if is_known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            *response.body_mut() = Full::default();
        }
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            response.headers_mut().insert(header::ETAG, tag);
        }
        response
    }
}

/// Whether `If-None-Match` names `tag` (RFC 9110 §13.1.2).
fn is_listed<B>(request: &Request<B>, tag: &str) -> bool {
    let values = request.headers().get_all(header::IF_NONE_MATCH).iter();
    values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|known| known == "*" || known.trim_start_matches("W/") == tag)
}

/// FNV-1a: good enough to tell versions of our own files apart, and computed while compiling.
const fn hash(bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325;
    let mut rest = bytes;
    while let [byte, after @ ..] = rest {
        hash = (hash ^ *byte as u64).wrapping_mul(0x0100_0000_01b3);
        rest = after;
    }
    hash
}
