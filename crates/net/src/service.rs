//! A WebSocket wherever a tower service can be. Owns nothing but the service.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::pin::Pin;
use std::task::{Context, Poll};

use http::{Request, Response};
use hyper::body::{Body, Bytes, Frame, SizeHint};
use tower_service::Service;

use crate::http_upgrade::Rejection;
use crate::server::Acceptor;
use crate::upgrade::Refusal;
use crate::websocket::WebSocket;

/// A tower service that answers each request with a WebSocket, or says why not. Behind it `handler`
/// gets the WebSocket and the request that asked for it, with its extensions, in a task of its own.
///
/// Routing and access control come before it, as before any service:
///
/// ```
/// use http::Request;
/// use sockeye::{Acceptor, WebSocket, WebSocketService};
///
/// async fn greet(mut ws: WebSocket, request: Request<()>) {
///     let _ = ws.send(format!("you asked for {}", request.uri())).await;
/// }
///
/// let service = WebSocketService::new(Acceptor::default(), greet);
/// # let _: axum::Router = axum::Router::new().route_service("/greet", service);
/// ```
#[derive(Clone, Debug)]
pub struct WebSocketService<H> {
    acceptor: Acceptor,
    handler: H,
}

impl<H> WebSocketService<H> {
    /// Agrees to what `acceptor` says, and has `handler` do the rest.
    pub fn new(acceptor: Acceptor, handler: H) -> Self {
        Self { acceptor, handler }
    }
}

impl<H, F, B> Service<Request<B>> for WebSocketService<H>
where
    H: FnOnce(WebSocket, Request<()>) -> F + Clone + Send + 'static,
    F: Future<Output = ()> + Send + 'static,
{
    type Response = Response<ServiceBody>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let mut request = request.map(drop);
        let response = match self.acceptor.upgrade_http(&mut request) {
            Ok(Some(upgrade)) => {
                let handler = self.handler.clone();
                upgrade.on_upgrade(|ws| handler(ws, request))
            }
            Ok(None) => Rejection::from(Refusal::not_an_upgrade()).response(),
            Err(rejection) => rejection.response(),
        };
        ready(Ok(response))
    }
}

/// The body of a response that is there as a whole: none, or the reason of a refusal.
#[derive(Debug, Default)]
pub struct ServiceBody(Bytes);

impl From<String> for ServiceBody {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl Body for ServiceBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let text = std::mem::take(&mut self.0);
        Poll::Ready((!text.is_empty()).then(|| Ok(Frame::data(text))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.len() as u64)
    }
}
