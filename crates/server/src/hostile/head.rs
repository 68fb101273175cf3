//! Heads of requests. Owns what holds of any: whom it is for, whose cookies it has, which pages may
//! open a WebSocket, what is agreed on, and that what opens something is shown to nobody.

use std::sync::{Arc, LazyLock};

use hyper::header::{self, HeaderName, HeaderValue};
use hyper::{HeaderMap, Request, Uri};
use sockeye::{Acceptor, HttpHead, Origins};
use sockeye_dialect::chat::Protocol;

use crate::authority;
use crate::chat::choose_subprotocol;
use crate::cookies::cookie;
use crate::frames::hostile::is_shown_masked;
use crate::frames::{Frames, Handshake};
use crate::limits::{SHOWN_HEADERS_MAX, SHOWN_VALUE_LEN_MAX};
use crate::options::Options;

/// Headers of one request.
const LINES_MAX: usize = 64;
/// A token: what it ends with opens something.
const TOKEN: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl";
const OPENING: &str = "c2lnbmF0dXJl";

static FRAMES: LazyLock<Arc<Frames>> =
    LazyLock::new(|| Frames::new(&Options::default()).expect("the default names no file"));

/// Whether the head was one.
pub(super) fn play(data: &[u8]) -> bool {
    let mut lines = data.split(|byte| *byte == b'\n');
    let Some(target) = lines.next().and_then(|line| Uri::try_from(line).ok()) else {
        return false;
    };
    let mut request = Request::new(());
    *request.uri_mut() = target;
    *request.headers_mut() = lines.take(LINES_MAX).filter_map(field).collect();
    names_one_host(&request);
    finds_cookies(request.headers());
    knows_its_own_session(request.headers());
    lets_own_pages_in(&request);
    chooses_what_is_offered(request.headers());
    shows_no_secret(request);
    true
}

fn field(line: &[u8]) -> Option<(HeaderName, HeaderValue)> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let (name, value) = line.split_at_checked(colon)?;
    let value = value.strip_prefix(b":")?.trim_ascii();
    let name = HeaderName::from_bytes(name).ok()?;
    Some((name, HeaderValue::from_bytes(value).ok()?))
}

/// A host with anything else beside it could be another one to a proxy.
fn names_one_host(request: &Request<()>) {
    if authority::fault(request).is_some() {
        return;
    }
    let mut hosts = request.headers().get_all(header::HOST).into_iter();
    let host = hosts.next().and_then(|host| host.to_str().ok());
    let host = host.expect("HTTP/1.1 requires one that is text");
    assert!(!host.contains(['@', '/', '?', '#', '\\', ' ']), "{host}");
    assert!(hosts.next().is_none(), "{host}");
}

/// RFC 9113 §8.2.3: cookies may come in one line or in several.
fn finds_cookies(headers: &HeaderMap) {
    let lines = headers.get_all(header::COOKIE).into_iter();
    let lines: Vec<&[u8]> = lines.map(HeaderValue::as_bytes).collect();
    let whole = HeaderValue::from_bytes(&lines.join(&b"; "[..])).expect("its parts are values");
    let whole = HeaderMap::from_iter([(header::COOKIE, whole)]);
    for name in ["a", "token", "sockeye_session"] {
        let found = cookie(headers, name);
        assert_eq!(found, cookie(&whole, name), "{name}");
        let mut twice = headers.clone();
        let own = HeaderValue::from_str(&format!("{name}=own")).expect("it is a value");
        twice.append(header::COOKIE, own);
        match found {
            Ok(None) => {}
            Ok(Some(_)) | Err(_) => assert!(cookie(&twice, name).is_err(), "{name}"),
        }
    }
}

/// Nobody makes a session up, and nothing beside its cookie hides one.
fn knows_its_own_session(headers: &HeaderMap) {
    for is_secure in [false, true] {
        let issued = FRAMES.greet(headers, is_secure);
        let issued = issued.expect("this process made no cookie that is in a corpus");
        let issued = issued.as_bytes().split(|byte| *byte == b';').next();
        let mut line = issued.unwrap_or_default().to_vec();
        if let Some(other) = headers.get(header::COOKIE) {
            line.extend([b"; ", other.as_bytes()].concat());
        }
        let mut headers = headers.clone();
        let value = HeaderValue::from_bytes(&line).expect("its parts are values");
        headers.insert(header::COOKIE, value);
        let is_known = FRAMES.greet(&headers, is_secure).is_none();
        let end = line.iter().position(|byte| *byte == b'=');
        let name = line.get(..=end.unwrap_or_default()).unwrap_or_default();
        let names = line
            .windows(name.len())
            .filter(|part| *part == name)
            .count();
        assert!(is_known || names > 1, "{headers:?}");
    }
}

