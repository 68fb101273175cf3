//! The socket as the WHATWG WebSockets standard has it, without I/O: calls of the API and events of
//! the network go in, commands to the network and tasks with events to fire come out. Owns the
//! attributes and the order of everything. Sees no clock, no socket, no listener and no thread.
//!
//! The steps' numbers are those of `conformance/spec/websockets.toml`.

mod closing;
mod feedback;

use std::collections::VecDeque;
use std::sync::Arc;

use sockeye_proto::close::CloseCode;
use sockeye_proto::message::Message;
use url::Url;

use super::address::Address;
use super::blocked;
use super::event::{BinaryType, ReadyState};
use super::exception::{DomException, ExceptionName};
use super::quote::quote;
use super::request::{Protocols, Request};
use crate::limits::WEB_UNSENT_LEN_MAX;

pub(super) use feedback::abnormal;
pub use feedback::{Fired, NetworkEvent};

/// What a page is to a socket: the standard's settings object, as far as it matters here.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Settings {
    /// What relative URLs are relative to. Default: nothing, so they are refused.
    pub base: Option<Url>,
    /// The origin of the page, serialised. Default: the server's own, as if the page came from
    /// there.
    pub origin: Option<String>,
    /// Whether what a page may not open is a `SecurityError` of the constructor, as older browsers
    /// have it, and not a connection that fails. Default: it fails.
    pub throws_security_errors: bool,
    /// Most bytes that may wait to be transmitted; with more the connection is given up. Default
    /// [`WEB_UNSENT_LEN_MAX`].
    pub unsent_len_max: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            base: None,
            origin: None,
            throws_security_errors: false,
            unsent_len_max: WEB_UNSENT_LEN_MAX,
        }
    }
}

/// What the network is to do.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Command {
    /// Connect, and answer with [`NetworkEvent::Established`] or [`NetworkEvent::Closed`].
    Connect(Request),
    /// Send a message, behind those before it.
    Send(Message),
    /// Send a Close, behind the messages before it, and bring the connection to its end.
    StartClosing {
        /// The code, or a Close without a body.
        code: Option<CloseCode>,
        /// At most 123 bytes; empty without a code.
        reason: String,
    },
    /// End the connection, or the attempt to make one, at once.
    Drop,
}

/// One socket.
///
/// After each call take what is to be done with [`next_command`](Self::next_command). Tell it what
/// the network does with [`handle`](Self::handle); each event of the network queues a task, and
/// [`run_task`](Self::run_task) runs one and answers with what fires. Before each task, the
/// socket's own or another of the same event loop, comes [`begin_turn`](Self::begin_turn).
///
/// ```
/// use sockeye::web::{Command, Event, Machine, NetworkEvent, ReadyState, Settings};
///
/// let mut machine = Machine::new("ws://example.com/chat", ().into(), &Settings::default())?;
/// assert!(matches!(machine.next_command(), Some(Command::Connect(_))));
/// let (protocol, extensions) = (String::new(), String::new());
/// machine.handle(NetworkEvent::Established { protocol, extensions });
///
/// // Nothing shows before the task runs.
/// assert_eq!(machine.ready_state(), ReadyState::Connecting);
/// machine.begin_turn(0);
/// let fired: Vec<Event> = machine.run_task().unwrap().collect();
/// assert_eq!(fired, [Event::Open]);
/// assert_eq!(machine.ready_state(), ReadyState::Open);
/// # Ok::<(), sockeye::web::DomException>(())
/// ```
#[derive(Debug)]
pub struct Machine {
    address: Address,
    /// The origin of `address`, for messages.
    origin: Arc<str>,
    ready_state: ReadyState,
    /// The ready state when the event loop last reached its first step.
    turn_state: ReadyState,
    binary_type: BinaryType,
    protocol: String,
    extensions: String,
    connection: Connection,
    amounts: Amounts,
    unsent_len_max: u64,
    /// Whether it failed from this side: it was closed before it opened, or flagged as full.
    has_failed: bool,
    /// What the network reported and the event loop did not see yet: a task each.
    tasks: VecDeque<NetworkEvent>,
    commands: VecDeque<Command>,
    log: VecDeque<String>,
}

/// How far the connection is, which the ready state follows task by task.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Connection {
    Opening,
    Established,
    /// A Close was sent or received, or the connection is being dropped.
    Closing,
    Closed,
}

/// Bytes of application data since the beginning.
#[derive(Debug, Default)]
struct Amounts {
    /// Given to `send` while it did not throw.
    sent: u64,
    /// Of these, given to the network.
    accepted: u64,
    /// Of these, transmitted, as of the first step of the event loop.
    transmitted: u64,
}

