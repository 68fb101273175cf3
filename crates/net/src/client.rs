//! Connecting (RFC 6455 §4.1): URL, TCP, TLS, opening handshake. Owns what a client asks for, and
//! the order of these. Keeps rules of RFC 6455 §7.2.1.

mod contexts;

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use sockeye_proto::Role;
use sockeye_proto::connection::{Config, Connection};
use sockeye_proto::deflate::ContextBudget;
use sockeye_proto::handshake::client::{Agreed, ClientFault, ClientRequest};
use sockeye_proto::handshake::http1::ResponseHead;
use sockeye_proto::handshake::{DeflateOffer, Key, Scheme, WsUrl};
use tokio::io::AsyncWriteExt;

use crate::agreement::Agreement;
use crate::error::{Error, Phase, Result};
use crate::keeper;
use crate::opening::{Settings, Timeouts, read_body_start, read_head};
use crate::stream::Stream;
use crate::tcp::connect_tcp;
use crate::telemetry;
#[cfg(feature = "tls")]
use crate::tls::ClientTls;
use crate::transport::Transport;
use crate::websocket::WebSocket;
use crate::workbench::Workbench;

/// Connects to `url` with the defaults: TLS for `wss` with the certificates that the system trusts,
/// permessage-deflate offered without context takeover, keepalive on, messages of at most 16 MiB.
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
///
/// Each method says what a second call does: those for headers, cookies and subprotocols, of which
/// there may be several, add; all others replace.
#[derive(Clone)]
pub struct Client {
    url: WsUrl,
    /// Without the offer of compression, which depends on what is left of the budget.
    request: ClientRequest,
    deflate: Option<DeflateOffer>,
    contexts: Arc<ContextBudget>,
    settings: Settings,
    keeps_response: bool,
    /// The one that all clients share, unless it was given.
    #[cfg(feature = "tls")]
    tls: Option<ClientTls>,
}

/// Where a client connects to, for [`Client::connect_with`].
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Target {
    /// A name, or an IP address without brackets.
    pub host: String,
    /// Of TCP.
    pub port: u16,
    /// Whether TLS will run over the transport.
    pub is_tls: bool,
}

impl Client {
    /// A client for `url`: `ws://host[:port]/path?query`, or `wss:` for TLS; `http:` and `https:`
    /// count as these.
    ///
    /// # Errors
    /// [`is_misuse`](Error::is_misuse) for a URL that breaks a rule; its source names the rule.
    pub fn new(url: &str) -> Result<Self> {
        let url = WsUrl::parse(url)?;
        #[cfg(not(feature = "tls"))]
        if url.scheme() == Scheme::Wss {
            return Err(Error::tls_missing());
        }
        Ok(Self {
            request: ClientRequest::new(&url, fresh_key()),
            url,
            deflate: Some(DeflateOffer::no_takeover()),
            contexts: contexts::shared(),
            settings: Settings::default(),
            keeps_response: false,
            #[cfg(feature = "tls")]
            tls: None,
        })
    }

