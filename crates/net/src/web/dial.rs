//! From a request to an open connection: an ordinary [`Client`], asked for what a browser asks for.
//! Owns where hosts are looked for and the words for what went wrong. Knows no object and no event.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, LazyLock};

use sockeye_proto::connection::Config;
use sockeye_proto::handshake::DeflateOffer;
use tokio::net::TcpStream;
use url::Host;

use super::address::is_localhost;
use super::credentials;
use super::request::Request;
use crate::client::{Client, Target};
use crate::error::Result;
use crate::tcp::connect_tcp;
use crate::websocket::WebSocket;

/// What is done to each client before it connects.
type Adjust = dyn Fn(Client) -> Result<Client> + Send + Sync;

/// How servers are reached.
#[derive(Clone, Default)]
pub struct Dial {
    adjust: Option<Arc<Adjust>>,
    /// Host and port, and where they are instead of where the system says.
    places: Vec<(String, u16, SocketAddr)>,
}

/// A connection whose opening handshake is done.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) connection: WebSocket,
    pub(super) protocol: String,
    pub(super) extensions: String,
}

impl Dial {
    /// Has `adjust` change each client before it connects: limits, timeouts, TLS, headers, cookies.
    #[must_use]
    pub fn adjust(
        mut self,
        adjust: impl Fn(Client) -> Result<Client> + Send + Sync + 'static,
    ) -> Self {
        self.adjust = Some(Arc::new(adjust));
        self
    }

    /// Connects to `place` for URLs with this host (as in the URL, also with letters beyond ASCII,
    /// but an IPv6 address without brackets) and port. `Host`, `Origin` and the certificate's name
    /// stay those of the URL.
    #[must_use]
    pub fn resolve(mut self, host: &str, port: u16, place: SocketAddr) -> Self {
        self.places.push((as_in_urls(host), port, place));
        self
    }

    /// Connects, or says in words why not.
    pub(super) async fn open(self, request: Request) -> std::result::Result<Opened, String> {
        let has_protocols = !request.protocols.is_empty();
        let opening = async {
            let client = self.client(&request)?;
            client.connect_with(|target| self.connect(target)).await
        };
        // WHATWG websockets §established-1 step: a network error or another status than 101.
        let connection = opening.await.map_err(|error| format!("{error:#}"))?;
        // WHATWG websockets §established-2 step: who asked for subprotocols gets one of them.
        if has_protocols && connection.protocol().is_none() {
            connection.abort();
            return Err("the server chose none of the subprotocols".to_owned());
        }
        let extensions = extensions(&connection);
        // WHATWG websockets §established-3 step: the rest of RFC 6455's checks passed.
        Ok(Opened {
            protocol: connection.protocol().unwrap_or_default().to_owned(),
            connection,
            extensions,
        })
    }

    /// The client for a request.
    fn client(&self, request: &Request) -> Result<Client> {
        // WHATWG websockets §establish-1 step: the scheme decides about TLS; http is what it
        // speaks.
        // WHATWG websockets §establish-2 step: no redirect is followed, nothing is cached.
        // WHATWG websockets §establish-3 §establish-4 §establish-5 §establish-6 §establish-7 step:
        // the client's own request has these, with a nonce of its own.
        // WHATWG websockets §establish-13 step: it offers permessage-deflate as browsers do, unless
        // it is told not to: a script sees the answer, and some servers answer whatever is offered.
        // What contexts take is bounded by the client.
        // WHATWG websockets §obtain-1 §obtain-2 §obtain-3 §obtain-5 step: of the URL's parts.
        let client = Client::new(&request.address.to_handshake())?.keep_response();
        let client = client.config(config());
        let client = client.deflate(Some(DeflateOffer::takeover()));
        // WHATWG websockets §establish-8 step: in the caller's order.
        let client = client.protocols(request.protocols.iter().map(String::as_str))?;
        // WHATWG websockets §establish-10 step: an origin is always sent.
        let client = client.origin(&request.origin)?;
        // Fetch sends these for the cache mode "no-store" of that request.
        let client = client.header("Pragma", "no-cache")?;
        let client = client.header("Cache-Control", "no-cache")?;
        let client = match request.address.credentials() {
            // WHATWG websockets §establish-9 step: credentials are included.
            // DEVIATION: Fetch waits for a 401 before it sends those of the URL.
            Some((name, password)) => {
                client.header("Authorization", &credentials::basic(name, password))?
            }
            None => client,
        };
        match &self.adjust {
            Some(adjust) => adjust(client),
            None => Ok(client),
        }
    }

    // WHATWG websockets §obtain-6 §obtain-7 step: the connection, or none.
    async fn connect(&self, target: Target) -> io::Result<TcpStream> {
        let is_here = |(host, port, _): &&(String, u16, SocketAddr)| {
            *host == target.host && *port == target.port
        };
        if let Some((.., place)) = self.places.iter().find(is_here) {
            // Which is not in the URL that the error is told with.
            let told = |error: io::Error| io::Error::new(error.kind(), format!("{place}: {error}"));
            return connect_tcp(place).await.map_err(told);
        }
        if is_localhost(&target.host) {
            // Secure Contexts §5.2: no resolver is asked for these names.
            let addresses: [IpAddr; 2] = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
            let places = addresses.map(|address| SocketAddr::new(address, target.port));
            return connect_tcp(&places[..]).await;
        }
        connect_tcp((target.host, target.port)).await
    }
}

/// A host as URLs have it once they are parsed; what is no host stays what it is.
fn as_in_urls(host: &str) -> String {
    if let Ok(address) = host.parse::<Ipv6Addr>() {
        return address.to_string();
    }
    match Host::parse(host) {
        Ok(Host::Ipv6(address)) => address.to_string(),
        Ok(host) => host.to_string(),
        Err(_) => host.to_owned(),
    }
}

/// A client's own, but without Pings: no browser sends any, and a server need not answer what none
/// sends.
fn config() -> Arc<Config> {
    static SHARED: LazyLock<Arc<Config>> = LazyLock::new(|| {
        let mut config = Config::default();
        config.keepalive = None;
        Arc::new(config)
    });
    Arc::clone(&SHARED)
}

/// The header as the server sent it, lines joined.
fn extensions(connection: &WebSocket) -> String {
    let Some(head) = connection.response() else {
        return String::new();
    };
    let lines = head.headers().all("sec-websocket-extensions");
    let lines: Vec<_> = lines.map(String::from_utf8_lossy).collect();
    lines.join(", ")
}

impl fmt::Debug for Dial {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Dial")
            .field("places", &self.places)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A host that is written in another way would be looked for where the system says, silently.
    #[test]
    fn hosts_are_the_same_however_they_are_written() {
        for (written, parsed) in [
            ("B\u{fc}cher.Example", "xn--bcher-kva.example"),
            ("xn--bcher-kva.example", "xn--bcher-kva.example"),
            ("LOCALHOST", "localhost"),
            ("0x7f.1", "127.0.0.1"),
            ("::1", "::1"),
            ("[0:0::1]", "::1"),
            ("a b", "a b"),
        ] {
            assert_eq!(as_in_urls(written), parsed, "{written}");
        }
    }
}
