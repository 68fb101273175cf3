//! What an upgrade would be answered that somebody only asks about: a browser tells its page
//! nothing of one that was refused, so the page asks with a plain GET. Owns what stands for that
//! upgrade; who may come in is not decided here.

use hyper::header::{self, HeaderName, HeaderValue};
use hyper::{Method, Request};
use sockeye::upgrade::Refusal;
use sockeye::{Acceptor, HttpHead};

/// The origin that an upgrade would come with. A browser sends none with a GET for its page's own
/// server, which a proxy may have another name for.
const PAGE_ORIGIN: HeaderName = HeaderName::from_static("sockeye-page-origin");

/// The example of RFC 6455 §1.3: nothing is opened with it.
const KEY: HeaderValue = HeaderValue::from_static("dGhlIHNhbXBsZSBub25jZQ==");

/// Whether an upgrade would be well formed and of an origin that may, where the page says what its
/// origin is.
pub(super) fn rehearse<B>(acceptor: &Acceptor, request: &Request<B>) -> Result<(), Refusal> {
    match upgrade_of(request) {
        Some(upgrade) => acceptor.upgrade(&HttpHead::from(&upgrade)).map(drop),
        None => Ok(()),
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
