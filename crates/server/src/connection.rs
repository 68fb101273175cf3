//! One connection, from its first byte to its end: TLS, HTTP until a request asks for a WebSocket,
//! then that. Owns the handover between these, and that a panic in one ends that one only.

use std::sync::Arc;

use sockeye::Stream;

use crate::fence::{Panicked, fence};
use crate::http::serve_http;
use crate::post::Post;
use crate::site::Site;
use crate::slots::Opening;
use crate::socket::{Arrival, Socket};
use crate::visit::Visit;

/// Serves `arrival` to its end. As long as it asks for no WebSocket it is an opening, which may
/// have to make room for another one.
pub(crate) async fn serve(arrival: Arrival, site: Arc<Site>, post: Post, opening: Opening) {
    let address = arrival.address;
    let opened = fence(async {
        let stream = secure(arrival.socket, &site, &post).await?;
        serve_http(stream, address, &site, &post).await
    });
    match opening.open(opened).await {
        Some((Ok(Some(visit)), slot)) => {
            // A task of its own: what HTTP needed is not kept for as long as the WebSocket lives.
            tokio::spawn(async move {
                host(visit, &site, post).await;
                drop(slot);
            });
        }
        Some((Err(Panicked(message)), _)) => {
            tracing::error!(%message, "an HTTP connection panicked");
        }
        // It left, or was given up for another one.
        Some((Ok(None), _)) | None => {}
    }
}

/// TLS where it is spoken. A client that fails at that was told so, as far as TLS can.
async fn secure(socket: Socket, site: &Site, post: &Post) -> Option<Stream> {
    let (tcp, tls) = match (socket, &site.tls) {
        (Socket::Tcp(tcp), Some(tls)) => (tcp, tls),
        (socket, _) => return Some(socket.into_stream()),
    };
    let _ = tcp.set_nodelay(true);
    let mut life = post.life.clone();
    tokio::select! {
        stream = tls.accept(tcp) => stream.ok(),
        // Nothing was asked yet that could be answered.
        () = life.leaving(), if !post.life.is_leaving() => None,
    }
}

/// Has the application serve a WebSocket to its end.
async fn host(mut visit: Visit, site: &Site, post: Post) {
    visit.ws.set_queue_marks(site.queue_marks);
    let ending = match fence((visit.application)(visit.ws, post.life)).await {
        Ok(ending) => ending,
        Err(Panicked(message)) => {
            tracing::error!(path = visit.path, %message, "a WebSocket's handler panicked");
            return;
        }
    };
    tracing::info!(
        path = visit.path,
        address = visit.address.map(tracing::field::display),
        seconds = visit.since.elapsed().as_secs_f64(),
        code = ending.code,
        clean = ending.is_clean,
        why = ending.why.word(),
        "closed"
    );
}

#[cfg(test)]
mod tests;