    /// Asks for one of these subprotocols, in order of preference. Adds to those of earlier calls,
    /// which are preferred.
    ///
    /// # Errors
    /// [`is_misuse`](Error::is_misuse) for a name that is no token or is repeated.
    pub fn protocols<'a>(mut self, names: impl IntoIterator<Item = &'a str>) -> Result<Self> {
        self.request = self.request.protocols(names)?;
        Ok(self)
    }

    /// Sends an additional header. Adds to those of earlier calls, also to one of the same name.
    ///
    /// # Errors
    /// [`is_misuse`](Error::is_misuse) for what is no header, or one that the handshake owns.
    pub fn header(mut self, name: &str, value: &str) -> Result<Self> {
        self.request = self.request.header(name, value)?;
        Ok(self)
    }

    /// Sends a cookie. Adds to those of earlier calls: all of them go into one `Cookie` header
    /// (RFC 6265 §5.4).
    ///
    /// # Errors
    /// [`is_misuse`](Error::is_misuse) for a name that is no token, or a value that would have to
    /// be encoded first.
    pub fn cookie(mut self, name: &str, value: &str) -> Result<Self> {
        self.request = self.request.cookie(name, value)?;
        Ok(self)
    }

    /// Sends an `Origin` header: `null`, or `scheme://host[:port]` as browsers write it, in lower
    /// case and without a trailing slash (RFC 6454 §6.2). Replaces that of an earlier call.
    ///
    /// # Errors
    /// [`is_misuse`](Error::is_misuse) for what is no origin of that form; its source names the
    /// value and the rule.
    pub fn origin(mut self, origin: &str) -> Result<Self> {
        self.request = self.request.origin(origin)?;
        Ok(self)
    }

    /// Offers permessage-deflate as `offer` says, or not at all. Replaces what was said before.
    /// Default: without context takeover.
    #[must_use]
    pub fn deflate(mut self, offer: Option<DeflateOffer>) -> Self {
        self.deflate = offer;
        self
    }

    /// What all compression contexts with takeover may take together. Default: 64 MiB for all
    /// clients of the process that were given none; connections beyond it offer no takeover.
    /// Replaces what was said before.
    #[must_use]
    pub fn contexts(mut self, budget: Arc<ContextBudget>) -> Self {
        self.contexts = budget;
        self
    }

    /// Limits, keepalive and the closing budget. Replaces all of them.
    #[must_use]
    pub fn config(mut self, config: Arc<Config>) -> Self {
        self.settings.config = config;
        self
    }

    /// How long each phase of opening may take. Replaces all [`timeouts`](Self::timeouts). Default
    /// 10 s each.
    #[must_use]
    pub fn open_timeout(self, timeout: Duration) -> Self {
        self.timeouts(Timeouts::each(timeout))
    }

    /// How long each phase of opening may take; the error of one that takes longer
    /// [names it](Error::timeout_phase). Replaces all of them.
    #[must_use]
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.settings.timeouts = timeouts;
        self
    }

    /// Keeps the head of the server's 101 for [`WebSocket::response`], which takes its length in
    /// memory for as long as the connection is open. Default: only what was agreed on is kept.
    #[must_use]
    pub fn keep_response(mut self) -> Self {
        self.keeps_response = true;
        self
    }

    /// Whom to trust behind a `wss` URL, and who to be. Replaces what was said before. Default:
    /// [`ClientTls::new`], shared by all clients that were given none.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn tls(mut self, tls: ClientTls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// Connects: TCP to the first address of the host that answers, TLS for a `wss` URL, then the
    /// opening handshake.
    ///
    /// # Errors
    /// [`is_lost`](Error::is_lost) if TCP cannot be opened, [`is_tls`](Error::is_tls) if TLS fails,
    /// [`is_refused`](Error::is_refused) with the server's [`response`](Error::response),
    /// [`is_peer_fault`](Error::is_peer_fault) for an answer that breaks the rules,
    /// [`is_timeout`](Error::is_timeout) with the phase.
    ///
    /// # Cancel safety
    /// Safe: dropping the future drops the attempt.
    pub async fn connect(self) -> Result<WebSocket> {
        // In a box, as below: what resolves names and opens TCP is not small either.
        Box::pin(self.connect_with(|target| connect_tcp((target.host, target.port)))).await
    }

    /// Connects over what `connect` opens: a proxy's tunnel, a Unix socket, a TCP connection with
    /// options of its own. TLS and the opening handshake follow as for [`connect`](Self::connect).
    ///
    /// ```no_run
    /// # #[cfg(unix)]
    /// # async fn example() -> sockeye::Result<()> {
    /// use tokio::net::UnixStream;
    /// let client = sockeye::Client::new("ws://localhost/events")?;
    /// let mut ws = client.connect_with(|_| UnixStream::connect("/run/events.sock")).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`connect`](Self::connect); what `connect` fails with is [`is_lost`](Error::is_lost).
    ///
    /// # Cancel safety
    /// Safe: dropping the future drops the attempt.
    pub async fn connect_with<T: Transport, F>(
        self,
        connect: impl FnOnce(Target) -> F,
    ) -> Result<WebSocket<Stream<T>>>
    where
        F: Future<Output = io::Result<T>>,
    {
        let connecting = connect(Target {
            host: self.url.host().to_owned(),
            port: self.url.port(),
            is_tls: self.url.scheme() == Scheme::Wss,
        });
        // RFC 6455 §4.1-7 §7.2.1-1 MUST: a transport that cannot be opened fails the connection.
        let transport = self
            .settings
            .in_time(Phase::Connect, connecting)
            .await?
            .map_err(|error| Error::connect(self.url.host_header(), error))?;
        self.connect_over(transport).await
    }

    /// Connects over a transport that is open already: TLS for a `wss` URL, then the opening
    /// handshake.
    ///
    /// # Errors
    /// As [`connect`](Self::connect), but for TCP's.
    ///
    /// # Cancel safety
    /// Safe: dropping the future drops the transport.
    pub async fn connect_over<T: Transport>(self, transport: T) -> Result<WebSocket<Stream<T>>> {
        // In a box that is gone afterwards: a task has room for the largest thing that it awaits,
        // and the one that connects most often keeps the connection.
        Box::pin(async move {
            // RFC 6455 §4.1-8 §4.1-10 MUST: TLS comes first, and all that follows runs in it.
            let stream = self.secure(transport).await?;
            self.handshake_over(stream).await
        })
        .await
    }

    /// TLS where the URL asks for it.
    #[cfg(feature = "tls")]
    async fn secure<T: Transport>(&self, transport: T) -> Result<Stream<T>> {
        if self.url.scheme() == Scheme::Ws {
            return Ok(Stream::plain(transport));
        }
        let tls = self.tls.clone().unwrap_or_else(ClientTls::shared);
        let connecting = tls.connect(self.url.host(), transport);
        self.settings.in_time(Phase::Tls, connecting).await?
    }

    #[cfg(not(feature = "tls"))]
    #[expect(
        clippy::unused_async,
        reason = "with TLS there is something to wait for"
    )]
    async fn secure<T: Transport>(&self, transport: T) -> Result<Stream<T>> {
        Ok(Stream::plain(transport))
    }

    /// Makes the opening handshake and nothing else. For a `wss` URL the transport must be
    /// encrypted already, by whatever means: this sends what it is given.
    ///
    /// # Errors
    /// As [`connect`](Self::connect), but for those of TCP and TLS.
    ///
    /// # Cancel safety
    /// Safe: dropping the future drops the transport.
    pub async fn handshake_over<T: Transport>(mut self, mut transport: T) -> Result<WebSocket<T>> {
        // RFC 6455 §4.1-21 MUST: the nonce is chosen at random for each connection, also for those
        // that clones of this client make.
        self.request = self.request.key(fresh_key());
        let mut permit = None;
        if let Some(offer) = self.deflate {
            let afforded = contexts::afford(offer, &self.settings.config, &self.contexts);
            self.request = self.request.deflate(afforded.0);
            permit = afforded.1;
        }
        let opening = self.open(&mut transport);
        let (head, agreed, leftover) = self.settings.in_time(Phase::Handshake, opening).await??;
        let config = self.settings.config;
        let connection = Connection::new(Role::Client, Arc::clone(&config), keeper::now());
        let mut agreement = Agreement::new(agreed.protocol.as_deref(), agreed.deflate);
        if self.keeps_response {
            agreement.keep_response(head);
        }
        let connection = match agreed.deflate {
            Some(deflate) => {
                let permit = contexts::keep(permit, deflate, &config);
                connection.with_deflate(deflate, permit)
            }
            None => connection,
        };
        Ok(WebSocket::new(connection, transport, leftover, agreement))
    }

    /// RFC 6455 §4.1-1 §4.1-12 §4.1-26 §4.1-27 MUST: request, answer, and nothing else before.
    async fn open(
        &self,
        transport: &mut impl Transport,
    ) -> Result<(ResponseHead, Agreed, Vec<u8>)> {
        let lost = |error| Error::lost(Some(error));
        transport
            .write_all(&self.request.encode())
            .await
            .map_err(lost)?;
        transport.flush().await.map_err(lost)?;
        let (head, leftover) = read_head::<ResponseHead>(transport).await?;
        match self.request.verify(&head) {
            Ok(agreed) => Ok((head, agreed, leftover)),
            // RFC 6455 §4.1-28 MUST: another status is HTTP's business: the caller gets the
            // response.
            Err(ClientFault::Refused { .. }) => {
                telemetry::refused_with(Role::Client, head.status(), "status");
                let body_start = read_body_start(transport, &head, leftover).await;
                Err(Error::refused(head, body_start))
            }
            Err(fault) => Err(fault.into()),
        }
    }
}

impl fmt::Debug for Client {
    /// Without what may be secret: the query of the URL, cookies, values of headers.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Client")
            .field("scheme", &self.url.scheme())
            .field("request", &self.request)
            .field("deflate", &self.deflate)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

fn fresh_key() -> Key {
    Key::from_random(Workbench::with(|bench| bench.keys.random()))
}
