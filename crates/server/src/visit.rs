//! A WebSocket and who serves it: what an application is given, and asked before. Owns that it is
//! given all it needs to know about its client, and nothing about HTTP.

use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;

use sockeye::WebSocket;

use crate::auth::Identity;
use crate::ending::Ending;
use crate::frames::View;
use crate::life::Life;
use crate::network::Trust;
use crate::node::Node;
use crate::stats::Counters;

/// What serves the WebSockets of an address: to their end, which is what it comes to. It only makes
/// the future; whatever can go wrong is in there.
pub(crate) type Application = fn(Visit) -> Pin<Box<dyn Future<Output = Ending> + Send>>;

/// What says, before a WebSocket is opened, whether its client's token permits what it is for.
pub(crate) type Gate = fn(Knock<'_>) -> bool;

/// Somebody who asks for a WebSocket.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Knock<'a> {
    /// The room that the address names, if it does.
    pub(crate) room: Option<&'a str>,
    /// The subprotocol that was agreed to.
    pub(crate) subprotocol: Option<&'a str>,
    pub(crate) identity: Option<&'a Identity>,
}

/// A WebSocket that was just opened.
#[derive(Debug)]
pub(crate) struct Visit {
    pub(crate) ws: WebSocket,
    /// When it is time to say goodbye.
    pub(crate) life: Life,
    /// Where messages are counted.
    pub(crate) counters: Arc<Counters>,
    /// Who is at the other end.
    pub(crate) caller: Arc<Caller>,
    /// The hub on this thread.
    pub(crate) node: Arc<Node>,
    /// The room that the address names, if it does.
    pub(crate) room: Option<Box<str>>,
    /// What it may see of recorded connections, where it is opened to see that.
    pub(crate) view: Option<Box<View>>,
}

/// Who is at the other end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Caller {
    /// Where; nowhere, over a Unix socket without a proxy that says.
    pub(crate) address: Option<IpAddr>,
    /// By a token; nobody in particular without one.
    pub(crate) identity: Option<Identity>,
    /// When the token that it showed runs out, in seconds since 1970, also where nobody needs one.
    pub(crate) expires_at: Option<u64>,
}

impl Caller {
    /// Where it is, for the log, in which all who come over Unix sockets are `unix`.
    pub(crate) fn place(&self) -> String {
        let unix = || Trust::Unix.to_string();
        self.address
            .map_or_else(unix, |address| address.to_string())
    }

    /// The user, for the log.
    pub(crate) fn user(&self) -> Option<&str> {
        self.identity.as_ref().map(|identity| &*identity.user)
    }
}
