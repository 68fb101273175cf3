//! Accepting (RFC 6455 §4.2): the opening handshake on a bare stream. Owns what a server agrees to.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use sockeye_proto::Role;
use sockeye_proto::connection::Config;
use sockeye_proto::deflate::{ContextBudget, ContextPermit};
use sockeye_proto::handshake::http1::RequestHead;
use sockeye_proto::handshake::server::{self, Acceptance, Answer, Refusal, UpgradeRequest};
use sockeye_proto::handshake::subprotocol::check_own;
use sockeye_proto::handshake::{DeflatePolicy, RequestView};
use sockeye_proto::limits::DEFLATE_CONTEXTS_BYTES_MAX;
use tokio::io::AsyncWriteExt;

use crate::error::{Error, Phase, Result};
use crate::opening::{Settings, read_head, refuse};
use crate::transport::Transport;
use crate::upgrade::Upgrade;
use crate::websocket::WebSocket;

/// Accepts a WebSocket on `transport` with the defaults: no compression, no subprotocol, keepalive
/// on, messages of at most 16 MiB.
///
/// Over TCP, `set_nodelay(true)` first, as [`connect`](crate::connect) does: otherwise the second
/// of two answers waits until the client acknowledged the first, some 40 ms.
///
/// # Errors
/// As [`Acceptor::accept`].
///
/// # Cancel safety
/// Safe: dropping the future drops the transport.
pub async fn accept<T: Transport>(transport: T) -> Result<WebSocket<T>> {
    // One for all, so that their configuration is one as well.
    static DEFAULT: LazyLock<Acceptor> = LazyLock::new(Acceptor::default);
    DEFAULT.accept(transport).await
}

/// What to agree to when a client asks for a WebSocket. One serves any number of connections.
#[derive(Clone, Debug)]
pub struct Acceptor {
    protocols: Protocols,
    deflate: Option<DeflatePolicy>,
    contexts: Arc<ContextBudget>,
    settings: Settings,
}

/// Which of the subprotocols that a client asks for.
#[derive(Clone, Debug)]
enum Protocols {
    /// The client's first.
    Any,
    /// The first of these.
    Preferred(Vec<String>),
}

impl Default for Acceptor {
    fn default() -> Self {
        Self {
            protocols: Protocols::Preferred(Vec::new()),
            deflate: None,
            contexts: ContextBudget::new(DEFLATE_CONTEXTS_BYTES_MAX),
            settings: Settings::default(),
        }
    }
}

