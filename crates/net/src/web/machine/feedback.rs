//! Feedback from the protocol: what the network reports becomes a task, and a task changes the
//! socket and fires events. Owns which event fires in which state. Never runs a task by itself.

use std::array;

use sockeye_proto::close::{CloseCode, CloseEvent};
use sockeye_proto::message::Message;

use super::super::event::{Data, Event, MessageEvent, ReadyState};
use super::{Connection, Machine};

/// What the network reports.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum NetworkEvent {
    /// The opening handshake is done.
    Established {
        /// The subprotocol that the server chose, or empty.
        protocol: String,
        /// The extensions as the server said them, or empty.
        extensions: String,
    },
    /// A message came.
    Message(Message),
    /// The closing handshake began: the peer's Close came.
    ClosingStarted,
    /// All that was sent is transmitted; where the network was asked to say so.
    Drained,
    /// The connection is over, or could not be made. The last event.
    Closed {
        /// How.
        event: CloseEvent,
        /// Why it failed, in words for people; `None` if it did not fail.
        failure: Option<String>,
    },
}

/// What fires, in order: nothing, one event, or `error` and `close`.
#[derive(Debug)]
pub struct Fired(array::IntoIter<Option<Event>, 2>);

impl Iterator for Fired {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        self.0.by_ref().flatten().next()
    }
}

impl Machine {
    /// Takes what the network reports. Nothing shows before [`run_task`](Self::run_task).
    pub fn handle(&mut self, event: NetworkEvent) {
        match event {
            // WHATWG websockets §feedback.established-1 step: a task, so that nobody misses it.
            NetworkEvent::Established { .. } => {
                self.connection = self.connection.max(Connection::Established);
            }
            // WHATWG websockets §feedback.message-1 step: each message is a task of its own.
            NetworkEvent::Message(_) => {}
            // WHATWG websockets §feedback.closing-1 step: the ready state follows with a task.
            NetworkEvent::ClosingStarted => {
                self.connection = self.connection.max(Connection::Closing);
            }
            // For who asks whether it may be collected.
            NetworkEvent::Drained => return,
            // WHATWG websockets §feedback.closed-1 step: the last task.
            NetworkEvent::Closed { .. } => self.connection = Connection::Closed,
        }
        self.tasks.push_back(event);
    }

    /// The connection is not even tried.
    pub(super) fn fail_opening(&mut self, reason: String) {
        self.handle(NetworkEvent::Closed {
            event: abnormal(),
            failure: Some(reason),
        });
    }

    /// The event loop reached its first step. Of all bytes that went to the network with
    /// [`Command::Send`](super::Command::Send), so many were transmitted.
    pub fn begin_turn(&mut self, transmitted: u64) {
        self.turn_state = self.ready_state;
        let transmitted = transmitted.min(self.amounts.accepted);
        self.amounts.transmitted = self.amounts.transmitted.max(transmitted);
    }

    /// Tasks that wait to be run. Who reads from the network does so while there are few.
    pub fn tasks_len(&self) -> usize {
        self.tasks.len()
    }

    /// Runs the next task, if there is one, and answers with what fires now. The attributes are
    /// those that listeners are to see.
    pub fn run_task(&mut self) -> Option<Fired> {
        let fired = match self.tasks.pop_front()? {
            NetworkEvent::Established {
                protocol,
                extensions,
            } => [self.open(protocol, extensions), None],
            NetworkEvent::Message(message) => [self.receive(message), None],
            NetworkEvent::ClosingStarted => {
                // WHATWG websockets §feedback.closing-2 step: unless it is further already.
                self.ready_state = self.ready_state.max(ReadyState::Closing);
                [None, None]
            }
            // No task: it was not queued.
            NetworkEvent::Drained => [None, None],
            NetworkEvent::Closed { event, failure } => self.end(event, failure),
        };
        Some(Fired(fired.into_iter()))
    }

    fn open(&mut self, protocol: String, extensions: String) -> Option<Event> {
        // DEVIATION: the standard lets a socket that was closed before this task ran open after
        // all; browsers do not, and it would go from CLOSING back to OPEN.
        if self.ready_state != ReadyState::Connecting {
            return None;
        }
        // WHATWG websockets §feedback.established-2 step: open, before the event.
        self.ready_state = ReadyState::Open;
        // WHATWG websockets §feedback.established-3 step: the extensions.
        self.extensions = extensions;
        // WHATWG websockets §feedback.established-4 step: the subprotocol.
        self.protocol = protocol;
        // WHATWG websockets §feedback.established-5 step: now it fires.
        Some(Event::Open)
    }

    fn receive(&self, message: Message) -> Option<Event> {
        // WHATWG websockets §feedback.message-2 step: who closed hears no more.
        if self.ready_state != ReadyState::Open {
            return None;
        }
        // WHATWG websockets §feedback.message-3 step: the form is the one of this moment.
        let data = Data::new(message, self.binary_type);
        // WHATWG websockets §feedback.message-4 step: with the origin of the socket's URL.
        let origin = self.origin.clone();
        Some(Event::Message(MessageEvent::new(data, origin)))
    }

    fn end(&mut self, event: CloseEvent, failure: Option<String>) -> [Option<Event>; 2] {
        // WHATWG websockets §feedback.closed-2 step: closed, before either event.
        self.ready_state = ReadyState::Closed;
        let has_failed = failure.is_some() || self.has_failed;
        if !has_failed && event.code == CloseCode::ABNORMAL {
            // No failure, and nothing else says why there was no answer.
            self.log
                .extend(["the server did not answer the Close in time".to_owned()]);
        }
        self.log.extend(failure);
        // WHATWG websockets §feedback.closed-3 step: a plain event, and only where it failed.
        let error = has_failed.then_some(Event::Error);
        // WHATWG websockets §feedback.closed-4 step: code, reason and whether it was clean.
        [error, Some(Event::Close(event))]
    }
}

/// The end of a connection that no Close ended.
// WHATWG websockets §feedback.closed-5 step: 1006 for whatever went wrong, so that a page learns
// nothing of the network that it is in.
pub(in crate::web) fn abnormal() -> CloseEvent {
    CloseEvent {
        code: CloseCode::ABNORMAL,
        reason: Box::default(),
        was_clean: false,
    }
}
