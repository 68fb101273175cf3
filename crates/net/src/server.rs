//! Accepting (RFC 6455 §4.2): the opening handshake on a bare stream. Owns what a server agrees to.
//! Keeps rules of RFC 6455 §7.2.2.

mod choice;
mod incoming;

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use sockeye_proto::Role;
use sockeye_proto::connection::Config;
use sockeye_proto::deflate::{ContextBudget, ContextPermit};
use sockeye_proto::handshake::http1::RequestHead;
use sockeye_proto::handshake::server::{
    self, Acceptance, Answer, Origins, Refusal, UpgradeRequest,
};
use sockeye_proto::handshake::subprotocol::check_own;
use sockeye_proto::handshake::{DeflatePolicy, RequestView, check_additional};
use sockeye_proto::limits::DEFLATE_CONTEXTS_BYTES_MAX;
use tokio::io::AsyncWriteExt;

use self::choice::Protocols;
use crate::error::{Error, Phase, Result};
use crate::opening::{Settings, read_head};
use crate::parting::part_with;
use crate::telemetry;
use crate::transport::Transport;
use crate::upgrade::Upgrade;
use crate::websocket::WebSocket;

pub use incoming::{HttpRequest, Incoming, Opening};

/// Accepts a WebSocket on `transport` with the defaults: from programs and from pages of the same
/// host, no compression, no subprotocol, keepalive on, messages of at most 16 MiB.
///
/// Over TCP take streams from [`accept_tcp`](crate::accept_tcp), or `set_nodelay(true)` first:
/// otherwise the second of two answers waits until the client acknowledged the first, some 40 ms.
///
/// # Errors
/// As [`Acceptor::accept`].
///
/// # Cancel safety
/// Safe: dropping the future drops the transport.
pub async fn accept<T: Transport>(transport: T) -> Result<WebSocket<T>> {
    Acceptor::shared().accept(transport).await
}

/// What to agree to when a client asks for a WebSocket. One serves any number of connections, and
/// its clones are the same one until they are told otherwise.
///
/// Each method says what a second call does: [`header`](Self::header) adds, all others replace.
#[derive(Clone, Debug, Default)]
pub struct Acceptor(Arc<Terms>);

/// What an acceptor was told.
#[derive(Clone, Debug)]
struct Terms {
    origins: Origins,
    protocols: Protocols,
    /// Checked when they were given.
    headers: Vec<(String, String)>,
    deflate: Option<DeflatePolicy>,
    contexts: Arc<ContextBudget>,
    settings: Settings,
    keeps_request: bool,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            origins: Origins::same_host(),
            protocols: Protocols::none(),
            headers: Vec::new(),
            deflate: None,
            contexts: ContextBudget::new(DEFLATE_CONTEXTS_BYTES_MAX),
            settings: Settings::default(),
            keeps_request: false,
        }
    }
}

