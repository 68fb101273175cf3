//! The object: the machine with a network, listeners and an event loop of its own. Owns what ties
//! them together. Decides nothing: the machine does.

mod turn;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use sockeye_proto::close::CloseEvent;
use sockeye_proto::message::Message;
use tokio::runtime::Handle;

use super::event::{BinaryType, Event, EventKind, MessageEvent, ReadyState};
use super::exception::DomException;
use super::handover::{Events, Handover};
use super::listeners::{Entry, Listeners, Role};
use super::machine::Machine;
use super::network::{Line, Network};
use super::options::{Log, Options};
use super::request::Protocols;

/// The `WebSocket` object of browsers.
///
/// It connects as soon as it is made. Its methods return at once; what happens is told by events,
/// which a task of its own fires, never a call of yours. Clones are the same object.
///
/// ```no_run
/// # async fn example() -> Result<(), sockeye::web::DomException> {
/// use sockeye::web::{Event, WebSocket};
///
/// let (socket, mut events) = WebSocket::with_events("wss://example.com/chat", "chat")?;
/// while let Some(event) = events.next().await {
///     match event {
///         Event::Open => socket.send("hello")?,
///         Event::Message(message) => println!("{:?}", message.data().as_text()),
///         Event::Close(close) => println!("{close}"),
///         _ => {}
///     }
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Listeners
/// They are called one after the other by the socket's task, with the object and the event. They
/// must not block; whatever waits belongs into a task that they start. One that panics has its
/// panic reported by the panic hook and stops neither the others nor the socket.
///
/// On a runtime with several threads an event may fire as soon as the object is there, so listeners
/// that must not miss it are added in [`with`](Self::with), or [`with_events`](Self::with_events)
/// is used.
///
/// # When nothing refers to it any more
/// Dropping the last clone closes the connection without a code, as collecting the object does in a
/// browser: not before what was sent is on its way, and not while a listener waits for what may
/// still fire - `message`, `error` or `close` of an open connection. A connection that is to end is
/// [closed](Self::close).
pub struct WebSocket {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    line: Line,
    log: Option<Log>,
}

struct State {
    machine: Machine,
    listeners: Listeners<WebSocket>,
    handovers: Vec<Arc<Handover>>,
    /// Clones of the object that there are.
    handles: usize,
    /// Whether listeners are being called: then `bufferedAmount` only grows.
    is_in_task: bool,
    /// Whether `close` fired.
    is_over: bool,
    /// Whether somebody let go of the object since the event loop last looked.
    is_left: bool,
    /// The event loop, while it waits.
    waker: Option<Waker>,
}

impl WebSocket {
    /// [`ReadyState::Connecting`].
    pub const CONNECTING: ReadyState = ReadyState::Connecting;
    /// [`ReadyState::Open`].
    pub const OPEN: ReadyState = ReadyState::Open;
    /// [`ReadyState::Closing`].
    pub const CLOSING: ReadyState = ReadyState::Closing;
    /// [`ReadyState::Closed`].
    pub const CLOSED: ReadyState = ReadyState::Closed;

    /// Starts connecting to `url`, asking for one of `protocols`: `()` for none, a name, or
    /// several. `ws`, `wss`, `http` and `https` will do. The origin is the server's own, as that of
    /// a page from there; [`Options`] says another.
    ///
    /// # Errors
    /// `SyntaxError` for a URL that cannot be a socket's, or subprotocols that break the rules.
    ///
    /// # Panics
    /// Outside a tokio runtime with I/O and time enabled.
    pub fn new(url: &str, protocols: impl Into<Protocols>) -> Result<Self, DomException> {
        Self::with(&Options::default(), url, protocols, |_| {})
    }

