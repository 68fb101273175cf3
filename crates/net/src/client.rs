//! Connecting (RFC 6455 §4.1): URL, TCP, opening handshake. Owns what a client asks for.

use std::sync::Arc;
use std::time::Duration;

use sockeye_proto::Role;
use sockeye_proto::connection::{Config, Connection};
use sockeye_proto::handshake::client::{ClientFault, ClientRequest};
use sockeye_proto::handshake::http1::ResponseHead;
use sockeye_proto::handshake::{DeflateOffer, Key, Scheme, WsUrl};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::agreement::Agreement;
use crate::error::{Error, Phase, Result};
use crate::keeper;
use crate::opening::{Settings, read_body_start, read_head};
use crate::transport::Transport;
use crate::websocket::WebSocket;
use crate::workbench::Workbench;

/// Connects to `url` with the defaults: permessage-deflate offered without context takeover,
/// keepalive on, messages of at most 16 MiB.
///
/// # Errors
/// As [`Client::connect`].
///
/// # Cancel safety
/// Safe: dropping the future drops the attempt.
pub async fn connect(url: &str) -> Result<WebSocket> {
    Client::new(url)?.connect().await
}

/// A connection to be made: what to ask for and how long to wait.
#[derive(Clone, Debug)]
pub struct Client {
    url: WsUrl,
    request: ClientRequest,
    settings: Settings,
}

impl Client {
    /// A client for `url`: `ws://host[:port]/path?query`; `http:` counts as `ws:`.
    ///
    /// # Errors
    /// [`is_misuse`](Error::is_misuse) for a URL that breaks a rule; its source names the rule.
    pub fn new(url: &str) -> Result<Self> {
        let url = WsUrl::parse(url)?;
        if url.scheme() == Scheme::Wss {
            return Err(Error::tls_missing());
        }
        let request = ClientRequest::new(&url, fresh_key()).deflate(DeflateOffer::no_takeover());
        Ok(Self {
            url,
            request,
            settings: Settings::default(),
        })
    }

    /// Asks for one of these subprotocols, in order of preference.
    ///
    /// # Errors
    /// [`is_misuse`](Error::is_misuse) for a name that is no token or is repeated.
    pub fn protocols<'a>(mut self, names: impl IntoIterator<Item = &'a str>) -> Result<Self> {
        self.request = self.request.protocols(names)?;
        Ok(self)
    }

    /// Sends an additional header.
    ///
    /// # Errors
    /// [`is_misuse`](Error::is_misuse) for what is no header, or one that the handshake owns.
    pub fn header(mut self, name: &str, value: &str) -> Result<Self> {
        self.request = self.request.header(name, value)?;
        Ok(self)
    }

    /// Sends an `Origin` header: `null`, or `scheme://host[:port]` as browsers write it, in lower
    /// case and without a trailing slash (RFC 6454 §6.2).
    ///
    /// # Errors
    /// [`is_misuse`](Error::is_misuse) for what is no origin of that form; its source names the
    /// value and the rule.
    pub fn origin(mut self, origin: &str) -> Result<Self> {
        self.request = self.request.origin(origin)?;
        Ok(self)
    }

    /// Offers permessage-deflate as `offer` says, or not at all. Default: without context takeover.
    #[must_use]
    pub fn deflate(mut self, offer: Option<DeflateOffer>) -> Self {
        self.request = self.request.without_deflate();
        if let Some(offer) = offer {
            self.request = self.request.deflate(offer);
        }
        self
    }

    /// Limits, keepalive and the closing budget.
    #[must_use]
    pub fn config(mut self, config: Arc<Config>) -> Self {
        self.settings.config = config;
        self
    }

    /// How long TCP and the handshake may take, each. Default 10 s.
    #[must_use]
    pub fn open_timeout(mut self, timeout: Duration) -> Self {
        self.settings.open_timeout = timeout;
        self
    }

    /// Connects.
    ///
    /// # Errors
    /// [`is_lost`](Error::is_lost) if TCP cannot be opened, [`is_refused`](Error::is_refused) with
    /// the server's [`response`](Error::response), [`is_peer_fault`](Error::is_peer_fault) for an
    /// answer that breaks the rules, [`is_timeout`](Error::is_timeout) with the phase.
    ///
    /// # Cancel safety
    /// Safe: dropping the future drops the attempt.
    pub async fn connect(self) -> Result<WebSocket> {
        let host = self
            .url
            .host()
            .trim_start_matches('[')
            .trim_end_matches(']');
        let connecting = TcpStream::connect((host, self.url.port()));
        // RFC 6455 §4.1-7 §7.2.1-1 MUST: a transport that cannot be opened fails the connection.
        let tcp = self
            .settings
            .in_time(Phase::Connect, connecting)
            .await?
            .and_then(|tcp| tcp.set_nodelay(true).map(|()| tcp))
            .map_err(|error| Error::connect(self.url.host_header(), error))?;
        self.connect_over(tcp).await
    }

    /// Makes the opening handshake over a transport that is open already.
    ///
    /// # Errors
    /// As [`connect`](Self::connect), but for TCP's.
    ///
    /// # Cancel safety
    /// Safe: dropping the future drops the transport.
    pub async fn connect_over<T: Transport>(mut self, mut transport: T) -> Result<WebSocket<T>> {
        // RFC 6455 §4.1-21 MUST: the nonce is chosen at random for each connection, also for those
        // that clones of this client make.
        self.request = self.request.key(fresh_key());
        let opening = self.open(&mut transport);
        let (agreed, leftover) = self.settings.in_time(Phase::Handshake, opening).await??;
        let connection = Connection::new(Role::Client, self.settings.config, keeper::now());
        let agreement = Agreement {
            protocol: agreed.protocol.map(String::into_boxed_str),
            deflate: agreed.deflate,
        };
        let connection = match agreed.deflate {
            // A client opens few connections and asked for their contexts itself: no budget.
            Some(deflate) => connection.with_deflate(deflate, None),
            None => connection,
        };
        Ok(WebSocket::new(connection, transport, leftover, agreement))
    }

    /// RFC 6455 §4.1-1 §4.1-12 §4.1-26 §4.1-27 MUST: request, answer, and nothing else before.
    async fn open(
        &self,
        transport: &mut impl Transport,
    ) -> Result<(sockeye_proto::handshake::client::Agreed, Vec<u8>)> {
        let lost = |error| Error::lost(Some(error));
        transport
            .write_all(&self.request.encode())
            .await
            .map_err(lost)?;
        transport.flush().await.map_err(lost)?;
        let (head, leftover) = read_head::<ResponseHead>(transport).await?;
        match self.request.verify(&head) {
            Ok(agreed) => Ok((agreed, leftover)),
            // RFC 6455 §4.1-28 MUST: another status is HTTP's business: the caller gets the
            // response.
            Err(ClientFault::Refused { .. }) => {
                let body_start = read_body_start(transport, &head, leftover).await;
                Err(Error::refused(head, body_start))
            }
            Err(fault) => Err(fault.into()),
        }
    }
}

fn fresh_key() -> Key {
    Key::from_random(Workbench::with(|bench| bench.keys.random()))
}