impl Acceptor {
    /// The default, one for all, so that their configuration is one as well.
    pub(crate) fn shared() -> &'static Self {
        static SHARED: LazyLock<Acceptor> = LazyLock::new(Acceptor::default);
        &SHARED
    }

    /// To change them: apart from those of its clones from then on.
    fn terms(&mut self) -> &mut Terms {
        Arc::make_mut(&mut self.0)
    }

    /// How long an opening handshake may take.
    #[cfg(feature = "hyper")]
    pub(crate) fn handshake_timeout(&self) -> Duration {
        self.0.settings.timeouts.handshake
    }

    /// Which pages may connect; others get a 403. Default: those of the host that they ask for.
    /// Programs that send no `Origin` may always. Replaces what was said before.
    #[must_use]
    pub fn origins(mut self, origins: Origins) -> Self {
        self.terms().origins = origins;
        self
    }

    /// Agrees to the first of these subprotocols that the client asks for. Replaces those of an
    /// earlier call, as [`any_protocol`](Self::any_protocol) and
    /// [`choose_protocol`](Self::choose_protocol) do, and is replaced by these.
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
        self.terms().protocols = Protocols::preferred(preferred);
        Ok(self)
    }

    /// Agrees to the subprotocol that the client asks for first, whatever it is: for a server that
    /// speaks none in particular, such as an echo. Browsers and others fail a connection for which
    /// they asked for some and were granted none. Replaces [`protocols`](Self::protocols).
    #[must_use]
    pub fn any_protocol(mut self) -> Self {
        self.terms().protocols = Protocols::any();
        self
    }

    /// Agrees to what `choose` makes of a request: of the subprotocols that it
    /// [offers](UpgradeRequest::protocols), by path, by version. An answer that the client did not
    /// offer counts as none. Replaces [`protocols`](Self::protocols).
    ///
    /// ```
    /// // The newest version of `chat` that both know: `chat.v1`, `chat.v2`, ...
    /// let acceptor = sockeye::Acceptor::default().choose_protocol(|request| {
    ///     let version = |name: &str| name.strip_prefix("chat.v")?.parse::<u32>().ok();
    ///     let known = request.protocols().filter(|name| version(name).is_some_and(|n| n <= 3));
    ///     known.max_by_key(|name| version(name))
    /// });
    /// ```
    #[must_use]
    pub fn choose_protocol(
        mut self,
        choose: impl Fn(&UpgradeRequest) -> Option<&str> + Send + Sync + 'static,
    ) -> Self {
        self.terms().protocols = Protocols::chosen(choose);
        self
    }

    /// Adds a header to each 101, and to those of earlier calls.
    ///
    /// # Errors
    /// [`is_misuse`](Error::is_misuse) for what is no header, or one that the handshake owns.
    pub fn header(mut self, name: &str, value: &str) -> Result<Self> {
        check_additional(name, value)?;
        self.terms()
            .headers
            .push((name.to_owned(), value.to_owned()));
        Ok(self)
    }

    /// Agrees to permessage-deflate as `policy` says. Replaces what was said before. Default: not
    /// at all.
    #[must_use]
    pub fn deflate(mut self, policy: Option<DeflatePolicy>) -> Self {
        self.terms().deflate = policy;
        self
    }

    /// What all compression contexts with takeover may take together. Default: 64 MiB for this
    /// acceptor and its clones; connections beyond it agree to no takeover. Replaces the budget,
    /// but for connections that have some of it.
    #[must_use]
    pub fn contexts(mut self, budget: Arc<ContextBudget>) -> Self {
        self.terms().contexts = budget;
        self
    }

    /// Limits, keepalive and the closing budget. Replaces all of them.
    #[must_use]
    pub fn config(mut self, config: Arc<Config>) -> Self {
        self.terms().settings.config = config;
        self
    }

    /// How long the client may take to ask. Replaces what was said before. Default 10 s.
    #[must_use]
    pub fn open_timeout(mut self, timeout: Duration) -> Self {
        self.terms().settings.timeouts.handshake = timeout;
        self
    }

    /// Keeps the head of the request for [`WebSocket::request`], which takes its length in memory
    /// for as long as the connection is open. Default: only what was agreed on is kept.
    #[must_use]
    pub fn keep_request(mut self) -> Self {
        self.terms().keeps_request = true;
        self
    }

    /// Makes the opening handshake on a stream just accepted.
    ///
    /// A request that is no valid opening handshake is answered with the HTTP status that says why.
    /// The error comes at once; the client has [`open_timeout`](Self::open_timeout) to take the
    /// answer and leave, which up to [`PARTING_MAX`](crate::limits::PARTING_MAX) tasks see to.
    ///
    /// Over TCP take streams from [`accept_tcp`](crate::accept_tcp), or `set_nodelay(true)` first:
    /// otherwise the second of two answers waits until the client acknowledged the first, some
    /// 40 ms.
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
        match self.0.settings.in_time(Phase::Handshake, opening).await? {
            Ok((upgrade, leftover)) => Ok(upgrade.start(transport, leftover)),
            Err(error) => Err(self.tell(transport, error)),
        }
    }

    /// Tells the client of `error`, if that is about its request, without waiting for it.
    fn tell(&self, transport: impl Transport, error: Error) -> Error {
        if let Some(refusal) = error.refusal() {
            if matches!(refusal, Refusal::Head(_)) {
                // The others were told of when they were judged.
                telemetry::refused(&refusal);
            }
            // The client has a time of its own to take it.
            let time = self.0.settings.timeouts.handshake;
            part_with(transport, refusal.encode(), time);
        }
        error
    }

    /// Reads the request and answers it, if it is one to agree to.
    async fn open(&self, transport: &mut impl Transport) -> Result<(Upgrade, Vec<u8>)> {
        let (head, leftover) = read_head::<RequestHead>(transport).await?;
        let upgrade = self.upgrade(&head)?.ok_or_else(not_an_upgrade)?;
        let lost = |error| Error::lost(Some(error));
        transport.write_all(&upgrade.encode()).await.map_err(lost)?;
        transport.flush().await.map_err(lost)?;
        let request = self.0.keeps_request.then(|| Box::new(head));
        Ok((upgrade.keeping(request), leftover))
    }

    /// Judges a request that another HTTP stack read, by the same rules as
    /// [`accept`](Self::accept); `Ok(None)` asks for no WebSocket. See [`upgrade`](crate::upgrade).
    ///
    /// The rules see what the stack shows. hyper, for one, drops a fragment from the target of a
    /// request (`GET /echo#x`), which `accept` answers with 400, before anybody can look at it.
    ///
    /// Paths and users are the application's to look at, before or after.
    ///
    /// # Errors
    /// [`Refusal`] for a WebSocket's request that breaks a rule, or of a page that may not connect;
    /// it knows the response to send.
    pub fn upgrade(
        &self,
        request: &impl RequestView,
    ) -> std::result::Result<Option<Upgrade>, Refusal> {
        let Some(request) = self.judge(request).inspect_err(telemetry::refused)? else {
            return Ok(None);
        };
        let (acceptance, permit) = self.agree(&request);
        let config = Arc::clone(&self.0.settings.config);
        Ok(Some(Upgrade::new(acceptance, permit, config)))
    }

    /// The request, if it asks for a WebSocket and may have one.
    fn judge(
        &self,
        request: &impl RequestView,
    ) -> std::result::Result<Option<UpgradeRequest>, Refusal> {
        let Some(request) = server::check(request)? else {
            return Ok(None);
        };
        if self.0.origins.allow(&request) {
            return Ok(Some(request));
        }
        let origin = request.origin().unwrap_or_default();
        Err(Refusal::foreign_origin(origin))
    }

    /// What to agree to, and the permit for its compression contexts if it has any.
    fn agree(&self, request: &UpgradeRequest) -> (Acceptance, Option<ContextPermit>) {
        let acceptance = self.answer(request, self.0.deflate);
        let Some(agreed) = acceptance.deflate() else {
            return (acceptance, None);
        };
        let context_bytes = self
            .0
            .settings
            .config
            .deflate
            .context_bytes(Role::Server, agreed);
        if context_bytes == 0 {
            return (acceptance, None);
        }
        // Where the budget is spent, this connection does without contexts of its own.
        match self.0.contexts.try_reserve(context_bytes) {
            Some(permit) => (acceptance, Some(permit)),
            None => (
                self.answer(request, Some(DeflatePolicy::no_takeover())),
                None,
            ),
        }
    }

    fn answer(&self, request: &UpgradeRequest, deflate: Option<DeflatePolicy>) -> Acceptance {
        let headers = self.0.headers.iter();
        let headers: Vec<_> = headers.map(|(name, value)| (&**name, &**value)).collect();
        let answer = Answer {
            protocol: self.0.protocols.choose(request),
            deflate,
            headers: &headers,
        };
        request
            .accept(&answer)
            .expect("the subprotocol is one of those offered, and the headers were checked")
    }
}

/// The refusal of a request that asks for no WebSocket where nothing else is served.
fn not_an_upgrade() -> Refusal {
    let refusal = Refusal::not_an_upgrade();
    telemetry::refused(&refusal);
    refusal
}