    /// As [`new`](Self::new), and calls `setup` before anything can fire: there no listener is too
    /// late.
    ///
    /// ```no_run
    /// # fn example() -> Result<(), sockeye::web::DomException> {
    /// use sockeye::web::{Options, WebSocket};
    ///
    /// let options = Options::default();
    /// WebSocket::with(&options, "wss://example.com/chat", (), |socket| {
    ///     socket.on_open(|socket| socket.send("hello").unwrap());
    ///     socket.on_message(|_, message| println!("{:?}", message.data()));
    /// })?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`new`](Self::new); `SecurityError` where the options ask for it.
    ///
    /// # Panics
    /// Outside a tokio runtime with I/O and time enabled.
    pub fn with(
        options: &Options,
        url: &str,
        protocols: impl Into<Protocols>,
        setup: impl FnOnce(&Self),
    ) -> Result<Self, DomException> {
        let machine = Machine::new(url, protocols.into(), &options.settings)?;
        let network = Network::new(options.dial.clone());
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                machine,
                listeners: Listeners::default(),
                handovers: Vec::new(),
                handles: 1,
                is_in_task: false,
                is_over: false,
                is_left: false,
                waker: None,
            }),
            line: network.line(),
            log: options.log.clone(),
        });
        let socket = Self { shared };
        setup(&socket);
        socket.shared.command(&mut socket.shared.lock());
        Handle::current().spawn(turn::run(Arc::clone(&socket.shared), network));
        Ok(socket)
    }

    /// As [`new`](Self::new), with the events from the first on.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    ///
    /// # Panics
    /// Outside a tokio runtime with I/O and time enabled.
    pub fn with_events(
        url: &str,
        protocols: impl Into<Protocols>,
    ) -> Result<(Self, Events), DomException> {
        Options::default().open(url, protocols)
    }

    /// The URL, in full: with `ws` or `wss`, and a path.
    pub fn url(&self) -> String {
        self.shared.lock().machine.url().to_owned()
    }

    /// How far the connection is.
    pub fn ready_state(&self) -> ReadyState {
        self.shared.lock().machine.ready_state()
    }

    /// Bytes given to [`send`](Self::send) that the kernel does not have yet: UTF-8 and binary
    /// data, without framing. What was sent after closing began stays in it.
    ///
    /// While listeners are called it only grows. Small messages that go out together, up to
    /// [`WEB_BATCH_LEN_MAX`](crate::limits::WEB_BATCH_LEN_MAX) bytes, leave it together.
    pub fn buffered_amount(&self) -> u64 {
        let mut state = self.shared.lock();
        if !state.is_in_task {
            state.machine.begin_turn(self.shared.line.transmitted());
        }
        state.machine.buffered_amount()
    }

    /// The extensions that the server chose, in its words; empty before `open`, or without any.
    pub fn extensions(&self) -> String {
        self.shared.lock().machine.extensions().to_owned()
    }

    /// The subprotocol that the server chose; empty before `open`, or without one.
    pub fn protocol(&self) -> String {
        self.shared.lock().machine.protocol().to_owned()
    }

    /// In which form bytes are received.
    pub fn binary_type(&self) -> BinaryType {
        self.shared.lock().machine.binary_type()
    }

    /// Sets in which form bytes are received, for events that fire from now on.
    pub fn set_binary_type(&self, binary_type: BinaryType) {
        self.shared.lock().machine.set_binary_type(binary_type);
    }

    /// Sends a text, bytes or a [`Blob`](super::Blob). It never waits; look at
    /// [`buffered_amount`](Self::buffered_amount) before you send a lot. Once it is closing nothing
    /// is sent, and that is no error.
    ///
    /// With more than [`Options::unsent_len_max`] bytes waiting, or more messages than
    /// [`WEB_UNSENT_MESSAGES_MAX`](crate::limits::WEB_UNSENT_MESSAGES_MAX), the connection fails.
    ///
    /// # Errors
    /// `InvalidStateError` while it is connecting.
    pub fn send(&self, data: impl Into<Message>) -> Result<(), DomException> {
        let mut state = self.shared.lock();
        let sent = state.machine.send(data.into());
        self.shared.command(&mut state);
        sent
    }

    /// Closes, behind what was sent: `close(None, "")`, or with a code and a reason. A reason alone
    /// goes out with 1000. Where it is not open yet, the attempt fails, with `error` and `close`.
    ///
    /// # Errors
    /// `InvalidAccessError` for any code but 1000 and 3000 to 4999, `SyntaxError` for a reason of
    /// more than 123 bytes; then nothing happens.
    pub fn close(&self, code: impl Into<Option<u16>>, reason: &str) -> Result<(), DomException> {
        let mut state = self.shared.lock();
        let closed = state.machine.close(code.into(), reason);
        self.shared.command(&mut state);
        closed
    }

    /// Sets what is called for `open`, instead of what was set before.
    // WHATWG websockets §idl-8 step: one handler for each event, here and below.
    pub fn on_open(&self, mut handler: impl FnMut(&Self) + Send + 'static) {
        self.add(EventKind::Open, Role::Handler, move |socket, _| {
            handler(socket);
        });
    }

    /// Sets what is called for `message`, instead of what was set before.
    pub fn on_message(&self, mut handler: impl FnMut(&Self, &MessageEvent) + Send + 'static) {
        self.add(EventKind::Message, Role::Handler, move |socket, event| {
            if let Event::Message(message) = event {
                handler(socket, message);
            }
        });
    }

    /// Sets what is called for `error`, instead of what was set before.
    pub fn on_error(&self, mut handler: impl FnMut(&Self) + Send + 'static) {
        self.add(EventKind::Error, Role::Handler, move |socket, _| {
            handler(socket);
        });
    }

    /// Sets what is called for `close`, instead of what was set before.
    pub fn on_close(&self, mut handler: impl FnMut(&Self, &CloseEvent) + Send + 'static) {
        self.add(EventKind::Close, Role::Handler, move |socket, event| {
            if let Event::Close(close) = event {
                handler(socket, close);
            }
        });
    }

    /// Takes away what `on_open` and the others set, as assigning `null` does.
    pub fn remove_handler(&self, kind: EventKind) {
        let mut state = self.shared.lock();
        let removed = state.listeners.remove_handler(kind);
        drop(state);
        drop(removed);
    }

    /// Adds a listener, behind those that are there.
    pub fn add_listener(
        &self,
        kind: EventKind,
        listener: impl FnMut(&Self, &Event) + Send + 'static,
    ) -> Listener {
        self.add(kind, Role::Listener, listener)
    }

    /// Adds a listener for the first event only.
    pub fn add_listener_once(
        &self,
        kind: EventKind,
        listener: impl FnMut(&Self, &Event) + Send + 'static,
    ) -> Listener {
        self.add(kind, Role::Once, listener)
    }

    fn add(
        &self,
        kind: EventKind,
        role: Role,
        listener: impl FnMut(&Self, &Event) + Send + 'static,
    ) -> Listener {
        let mut state = self.shared.lock();
        let (entry, replaced) = state.listeners.add(kind, role, Box::new(listener));
        // After the end nothing fires, so nothing is kept.
        let kept = state.is_over.then(|| std::mem::take(&mut state.listeners));
        drop(state);
        // Outside of the lock: they may hold what leads back here.
        drop((replaced, kept));
        let shared = Arc::clone(&self.shared);
        Listener { shared, entry }
    }

    /// The events from now on. Where none is to be missed, [`Options::open`] has them from the
    /// first on.
    pub fn events(&self) -> Events {
        let handover = Arc::new(Handover::default());
        let mut state = self.shared.lock();
        if state.is_over {
            handover.end();
        } else {
            state.handovers.push(Arc::clone(&handover));
        }
        Events::new(handover)
    }
}

