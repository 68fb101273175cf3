//! The state machine of one open connection (RFC 6455 §5-§7). Owns the order of frames, messages
//! and the closing handshake. Never reads a clock, draws a random number or moves a byte to a
//! socket. Keeps rules of RFC 6455 §5.8 §7.2.1.

mod assembly;
mod batch;
mod chunks;
mod closing;
mod deflate;
mod foresee;
mod fragments;
mod header;
mod input;
mod output;
mod prepared;
mod receive;
mod small;
mod timers;

use std::sync::Arc;
use std::time::{Duration, Instant};

pub use batch::Batch;
pub use deflate::DeflateConfig;
pub use fragments::{Fragment, Outgoing};
pub use input::{Chunk, Event, Input, Received, Straight};
pub use output::MaskingKeys;
pub use prepared::{PreparedFrame, PreparedMessage};
pub use timers::Keepalive;

use crate::close::{CloseEvent, CloseFrame};
use crate::deflate::{ContextBudget, ContextPermit, SharedCodecs};
use crate::fault::{Fault, Misuse, Timeout};
use crate::handshake::DeflateAgreed;
use crate::limits;
use crate::role::Role;
use closing::Closing;
use deflate::Deflate;
use receive::Reader;
use timers::{Due, Timers};

/// What a connection is allowed and asked to do; shared by all connections of one configuration.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// Longest message accepted, in bytes after inflating; a longer one fails the connection with
    /// 1009. Default [`limits::MESSAGE_LEN_MAX`].
    pub message_len_max: usize,
    /// Keepalive, or `None` to never ask. Default: a Ping after 20 s of silence, 20 s to answer.
    pub keepalive: Option<Keepalive>,
    /// Budget of the closing handshake, counted from its first step: the Close that we send or get,
    /// or the fault. Nothing prolongs it. Default [`limits::CLOSE_TIMEOUT`].
    pub close_timeout: Duration,
    /// How to compress, where permessage-deflate was agreed on.
    pub deflate: DeflateConfig,
    /// What the decompressors of messages that come in chunks may take together, without context
    /// takeover: 80,000 bytes for each message, from its first compressed byte to its last. A
    /// message that finds nothing left fails its connection with 1013. All connections that share
    /// this configuration share the budget, and so do clones of it. Default
    /// [`limits::DEFLATE_CHUNKS_BYTES_MAX`].
    pub chunk_contexts: Arc<ContextBudget>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            message_len_max: limits::MESSAGE_LEN_MAX,
            keepalive: Some(Keepalive::default()),
            close_timeout: limits::CLOSE_TIMEOUT,
            deflate: DeflateConfig::default(),
            chunk_contexts: ContextBudget::new(limits::DEFLATE_CHUNKS_BYTES_MAX),
        }
    }
}

/// One WebSocket connection after its opening handshake, without I/O.
///
/// Bytes, the end of input, commands and the time go in; [`Event`]s, bytes and the next deadline
/// come out. Time, masking keys and (de)compressors are arguments, so that a thread may own one of
/// each for all its connections.
///
/// # The run loop
///
/// | when | call | then |
/// |---|---|---|
/// | bytes arrived | [`input`](Self::input) once, then [`poll_event`](Self::poll_event) until `None` | [`poll_output`](Self::poll_output), and once the messages are answered [`poll_close`](Self::poll_close) |
/// | large rest of a message | [`straight`](Self::straight), read into it, [`straight_filled`](Self::straight_filled) | as above |
/// | the peer closed TCP | [`handle_eof`](Self::handle_eof) | drop the transport |
/// | [`next_deadline`](Self::next_deadline) passed | [`handle_timeout`](Self::handle_timeout) | `poll_output`, `poll_close` |
/// | the caller wants to send | [`send`](Self::send), [`send_prepared`](Self::send_prepared), [`ping`](Self::ping), [`close`](Self::close) | `poll_close` after `close` |
/// | [`wants_shutdown`](Self::wants_shutdown) and all output is written | shut TCP down for writing | go on reading until the end of input or `close_timeout` |
///
/// Every call returns at once. After one that changes anything, ask `next_deadline` again. An
/// [`Event::Fault`] is the last event but for the end: the connection then discards its input, its
/// Close frame is pending, and `wants_shutdown` tells when to end TCP.
///
/// ```
/// use std::{sync::Arc, time::Instant};
/// use sockeye_proto::connection::{Config, Connection, Event, Received};
/// use sockeye_proto::deflate::SharedCodecs;
/// use sockeye_proto::message::MessageKind;
/// use sockeye_proto::Role;
///
/// let (now, config) = (Instant::now(), Arc::new(Config::default()));
/// let mut codecs = SharedCodecs::default();
/// let mut client = Connection::new(Role::Client, Arc::clone(&config), now);
/// let mut server = Connection::new(Role::Server, config, now);
///
/// let mut wire = Vec::new();
/// client.send(MessageKind::Text, b"hello", &mut || [1, 2, 3, 4], &mut codecs, &mut wire)?;
///
/// let clock = || now;
/// let mut input = server.input(&clock, &mut wire);
/// let event = server.poll_event(&mut input, &mut codecs);
/// let Some(Event::Message(Received::InPlace { range, .. })) = event else { panic!("{event:?}") };
/// assert_eq!(&input.bytes()[range], b"hello");
/// assert_eq!(server.poll_event(&mut input, &mut codecs), None);
/// # Ok::<(), sockeye_proto::fault::Misuse>(())
/// ```
#[derive(Debug)]
pub struct Connection {
    role: Role,
    config: Arc<Config>,
    reader: Reader,
    closing: Closing,
    timers: Timers,
    /// Payload of the Pong that is owed: the newest Ping's (RFC 6455 §5.5.3).
    pong: Option<Box<[u8]>>,
    /// Whether a keepalive Ping is to be sent.
    ping_due: bool,
    /// Whether a message that is too long by its header is for the caller to refuse.
    defers_limits: bool,
    /// permessage-deflate, if it was agreed on.
    deflate: Option<Deflate>,
}