impl Machine {
    /// The steps of the constructor. Connects at once, as far as that is allowed.
    ///
    /// # Errors
    /// `SyntaxError` for a URL that is none, has another scheme than `ws`, `wss`, `http` or
    /// `https`, or a fragment; and for subprotocols that are no tokens, are repeated or more than
    /// 64. `SecurityError` only where the settings ask for it.
    pub fn new(url: &str, protocols: Protocols, settings: &Settings) -> Result<Self, DomException> {
        // WHATWG websockets §constructor-1 step: the base is the page's.
        let base = settings.base.as_ref();
        // WHATWG websockets §constructor-2 step: the URL first, so its fault is the one that shows.
        let address = Address::parse(url, base)?;
        let protocols = protocols.checked()?;
        let origin = settings.origin.clone();
        let origin = origin.unwrap_or_else(|| address.page_origin());
        let blocked = blocked::reason(&address, &origin);
        if let (Some(reason), true) = (&blocked, settings.throws_security_errors) {
            let message = format!("{} may not be opened: {reason}", quote(address.as_str()));
            return Err(DomException::new(ExceptionName::Security, message));
        }
        // WHATWG websockets §constructor-5 step: the URL as it was parsed.
        let mut machine = Self::of(address, settings);
        if let Some(reason) = blocked {
            // A network error, and not before the caller could add listeners.
            machine.fail_opening(reason);
        } else {
            // WHATWG websockets §constructor-6 §constructor-7 step: for this page, in parallel.
            let address = machine.address.clone();
            let request = Request {
                address,
                protocols,
                origin,
            };
            machine.commands.push_back(Command::Connect(request));
        }
        Ok(machine)
    }

    // WHATWG websockets §attributes-1 §attributes-2 §attributes-3 step: blob, CONNECTING, and
    // nothing agreed on.
    fn of(address: Address, settings: &Settings) -> Self {
        Self {
            origin: address.origin().into(),
            address,
            ready_state: ReadyState::Connecting,
            turn_state: ReadyState::Connecting,
            binary_type: BinaryType::Blob,
            protocol: String::new(),
            extensions: String::new(),
            connection: Connection::Opening,
            amounts: Amounts::default(),
            unsent_len_max: settings.unsent_len_max,
            has_failed: false,
            tasks: VecDeque::new(),
            commands: VecDeque::new(),
            log: VecDeque::new(),
        }
    }

    /// The attribute `url`.
    // WHATWG websockets §attributes-4 step: serialised.
    pub fn url(&self) -> &str {
        self.address.as_str()
    }

    /// The attribute `readyState`.
    // WHATWG websockets §attributes-5 step: as the last task or call left it.
    pub fn ready_state(&self) -> ReadyState {
        self.ready_state
    }

    /// The attribute `extensions`: as the server said them, empty before it is open.
    pub fn extensions(&self) -> &str {
        &self.extensions
    }

    /// The attribute `protocol`: what the server chose, empty before it is open.
    pub fn protocol(&self) -> &str {
        &self.protocol
    }

    /// The attribute `bufferedAmount`: bytes of application data given to `send` and not yet
    /// transmitted, as of the last [`begin_turn`](Self::begin_turn). What was given after closing
    /// began stays in it for ever.
    // WHATWG websockets §attributes-6 step: the same during a whole task, but for what it sends.
    pub fn buffered_amount(&self) -> u64 {
        self.amounts.sent - self.amounts.transmitted
    }

    /// The attribute `binaryType`.
    pub fn binary_type(&self) -> BinaryType {
        self.binary_type
    }

    /// Sets the attribute `binaryType`, for events that fire from now on, also of messages that
    /// arrived before.
    // WHATWG websockets §attributes-7 step: it is read when an event fires.
    pub fn set_binary_type(&mut self, binary_type: BinaryType) {
        self.binary_type = binary_type;
    }

    /// The method `send`.
    ///
    /// # Errors
    /// `InvalidStateError` while it is connecting. Once it is closing, nothing is sent, and that is
    /// no error.
    pub fn send(&mut self, message: Message) -> Result<(), DomException> {
        // WHATWG websockets §send-1 step: too early is an exception, too late is none.
        if self.ready_state == ReadyState::Connecting {
            let message = "the connection is not open yet";
            return Err(DomException::new(ExceptionName::InvalidState, message));
        }
        let len = message.payload().len() as u64;
        // WHATWG websockets §send.2-1 §send.2-2 §send.2-3 §send.2-4 step: whatever becomes of it,
        // it counts.
        self.amounts.sent += len;
        if self.connection != Connection::Established {
            return Ok(());
        }
        let unsent = self
            .amounts
            .accepted
            .saturating_sub(self.amounts.transmitted);
        if unsent.saturating_add(len) > self.unsent_len_max {
            self.give_up();
        } else {
            // WHATWG websockets §send.2-1 §send.2-2 §send.2-3 §send.2-4 step: a text as text,
            // everything else as binary.
            self.amounts.accepted += len;
            self.commands.push_back(Command::Send(message));
        }
        Ok(())
    }

    /// A message does not fit any more.
    // WHATWG websockets §send.2-5 step: flagged as full, and over.
    fn give_up(&mut self) {
        let limit = self.unsent_len_max;
        self.fail(format!("more than {limit} bytes wait to be sent"));
    }

    fn fail(&mut self, reason: String) {
        self.has_failed = true;
        self.log.push_back(reason);
        self.drop_connection();
    }

    fn drop_connection(&mut self) {
        self.connection = Connection::Closing;
        self.commands.push_back(Command::Drop);
    }

    /// The next thing for the network to do.
    pub fn next_command(&mut self) -> Option<Command> {
        self.commands.pop_front()
    }

    /// The next line for the console: why a connection failed. It is for who writes the page, and
    /// no part of what the page may see.
    pub fn next_log(&mut self) -> Option<String> {
        self.log.pop_front()
    }
}

#[cfg(test)]
mod tests;