impl Options {
    /// Starts connecting, with the events from the first on.
    ///
    /// # Errors
    /// As [`WebSocket::with`].
    ///
    /// # Panics
    /// Outside a tokio runtime with I/O and time enabled.
    pub fn open(
        &self,
        url: &str,
        protocols: impl Into<Protocols>,
    ) -> Result<(WebSocket, Events), DomException> {
        let mut events = None;
        let setup = |socket: &WebSocket| events = Some(socket.events());
        let socket = WebSocket::with(self, url, protocols, setup)?;
        let events = events.unwrap_or_else(|| socket.events());
        Ok((socket, events))
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // No code of others runs under the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Passes on what the machine wants of the network, in its order: under the lock.
    fn command(&self, state: &mut State) {
        while let Some(command) = state.machine.next_command() {
            self.line.command(command);
        }
    }
}

impl State {
    /// Somebody let go of the object: the event loop looks whether that was the last.
    fn leave(&mut self) {
        self.is_left = true;
        self.waker.take().into_iter().for_each(Waker::wake);
    }
}

/// A listener that was added. Dropping this leaves it where it is.
#[derive(Debug)]
pub struct Listener {
    shared: Arc<Shared>,
    entry: Arc<Entry<WebSocket>>,
}

impl Listener {
    /// Removes it. It is not called any more, also if its turn was about to come.
    pub fn remove(self) {
        self.entry.remove();
        let mut state = self.shared.lock();
        let removed = state.listeners.tidy();
        // It may have been all that kept the object.
        state.leave();
        drop(state);
        drop(removed);
    }
}

impl Clone for WebSocket {
    fn clone(&self) -> Self {
        self.shared.lock().handles += 1;
        let shared = Arc::clone(&self.shared);
        Self { shared }
    }
}

impl Drop for WebSocket {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.handles -= 1;
        if state.handles == 0 {
            state.leave();
        }
    }
}

impl fmt::Debug for WebSocket {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("WebSocket")
            .field("ready_state", &self.ready_state())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Shared").finish_non_exhaustive()
    }
}