impl Acceptor {
    /// Agrees to the first of these subprotocols that the client asks for.
    ///
    /// # Errors
    /// [`is_misuse`](Error::is_misuse) for a name that is no token or is repeated: no client could
    /// ask for it. Its source names the value and the rule.
    pub fn protocols<'a>(mut self, names: impl IntoIterator<Item = &'a str>) -> Result<Self> {
        let mut preferred = Vec::new();
        for name in names {
            check_own(name, &preferred)?;
            preferred.push(name.to_owned());
        }
        self.protocols = Protocols::Preferred(preferred);
        Ok(self)
    }

    /// Agrees to the subprotocol that the client asks for first, whatever it is: for a server that
    /// speaks none in particular, such as an echo. Browsers and others fail a connection for which
    /// they asked for some and were granted none.
    #[must_use]
    pub fn any_protocol(mut self) -> Self {
        self.protocols = Protocols::Any;
        self
    }

    /// Agrees to permessage-deflate as `policy` says. Default: not at all.
    #[must_use]
    pub fn deflate(mut self, policy: Option<DeflatePolicy>) -> Self {
        self.deflate = policy;
        self
    }

    /// What all compression contexts with takeover may take together. Default: 64 MiB for this
    /// acceptor and its clones; connections beyond it agree to no takeover.
    #[must_use]
    pub fn contexts(mut self, budget: Arc<ContextBudget>) -> Self {
        self.contexts = budget;
        self
    }

    /// Limits, keepalive and the closing budget.
    #[must_use]
    pub fn config(mut self, config: Arc<Config>) -> Self {
        self.settings.config = config;
        self
    }

    /// How long the client may take to ask. Default 10 s.
    #[must_use]
    pub fn open_timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeouts.handshake = timeout;
        self
    }

    /// Makes the opening handshake on a stream just accepted.
    ///
    /// A request that is no valid opening handshake is answered with the HTTP status that says why.
    ///
    /// Over TCP, `set_nodelay(true)` first, as [`connect`](crate::connect) does: otherwise the
    /// second of two answers waits until the client acknowledged the first, some 40 ms.
    ///
    /// # Errors
    /// [`is_peer_fault`](Error::is_peer_fault) for such a request,
    /// [`is_timeout`](Error::is_timeout) for one that did not come in time,
    /// [`is_lost`](Error::is_lost) for a client that left.
    ///
    /// # Cancel safety
    /// Safe: dropping the future drops the transport.
    pub async fn accept<T: Transport>(&self, mut transport: T) -> Result<WebSocket<T>> {
        let opening = self.open(&mut transport);
        // RFC 6455 §7.2.2-1 MUST: given up during the handshake, the transport is closed as it is.
        match self.settings.in_time(Phase::Handshake, opening).await? {
            Ok((upgrade, leftover)) => Ok(upgrade.start(transport, leftover)),
            Err(error) => {
                if let Some(refusal) = error.refusal() {
                    // The client has a time of its own to take it, so that a slow one changes
                    // nothing about the error. One that does not wait for it is not our trouble.
                    let response = refusal.encode();
                    let refusing = refuse(&mut transport, &response);
                    let _ = self.settings.in_time(Phase::Handshake, refusing).await;
                }
                Err(error)
            }
        }
    }

    /// Reads the request and answers it, if it is one to agree to.
    async fn open(&self, transport: &mut impl Transport) -> Result<(Upgrade, Vec<u8>)> {
        let (head, leftover) = read_head::<RequestHead>(transport).await?;
        let upgrade = self.upgrade(&head)?.ok_or_else(Refusal::not_an_upgrade)?;
        let lost = |error| Error::lost(Some(error));
        transport.write_all(&upgrade.encode()).await.map_err(lost)?;
        transport.flush().await.map_err(lost)?;
        Ok((upgrade, leftover))
    }

    /// Judges a request that another HTTP stack read, by the same rules as
    /// [`accept`](Self::accept); `Ok(None)` asks for no WebSocket. See [`upgrade`](crate::upgrade).
    ///
    /// The rules see what the stack shows. hyper, for one, drops a fragment from the target of a
    /// request (`GET /echo#x`), which `accept` answers with 400, before anybody can look at it.
    ///
    /// Paths, origins and users are the application's to look at, before or after.
    ///
    /// # Errors
    /// [`Refusal`] for a WebSocket's request that breaks a rule; it knows the response to send.
    pub fn upgrade(
        &self,
        request: &impl RequestView,
    ) -> std::result::Result<Option<Upgrade>, Refusal> {
        let Some(request) = server::check(request)? else {
            return Ok(None);
        };
        let (acceptance, permit) = self.agree(&request);
        let config = Arc::clone(&self.settings.config);
        Ok(Some(Upgrade::new(acceptance, permit, config)))
    }

    /// What to agree to, and the permit for its compression contexts if it has any.
    fn agree(&self, request: &UpgradeRequest) -> (Acceptance, Option<ContextPermit>) {
        let acceptance = self.answer(request, self.deflate);
        let Some(agreed) = acceptance.deflate() else {
            return (acceptance, None);
        };
        let context_bytes = self
            .settings
            .config
            .deflate
            .context_bytes(Role::Server, agreed);
        if context_bytes == 0 {
            return (acceptance, None);
        }
        // Where the budget is spent, this connection does without contexts of its own.
        match self.contexts.try_reserve(context_bytes) {
            Some(permit) => (acceptance, Some(permit)),
            None => (
                self.answer(request, Some(DeflatePolicy::no_takeover())),
                None,
            ),
        }
    }

    fn answer(&self, request: &UpgradeRequest, deflate: Option<DeflatePolicy>) -> Acceptance {
        let protocol = match &self.protocols {
            Protocols::Any => request.protocols().next(),
            Protocols::Preferred(names) => {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                request.choose_protocol(&names)
            }
        };
        let answer = Answer {
            protocol,
            deflate,
            headers: &[],
        };
        request
            .accept(&answer)
            .expect("the subprotocol is one of those offered, and there are no headers")
    }
}