impl Connection {
    /// A connection whose opening handshake just completed, without extensions.
    #[must_use]
    pub fn new(role: Role, config: Arc<Config>, now: Instant) -> Self {
        let timers = Timers::new(now, config.keepalive);
        Self {
            role,
            reader: Reader::default(),
            closing: Closing::default(),
            timers,
            config,
            pong: None,
            ping_due: false,
            defers_limits: false,
            deflate: None,
        }
    }

    /// Uses permessage-deflate as the opening handshake agreed. Where that includes context
    /// takeover, `permit` is the leave to keep the contexts; it lives as long as the connection.
    #[must_use]
    pub fn with_deflate(mut self, agreed: DeflateAgreed, permit: Option<ContextPermit>) -> Self {
        // RFC 6455 §5.8-1 MUST: only the opening handshake makes a `DeflateAgreed`.
        let config = self.config.deflate;
        self.deflate = Some(Deflate::new(self.role, agreed, config, permit));
        self
    }

    /// Whether permessage-deflate is in use. Without it RSV1 means nothing (RFC 6455 §5.2).
    #[must_use]
    pub fn has_deflate(&self) -> bool {
        self.deflate.is_some()
    }

    /// Which end this is.
    pub fn role(&self) -> Role {
        self.role
    }

    /// Whether the next byte of input begins a message, or a control frame between two.
    pub fn is_between_messages(&self) -> bool {
        self.reader.is_between_messages() || self.reader.is_between_chunked()
    }

    /// Begins with the bytes of one read. They are a sign of life.
    ///
    /// `now` tells when they came; it is asked where that matters, which on a busy connection is
    /// rare, and at most twice.
    #[inline]
    pub fn input<'a>(&mut self, now: &'a dyn Fn() -> Instant, bytes: &'a mut [u8]) -> Input<'a> {
        self.timers.heard(now, self.config.keepalive);
        Input::new(now, bytes)
    }

    /// The next event in `input`, or `None` when all of it was taken.
    #[inline]
    pub fn poll_event(
        &mut self,
        input: &mut Input<'_>,
        codecs: &mut SharedCodecs,
    ) -> Option<Event> {
        if let Some(received) = self.next_small(input) {
            return Some(Event::Message(received));
        }
        if self.is_done(input) {
            return None;
        }
        let event = match self.receive(input, codecs) {
            Ok(event) => event,
            Err(fault) => Some(self.fail_or_defer(fault, input)),
        };
        if let Some(Event::Close(_) | Event::Fault(_)) = event {
            self.start_owed_budget(input.now);
        }
        event
    }

    /// Whether [`poll_event`](Self::poll_event) would answer `None` and keep nothing.
    #[inline]
    #[must_use]
    pub fn is_done(&self, input: &Input<'_>) -> bool {
        input.is_done() && self.reader.is_at_header()
    }

    /// The peer ended its side of TCP.
    ///
    /// Returns whether that is a proper end: the closing handshake had completed. After it nothing
    /// is received or sent.
    pub fn handle_eof(&mut self) -> bool {
        // RFC 6455 §7.2.1-2 MUST: an end that comes before the closing handshake is a failure.
        self.end();
        self.closing.is_complete()
    }

    /// Output that was taken from here will never leave: if our Close is part of it, the closing
    /// handshake was not clean.
    pub fn lose_output(&mut self) {
        self.closing.lose_output();
    }

    /// Whether [`handle_timeout`](Self::handle_timeout) would now fail the connection for silence.
    ///
    /// A driver that did not look for bytes lately, or whose own output is still on its way, may
    /// [`postpone_pong`](Self::postpone_pong) instead: silence is the peer's fault only where
    /// somebody listened.
    pub fn is_pong_due(&self, now: Instant) -> bool {
        self.timers.is_pong_due(now)
    }

