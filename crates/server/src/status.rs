//! What the server says about itself and about whoever asks: whether it lives, whether it is ready,
//! whom it thinks the client to be, how long what it takes may be. Owns the words.

use hyper::body::Bytes;
use hyper::{Response, StatusCode};
use serde_json::json;
use sockeye_dialect::{chat, limits};

use crate::auth::Identity;
use crate::post::Post;
use crate::response::{Body, refuse_newcomer, text, with_body};

/// That the process lives, which is all that can be said of one that answers.
pub(crate) fn health(_: &Post) -> Response<Body> {
    text(StatusCode::OK, "alive")
}

/// Whether newcomers are welcome.
pub(crate) fn ready(post: &Post) -> Response<Body> {
    if post.life.is_serving() {
        text(StatusCode::OK, "ready")
    } else {
        refuse_newcomer()
    }
}

/// Whom the token of the request says the client to be; nobody, without one.
pub(crate) fn identity(identity: Option<&Identity>) -> Response<Body> {
    let said = match identity {
        Some(identity) => json!({
            "user": identity.user,
            "name": identity.name,
            "expires_at": identity.expires_at,
            "permissions": identity.permissions,
        }),
        None => json!({ "user": null }),
    };
    let body = Bytes::from(format!("{said}\n"));
    with_body(StatusCode::OK, "application/json", "no-store", body)
}

/// How long messages, names, texts and rooms may be, for pages that say so before they send.
pub(crate) fn limits(message_len_max: usize, chats: &chat::Options) -> Response<Body> {
    let said = json!({
        "message_bytes_max": message_len_max,
        "name_chars_max": chats.name_chars_max.min(limits::NAME_CHARS_MAX),
        "plain_chars_max": chats.plain_chars_max.min(limits::TEXT_CHARS_MAX),
        "room_bytes_max": limits::ROOM_LEN_MAX,
        "text_chars_max": chats.text_chars_max.min(limits::TEXT_CHARS_MAX),
    });
    let body = Bytes::from(format!("{said}\n"));
    with_body(StatusCode::OK, "application/json", "no-cache", body)
}