/// A page of another host opens nothing that may touch a user's data.
fn lets_own_pages_in(request: &Request<()>) {
    let mut request = request.clone();
    let headers = request.headers_mut();
    for (name, value) in [
        (header::CONNECTION, "Upgrade"),
        (header::UPGRADE, "websocket"),
        (header::SEC_WEBSOCKET_VERSION, "13"),
        (header::SEC_WEBSOCKET_KEY, "dGhlIHNhbXBsZSBub25jZQ=="),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.remove(header::SEC_WEBSOCKET_EXTENSIONS);
    let acceptor = Acceptor::default().origins(Origins::same_host());
    let Ok(Some(_)) = acceptor.upgrade(&HttpHead::from(&request)) else {
        return;
    };
    let text = |name| {
        let value = request.headers().get(name).map(HeaderValue::as_bytes);
        value.map(|value| String::from_utf8_lossy(value).to_ascii_lowercase())
    };
    let (Some(origin), Some(host)) = (text(header::ORIGIN), text(header::HOST)) else {
        return;
    };
    // A port is a number: `:08080` is the one that `:8080` is.
    let bare = |text: &str| {
        let parts = text.rsplit_once(':');
        let parts = parts.and_then(|(name, port)| Some((name, port.parse::<u16>().ok()?)));
        match parts {
            Some((name, 80 | 443)) => name.to_owned(),
            Some((name, port)) => format!("{name}:{port}"),
            None => text.to_owned(),
        }
    };
    let of_origin = origin.split_once("://").map(|(_, host)| bare(host));
    assert_eq!(of_origin, Some(bare(&host)), "{origin} at {host}");
}

/// RFC 6455 §4.2.2: what is agreed on was offered.
fn chooses_what_is_offered(headers: &HeaderMap) {
    let lines = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).into_iter();
    let lines: Vec<&str> = lines.filter_map(|line| line.to_str().ok()).collect();
    let names: Vec<&str> = lines.iter().flat_map(|line| line.split(',')).collect();
    let chosen = choose_subprotocol(names.iter().copied());
    assert_eq!(chosen.is_some(), !names.is_empty());
    let is_chat = |name: &str| {
        Protocol::ALL
            .iter()
            .any(|it| it.subprotocol() == Some(name))
    };
    if let Some(chosen) = chosen {
        assert!(names.contains(&chosen), "{chosen}");
        assert_eq!(is_chat(chosen), names.iter().any(|name| is_chat(name)));
    }
}

/// A token, wherever a client put it, is not shown; nor more than there is room for.
fn shows_no_secret(mut request: Request<()>) {
    let mut planted = HeaderMap::new();
    for (name, value) in request.headers() {
        is_shown_masked(name.as_str(), &String::from_utf8_lossy(value.as_bytes()));
        // What stands there becomes a part of the URL, in which it is no credential.
        if name == header::HOST {
            continue;
        }
        let (before, after) = value.as_bytes().split_at(value.len() / 2);
        let value = [before, TOKEN.as_bytes(), after].concat();
        let value = HeaderValue::from_bytes(&value).expect("its parts are values");
        planted.append(name, value);
    }
    *request.headers_mut() = planted;
    let target = request
        .uri()
        .path_and_query()
        .map_or("/", |target| target.as_str());
    if let Ok(target) = Uri::try_from(format!("{target}{TOKEN}")) {
        *request.uri_mut() = target;
    }
    let shown = Handshake::new(&request, false, std::iter::empty()).to_json();
    assert!(!shown.to_string().contains(OPENING), "{shown}");
    let fields = shown.get("request").and_then(|fields| fields.as_array());
    let fields = fields.expect("it is a list");
    assert!(fields.len() <= SHOWN_HEADERS_MAX);
    let texts = fields.iter().filter_map(|field| field.as_array()).flatten();
    let len_max = SHOWN_VALUE_LEN_MAX + '…'.len_utf8();
    assert!(
        texts
            .filter_map(|text| text.as_str())
            .all(|text| text.len() <= len_max)
    );
}