    /// Waits for a sign of life for one more timeout.
    pub fn postpone_pong(&mut self, now: Instant) {
        self.timers.postpone_pong(now, self.config.keepalive);
    }

    /// The peer is silent, as a driver found out that had postponed the decision: fails as
    /// [`handle_timeout`](Self::handle_timeout) would have.
    pub fn fail_silent(&mut self, now: Instant) -> Fault {
        let fault = Fault::Timeout(Timeout::Pong);
        self.fail(fault);
        self.timers.closing(now, self.config.close_timeout);
        fault
    }

    /// Nothing more will come, but output is still on its way: the closing budget bounds it.
    pub fn start_closing_budget(&mut self, now: Instant) {
        self.timers.closing(now, self.config.close_timeout);
    }

    /// A deadline may have passed.
    ///
    /// Returns the fault if the connection failed of it. After [`Timeout::Close`] the transport is
    /// to be dropped at once; before, there is a Close frame to send. Without a fault there may be
    /// one as well: where the peer is owed one and half of the closing budget is over,
    /// [`may_send`](Self::may_send) says no from then on.
    #[inline]
    pub fn handle_timeout(&mut self, now: Instant) -> Option<Fault> {
        // Too early, as it mostly is, costs no look at what connections share.
        if self.timers.next().is_none_or(|at| at > now) {
            return None;
        }
        self.handle_due(now)
    }

    fn handle_due(&mut self, now: Instant) -> Option<Fault> {
        let Config {
            keepalive,
            close_timeout,
            ..
        } = *self.config;
        match self.timers.due(now, keepalive, close_timeout)? {
            Due::Ping => {
                self.ping_due = true;
                None
            }
            Due::Close => {
                self.closing.insist();
                None
            }
            Due::Fault(Timeout::Pong) => Some(self.fail_silent(now)),
            Due::Fault(timeout) => {
                self.end();
                Some(Fault::Timeout(timeout))
            }
        }
    }

    /// The time at which [`handle_timeout`](Self::handle_timeout) is to be called, if nothing else
    /// happens before.
    #[inline]
    pub fn next_deadline(&self) -> Option<Instant> {
        self.timers.next()
    }

    /// Starts the closing handshake (RFC 6455 §7.1.2); the frame comes with the next
    /// [`poll_close`](Self::poll_close). Messages already on their way still arrive as events.
    ///
    /// # Errors
    /// [`Misuse::NotOpen`] if a Close was sent or is owed already.
    pub fn close(&mut self, frame: CloseFrame, now: Instant) -> Result<(), Misuse> {
        self.closing.start(frame)?;
        self.timers.closing(now, self.config.close_timeout);
        Ok(())
    }

    /// Whether no Close was sent, received or owed, and nothing failed.
    #[inline]
    pub fn is_open(&self) -> bool {
        self.closing.is_open()
    }

    /// Whether messages may be sent: as long as it is open, and after the peer's Close or fault
    /// until our Close is taken with [`poll_close`](Self::poll_close), so that what arrived before
    /// can be answered; but for no longer than half of the closing budget.
    #[inline]
    pub fn may_send(&self) -> bool {
        self.closing.may_send()
    }

    /// Whether the transport is to be shut down for writing once all output is written: the closing
    /// handshake completed (RFC 6455 §7.1.1: the server goes first), or the connection failed.
    pub fn wants_shutdown(&self) -> bool {
        self.closing.wants_shutdown(self.role)
    }

    /// How the connection ended, once it did: after the peer's Close, or after the end of input.
    pub fn close_event(&self) -> Option<CloseEvent> {
        self.closing.event()
    }

    /// Fails the connection (RFC 6455 §7.1.7): our Close, if none was sent, is pending; what comes
    /// after is discarded.
    fn fail(&mut self, fault: Fault) -> Event {
        // RFC 6455 §7.1.7-4 MUST NOT: the reader is swapped for one that only discards.
        self.reader.discard();
        self.pong = None;
        self.deflate = None;
        self.stop_keepalive();
        self.closing.fail(fault.close_code());
        Event::Fault(fault)
    }

    /// Whoever is owed a Close is not kept waiting for ever by a caller that answers messages.
    #[inline]
    fn start_owed_budget(&mut self, now: &dyn Fn() -> Instant) {
        if self.closing.is_pending() {
            self.timers.owed(now(), self.config.close_timeout);
        }
    }

    /// Nothing more is received, owed or due.
    fn end(&mut self) {
        self.reader.discard();
        self.timers.stop();
        self.closing.end();
        self.deflate = None;
        self.pong = None;
        self.ping_due = false;
    }

    /// The peer is gone or going: its silence means nothing any more.
    fn stop_keepalive(&mut self) {
        self.timers.stop_keepalive();
        self.ping_due = false;
    }
}
