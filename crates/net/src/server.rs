//! Accepting (RFC 6455 §4.2): the opening handshake on a bare stream. Owns what a server agrees to.

use std::sync::Arc;
use std::time::Duration;

use sockeye_proto::Role;
use sockeye_proto::connection::{Config, Connection};
use sockeye_proto::deflate::{ContextBudget, ContextPermit};
use sockeye_proto::handshake::DeflatePolicy;
use sockeye_proto::handshake::http1::RequestHead;
use sockeye_proto::handshake::server::{self, Acceptance, Answer, Refusal, UpgradeRequest};
use sockeye_proto::limits::DEFLATE_CONTEXTS_BYTES_MAX;
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

use crate::agreement::Agreement;
use crate::error::{Error, Phase, Result};
use crate::keeper;
use crate::limits::OPEN_TIMEOUT;
use crate::opening::{as_head_fault, read_head, refuse};
use crate::transport::Transport;
use crate::websocket::WebSocket;

/// Accepts a WebSocket on `transport` with the defaults: no compression, no subprotocol, keepalive
/// on, messages of at most 16 MiB.
///
/// # Errors
/// As [`Acceptor::accept`].
///
/// # Cancel safety
/// Safe: dropping the future drops the transport.
pub async fn accept<T: Transport>(transport: T) -> Result<WebSocket<T>> {
    Acceptor::default().accept(transport).await
}

/// What to agree to when a client asks for a WebSocket. One serves any number of connections.
#[derive(Clone, Debug)]
pub struct Acceptor {
    protocols: Vec<String>,
    deflate: Option<DeflatePolicy>,
    contexts: Arc<ContextBudget>,
    config: Arc<Config>,
    open_timeout: Duration,
}

impl Default for Acceptor {
    fn default() -> Self {
        Self {
            protocols: Vec::new(),
            deflate: None,
            contexts: ContextBudget::new(DEFLATE_CONTEXTS_BYTES_MAX),
            config: Arc::default(),
            open_timeout: OPEN_TIMEOUT,
        }
    }
}

impl Acceptor {
    /// Agrees to the first of these subprotocols that the client asks for.
    #[must_use]
    pub fn protocols<'a>(mut self, names: impl IntoIterator<Item = &'a str>) -> Self {
        self.protocols = names.into_iter().map(str::to_owned).collect();
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
        self.config = config;
        self
    }

    /// How long the client may take to ask. Default 10 s.
    #[must_use]
    pub fn open_timeout(mut self, timeout: Duration) -> Self {
        self.open_timeout = timeout;
        self
    }

    /// Makes the opening handshake on a stream just accepted.
    ///
    /// A request that is no valid opening handshake is answered with the HTTP status that says why.
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
        let ((acceptance, permit), leftover) = timeout(self.open_timeout, opening)
            .await
            .map_err(|_| Error::open_timeout(Phase::Handshake))??;
        let agreement = Agreement {
            protocol: acceptance.protocol().map(Box::from),
            deflate: acceptance.deflate(),
        };
        let connection = Connection::new(Role::Server, Arc::clone(&self.config), keeper::now());
        let connection = match agreement.deflate {
            Some(deflate) => connection.with_deflate(deflate, permit),
            None => connection,
        };
        Ok(WebSocket::new(connection, transport, leftover, agreement))
    }

    /// Reads the request and answers it.
    async fn open(&self, transport: &mut impl Transport) -> Result<(Judgement, Vec<u8>)> {
        let request = read_head::<RequestHead>(transport).await;
        let (head, leftover) = match request {
            Ok(request) => request,
            Err(error) => {
                // RFC 6455 §4.2.1-1 MUST: a request that breaks the form gets an HTTP error.
                if let Some(fault) = as_head_fault(&error).cloned() {
                    turn_away(transport, Refusal::Head(fault)).await;
                }
                return Err(error);
            }
        };
        let judgement = match self.judge(&head) {
            Ok(judgement) => judgement,
            Err(refusal) => {
                turn_away(transport, refusal.clone()).await;
                return Err(refusal.into());
            }
        };
        let lost = |error| Error::lost(Some(error));
        transport
            .write_all(&judgement.0.encode())
            .await
            .map_err(lost)?;
        transport.flush().await.map_err(lost)?;
        Ok((judgement, leftover))
    }

    fn judge(&self, head: &RequestHead) -> std::result::Result<Judgement, Refusal> {
        let request = server::check(head)?.ok_or_else(Refusal::not_an_upgrade)?;
        let acceptance = self.answer(&request, self.deflate);
        let Some(agreed) = acceptance.deflate() else {
            return Ok((acceptance, None));
        };
        let context_bytes = self.config.deflate.context_bytes(Role::Server, agreed);
        if context_bytes == 0 {
            return Ok((acceptance, None));
        }
        // Where the budget is spent, this connection does without contexts of its own.
        Ok(match self.contexts.try_reserve(context_bytes) {
            Some(permit) => (acceptance, Some(permit)),
            None => (
                self.answer(&request, Some(DeflatePolicy::no_takeover())),
                None,
            ),
        })
    }

    fn answer(&self, request: &UpgradeRequest, deflate: Option<DeflatePolicy>) -> Acceptance {
        let preferred: Vec<&str> = self.protocols.iter().map(String::as_str).collect();
        let answer = Answer {
            protocol: request.choose_protocol(&preferred),
            deflate,
            headers: &[],
        };
        request
            .accept(&answer)
            .expect("the subprotocol is one of those offered, and there are no headers")
    }
}

/// What a request is answered with, and the leave to keep what that takes.
type Judgement = (Acceptance, Option<ContextPermit>);

/// Sends the refusal. A client that does not wait for it is not our trouble.
async fn turn_away(transport: &mut impl Transport, refusal: Refusal) {
    let _ = refuse(transport, &refusal.encode()).await;
}
