//! What the server says about itself: whether it lives and whether it is ready. Owns the words.

use hyper::{Response, StatusCode};

use crate::post::Post;
use crate::response::{Body, refuse_newcomer, text};

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
