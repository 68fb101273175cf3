//! What the server says about itself and about whoever asks: whether it lives, whether it is ready,
//! whom it thinks the client to be. Owns the words.

use hyper::body::Bytes;
use hyper::{Response, StatusCode};
use serde_json::json;

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
