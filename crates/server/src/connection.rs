//! One connection, from its first byte to its end: TLS, HTTP until a request asks for a WebSocket,
//! then that. Owns the handover between these, that a panic in one ends that one only, and the line
//! about the end of each.

use std::net::IpAddr;
use std::sync::Arc;

use sockeye::{Stream, WebSocket};
use tokio::time::Instant;

use crate::answer::{Entry, Seen};
use crate::ending::Ending;
use crate::excess::Excess;
use crate::fence::{Panicked, fence};
use crate::guests::Stay;
use crate::http::serve_http;
use crate::post::Post;
use crate::proxy;
use crate::site::Site;
use crate::slots::Opening;
use crate::socket::{Arrival, Socket};
use crate::stats::Count;
use crate::visit::{Caller, Visit};

/// Serves `arrival` to its end. As long as it asks for no WebSocket it is an opening, which may
/// have to make room for another one.
pub(crate) async fn serve(arrival: Arrival, site: Arc<Site>, post: Post, opening: Opening) {
    post.counters.count(Count::Accepted);
    let address = arrival.address;
    let Some((stay, excess)) = receive(address, &site, &post) else {
        return;
    };
    let opened = fence(async {
        let stream = secure(arrival.socket, &site, &post).await?;
        serve_http(stream, address, excess, &site, &post).await
    });
    // In a box that is gone afterwards: the task keeps only what an open connection needs.
    match Box::pin(opening.open(opened)).await {
        Some((Ok(Some((ws, entry))), slot)) => {
            // A task of its own: what HTTP needed is not kept for as long as the WebSocket lives.
            let hosting = host(ws, *entry, &site, post);
            tokio::spawn(async move {
                hosting.await;
                drop((slot, stay));
            });
        }
        Some((Err(Panicked(message)), _)) => {
            post.counters.count(Count::Panics);
            tracing::error!(%message, "an HTTP connection panicked");
        }
        // It left, or was given up for another one.
        Some((Ok(None), _)) | None => {}
    }
}

/// What a connection of `address` counts as, and what there is too much of with it, which it is to
/// be told. None where it is not even told.
fn receive(
    address: Option<IpAddr>,
    site: &Site,
    post: &Post,
) -> Option<(Option<Stay>, Option<Excess>)> {
    // Whom a trusted proxy brings is known only when he asks for something.
    if proxy::is_trusted(address, &site.proxy) {
        return Some((None, None));
    }
    match site.guests.enter(address) {
        Ok(stay) => Some((Some(stay), None)),
        Err(excess) => {
            post.counters.count(Count::of_excess(excess));
            // Only a few, or an address could have any number by being one too many.
            let stay = site.guests.enter_to_be_turned_away(address)?;
            Some((Some(stay), Some(excess)))
        }
    }
}

/// TLS where it is spoken.
async fn secure(socket: Socket, site: &Site, post: &Post) -> Option<Stream> {
    let mut life = post.life.clone();
    tokio::select! {
        // Whoever speaks no TLS has nothing to wait for.
        biased;
        stream = socket.into_stream(site.tls.as_ref()) => stream.ok(),
        // Nothing was asked yet that could be answered.
        () = life.leaving() => None,
    }
}

/// Has the application serve a WebSocket to its end.
fn host(
    mut ws: WebSocket,
    entry: Entry,
    site: &Site,
    post: Post,
) -> impl Future<Output = ()> + Send + use<> {
    let since = Instant::now();
    let Post {
        life,
        counters,
        node,
    } = post;
    counters.count(Count::Opened);
    ws.set_queue_marks(site.queue_marks);
    let caller = Arc::new(entry.caller);
    let (recording, view) = match entry.seen {
        Seen::Recorded(recording) => (Some(recording), None),
        Seen::Looking(view) => (None, Some(view)),
        Seen::Not => (None, None),
    };
    if let Some(recording) = &recording {
        ws.observe(recording.observer());
    }
    let running = (entry.application)(Visit {
        ws,
        life,
        counters: Arc::clone(&counters),
        caller: Arc::clone(&caller),
        node,
        room: entry.room,
        view,
    });
    let (path, places) = (entry.path, entry.places);
    // What is above is gone by then: each open connection keeps what is below.
    async move {
        let ending = fence(running).await.unwrap_or_else(|Panicked(message)| {
            counters.count(Count::Panics);
            tracing::error!(path, %message, "a WebSocket's handler panicked");
            Ending::panicked()
        });
        drop(places);
        if let Some(recording) = recording {
            recording.end(ending);
        }
        counters.count(Count::of_end(ending.why));
        tell(path, &caller, since, ending);
    }
}

/// The line about the end of a WebSocket.
fn tell(path: &'static str, caller: &Caller, since: Instant, ending: Ending) {
    tracing::info!(
        path,
        address = %caller.place(),
        user = caller.user(),
        seconds = since.elapsed().as_secs_f64(),
        code = ending.code,
        clean = ending.is_clean,
        why = ending.why.word(),
        fault = ending.fault.map(tracing::field::display),
        "closed"
    );
}

#[cfg(test)]
mod tests;
