//! The network side of a socket: carries out the machine's commands and reports what happens. Owns
//! the opening, the receiving half and the task that writes. Decides nothing that a script can see.

mod line;
mod writer;

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use sockeye_proto::fault::{Fault, Timeout};

use super::dial::{Dial, Opened};
use super::machine::{NetworkEvent, abnormal};
use crate::error::Error;
use crate::limits::WEB_UNSENT_MESSAGES_MAX;
use crate::split::Receiver;

pub use line::Line;

/// One connection that is opened, used and closed by commands.
///
/// ```no_run
/// # async fn example() -> Result<(), sockeye::web::DomException> {
/// use sockeye::web::{Dial, Machine, Network, Settings};
///
/// let mut machine = Machine::new("ws://example.com/chat", ().into(), &Settings::default())?;
/// let mut network = Network::new(Dial::default());
/// let line = network.line();
/// loop {
///     while let Some(command) = machine.next_command() {
///         line.command(command);
///     }
///     machine.begin_turn(line.transmitted());
///     if let Some(fired) = machine.run_task() {
///         fired.for_each(|event| println!("{event:?}"));
///     } else if let Some(event) = network.event().await {
///         machine.handle(event);
///     } else {
///         return Ok(());
///     }
/// }
/// # }
/// ```
pub struct Network {
    line: Line,
    dial: Option<Dial>,
    state: State,
}

type Opening = Pin<Box<dyn Future<Output = Result<Opened, String>> + Send>>;

enum State {
    /// Nobody asked for a connection.
    Idle,
    Opening(Opening),
    Open {
        receiver: Receiver,
        /// Whether the beginning of the closing handshake was reported.
        is_closing: bool,
    },
    Over,
}

impl Network {
    /// A connection that waits for [`Command::Connect`](super::Command::Connect).
    pub fn new(dial: Dial) -> Self {
        Self {
            line: Line::default(),
            dial: Some(dial),
            state: State::Idle,
        }
    }

    /// Where commands go in, for any thread.
    pub fn line(&self) -> Line {
        self.line.clone()
    }

    /// What happens next, or `None` after [`NetworkEvent::Closed`]. It opens, reads and answers
    /// Pings while it is awaited, and only then; it writes in a task of its own.
    ///
    /// # Cancel safety
    /// Safe: a dropped future loses no event.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub async fn event(&mut self) -> Option<NetworkEvent> {
        poll_fn(|cx| self.poll_event(cx)).await
    }

    /// What [`event`](Self::event) polls.
    pub fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Option<NetworkEvent>> {
        // Before anything is looked at, so that no change goes unseen.
        self.line.watch(cx);
        if let State::Idle = self.state {
            if let (Some(request), Some(dial)) = (self.line.take_request(), self.dial.take()) {
                self.state = State::Opening(Box::pin(dial.open(request)));
            }
        }
        let event = match &mut self.state {
            State::Over => return Poll::Ready(None),
            State::Idle | State::Opening(_) if self.line.is_dropped() => {
                closed_without_word("dropped before it was open")
            }
            State::Idle => return Poll::Pending,
            State::Opening(opening) => match ready!(opening.as_mut().poll(cx)) {
                Ok(opened) => return Poll::Ready(Some(self.establish(opened))),
                Err(failure) => closed_without_word(&failure),
            },
            State::Open { .. } => return self.poll_open(cx).map(Some),
        };
        self.state = State::Over;
        Poll::Ready(Some(event))
    }

    fn establish(&mut self, opened: Opened) -> NetworkEvent {
        let (sender, receiver) = opened.connection.split();
        self.line.open(sender.clone());
        // In parallel to whoever handles events, so that a slow one holds up nobody's messages.
        tokio::spawn(writer::write(self.line.clone(), sender));
        self.state = State::Open {
            receiver,
            is_closing: false,
        };
        let (protocol, extensions) = (opened.protocol, opened.extensions);
        NetworkEvent::Established {
            protocol,
            extensions,
        }
    }

    fn poll_open(&mut self, cx: &mut Context<'_>) -> Poll<NetworkEvent> {
        let State::Open {
            receiver,
            is_closing,
        } = &mut self.state
        else {
            return Poll::Pending;
        };
        let received = match receiver.poll_message(cx) {
            Poll::Ready(received) => received,
            Poll::Pending if !*is_closing && self.line.is_closing() => {
                *is_closing = true;
                return Poll::Ready(NetworkEvent::ClosingStarted);
            }
            Poll::Pending if self.line.take_drained() => {
                return Poll::Ready(NetworkEvent::Drained);
            }
            Poll::Pending => return Poll::Pending,
        };
        let failure = match received {
            Ok(Some(message)) => return Poll::Ready(NetworkEvent::Message(message)),
            _ if self.line.is_overfull() => Some(too_many()),
            Ok(None) => None,
            Err(error) if is_slow_to_close(&error) => None,
            Err(error) => Some(format!("{error:#}")),
        };
        let event = receiver.close_event().unwrap_or_else(abnormal);
        self.line.close();
        self.state = State::Over;
        Poll::Ready(NetworkEvent::Closed { event, failure })
    }
}

/// A peer that does not end what is closed already is left alone, which is no failure (RFC 6455
/// section 7.1.1).
fn is_slow_to_close(error: &Error) -> bool {
    error.fault() == Some(Fault::Timeout(Timeout::Close))
}

/// Why a connection was given up that the kernel takes nothing from.
fn too_many() -> String {
    format!("more than {WEB_UNSENT_MESSAGES_MAX} messages wait to be sent")
}

/// The end of a connection that never was.
fn closed_without_word(failure: &str) -> NetworkEvent {
    NetworkEvent::Closed {
        event: abnormal(),
        failure: Some(failure.to_owned()),
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        self.line.close();
    }
}

impl fmt::Debug for Network {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Idle => "idle",
            State::Opening(_) => "opening",
            State::Open { .. } => "open",
            State::Over => "over",
        };
        formatter
            .debug_struct("Network")
            .field("state", &state)
            .finish_non_exhaustive()
    }
}
