//! [`WebSocketUpgrade`] as an argument of axum's handlers. Owns where the acceptor comes from.

use axum_core::extract::{FromRequestParts, OptionalFromRequestParts};
use axum_core::response::{IntoResponse, Response};
use http::request::Parts;

use crate::http_upgrade::{HttpHead, Rejection, WebSocketUpgrade};
use crate::server::Acceptor;
use crate::upgrade::Refusal;

/// By the [`Acceptor`] in the request's extensions, where `axum::Extension(acceptor)` as a layer
/// puts it; by the default one where there is none.
impl<S: Sync> FromRequestParts<S> for WebSocketUpgrade {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Rejection> {
        extract(parts)?.ok_or_else(|| Refusal::not_an_upgrade().into())
    }
}

/// `None` for a request that asks for no WebSocket.
impl<S: Sync> OptionalFromRequestParts<S> for WebSocketUpgrade {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Rejection> {
        extract(parts)
    }
}

fn extract(parts: &mut Parts) -> Result<Option<WebSocketUpgrade>, Rejection> {
    let given = parts.extensions.get::<Acceptor>();
    let acceptor = given.unwrap_or_else(|| Acceptor::shared());
    let upgrade = acceptor.upgrade(&HttpHead::from(&*parts))?;
    let timeout = acceptor.handshake_timeout();
    WebSocketUpgrade::new(upgrade, timeout, &mut parts.extensions)
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        self.response()
    }
}
