//! Where commands wait for the network. Owns their order, and the count of what was transmitted.
//! Never waits and moves no byte.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use sockeye_proto::message::Message;

use super::super::machine::Command;
use super::super::request::Request;
use crate::limits::WEB_UNSENT_MESSAGES_MAX;
use crate::split::Sender;

/// Takes commands, from any thread, without waiting. A clone leads to the same connection.
#[derive(Clone, Default)]
pub struct Line(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    request: Option<Request>,
    /// Messages, and the Close behind them.
    queue: VecDeque<Command>,
    /// While the connection is open.
    sender: Option<Sender>,
    is_dropped: bool,
    /// Whether more messages wait than may.
    is_overfull: bool,
    /// Whether nothing can be sent any more.
    is_over: bool,
    /// Who awaits events, and who writes.
    reader: Option<Waker>,
    writer: Option<Waker>,
    /// Bytes of application data that the kernel has.
    transmitted: u64,
    flight: Flight,
    drain: Drain,
}

/// What the connection was given and the kernel does not have yet.
#[derive(Clone, Copy, Default)]
struct Flight {
    /// Bytes of application data.
    len: u64,
    /// What they came to on the wire; 0 for messages that are counted together.
    wire_len: u64,
}

/// Whether somebody wants to know when all is transmitted.
#[derive(Clone, Copy, Default, Eq, PartialEq)]
enum Drain {
    #[default]
    Untold,
    Wanted,
}

impl Line {
    /// Has `command` carried out, behind those before it; [`Command::Drop`] at once. Where more
    /// messages than [`WEB_UNSENT_MESSAGES_MAX`] wait the connection is given up, as by that.
    pub fn command(&self, command: Command) {
        let mut state = self.lock();
        match command {
            Command::Connect(request) => {
                state.request = Some(request);
                wake(&mut state.reader);
            }
            // WHATWG websockets §send.2-5 step: flagged as full, and over.
            Command::Send(_) if state.queue.len() >= WEB_UNSENT_MESSAGES_MAX => {
                state.is_overfull = true;
                state.give_up();
            }
            Command::Send(_) | Command::StartClosing { .. } => {
                if !state.is_over {
                    state.queue.push_back(command);
                    wake(&mut state.writer);
                }
            }
            Command::Drop => state.give_up(),
        }
    }

    /// Bytes of application data that the kernel took since the beginning. Small messages that go
    /// out together count when all of them are out; of a large one, with compression, it is the
    /// share that its bytes on the wire say.
    pub fn transmitted(&self) -> u64 {
        let state = self.lock();
        let left = match &state.sender {
            Some(sender) if state.flight.wire_len > 0 => {
                let unwritten = (sender.buffered_amount() as u64).min(state.flight.wire_len);
                share(state.flight.len, unwritten, state.flight.wire_len)
            }
            _ => state.flight.len,
        };
        state.transmitted + state.flight.len - left
    }

    /// Has the network report once that all was transmitted, with
    /// [`NetworkEvent::Drained`](super::super::NetworkEvent::Drained).
    pub fn report_drained(&self) {
        let mut state = self.lock();
        state.drain = Drain::Wanted;
        wake(&mut state.reader);
    }

    pub(super) fn take_drained(&self) -> bool {
        let mut state = self.lock();
        let is_drained = state.queue.is_empty() && state.flight.len == 0;
        let is_told = is_drained && state.drain == Drain::Wanted;
        if is_told {
            state.drain = Drain::Untold;
        }
        is_told
    }

    pub(super) fn watch(&self, cx: &Context<'_>) {
        self.lock().reader = Some(cx.waker().clone());
    }

    pub(super) fn take_request(&self) -> Option<Request> {
        self.lock().request.take()
    }

    pub(super) fn is_dropped(&self) -> bool {
        self.lock().is_dropped
    }

    pub(super) fn is_overfull(&self) -> bool {
        self.lock().is_overfull
    }

    /// Whether the closing handshake began, from either side.
    pub(super) fn is_closing(&self) -> bool {
        self.lock().sender.as_ref().is_some_and(Sender::is_closed)
    }

    /// The connection is open.
    pub(super) fn open(&self, sender: Sender) {
        let mut state = self.lock();
        if state.is_dropped {
            sender.abort();
        }
        state.sender = Some(sender);
    }

    /// The connection is over.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        // The last handle says goodbye, unless somebody did.
        let sender = state.sender.take();
        state.end();
        drop(state);
        drop(sender);
    }

    /// The next command for who writes, or `None` if there will be none.
    pub(super) fn poll_next(&self, cx: &Context<'_>) -> Poll<Option<Command>> {
        let mut state = self.lock();
        match state.queue.pop_front() {
            Some(command) => {
                if let Command::Send(message) = &command {
                    state.flight.len += message.payload().len() as u64;
                }
                Poll::Ready(Some(command))
            }
            None if state.is_over => Poll::Ready(None),
            None => {
                state.writer = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }

    /// The next message, if it is the next command and the messages that are in flight together
    /// stay under `len_max` bytes with it.
    pub(super) fn next_small(&self, len_max: usize) -> Option<Message> {
        let mut state = self.lock();
        let Some(Command::Send(message)) = state.queue.front() else {
            return None;
        };
        let len = state.flight.len + message.payload().len() as u64;
        let message = (len <= len_max as u64).then(|| message.clone())?;
        state.queue.pop_front();
        state.flight.len = len;
        Some(message)
    }

    /// The one message in flight is queued, and took so many bytes.
    pub(super) fn is_queued(&self, wire_len: usize) {
        self.lock().flight.wire_len = wire_len as u64;
    }

    /// The kernel has all that was in flight.
    pub(super) fn is_written(&self) {
        let mut state = self.lock();
        state.transmitted += state.flight.len;
        state.flight = Flight::default();
        if state.drain == Drain::Wanted {
            wake(&mut state.reader);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Ends the connection where it is.
    fn give_up(&mut self) {
        self.is_dropped = true;
        if let Some(sender) = &self.sender {
            sender.abort();
        }
        self.end();
        wake(&mut self.reader);
    }

    fn end(&mut self) {
        self.is_over = true;
        self.queue.clear();
        wake(&mut self.writer);
    }
}

fn wake(waker: &mut Option<Waker>) {
    waker.take().into_iter().for_each(Waker::wake);
}

/// The part of `whole` that `part` is of `all`, rounded up, so that nothing counts too early.
fn share(whole: u64, part: u64, all: u64) -> u64 {
    let share = u128::from(whole) * u128::from(part);
    let share = share.div_ceil(u128::from(all.max(1)));
    u64::try_from(share).unwrap_or(whole).min(whole)
}

impl fmt::Debug for Line {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Line").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A script that waits for `bufferedAmount` to be 0 would send on too early, or never.
    #[test]
    fn share_is_rounded_up_and_ends_at_nothing() {
        assert_eq!(share(100, 0, 50), 0);
        assert_eq!(share(100, 1, 1000), 1);
        assert_eq!(share(100, 50, 50), 100);
        assert_eq!(share(u64::MAX, u64::MAX, u64::MAX), u64::MAX);
        assert_eq!(share(7, 9, 0), 7);
    }

    /// What was sent after the end would be kept for ever.
    #[test]
    fn line_that_is_over_keeps_no_message() {
        let line = Line::default();
        line.command(Command::Send("before".into()));
        line.close();
        line.command(Command::Send("after".into()));
        let cx = Context::from_waker(Waker::noop());
        assert!(matches!(line.poll_next(&cx), Poll::Ready(None)));
        assert_eq!(line.transmitted(), 0);
    }

    /// A large message behind small ones would be counted with them, all or nothing.
    #[test]
    fn small_messages_go_together_and_a_large_one_alone() {
        let line = Line::default();
        for text in ["one", "two", "a long one"] {
            line.command(Command::Send(text.into()));
        }
        let cx = Context::from_waker(Waker::noop());
        assert!(matches!(line.poll_next(&cx), Poll::Ready(Some(_))));
        assert_eq!(line.next_small(8), Some("two".into()));
        assert_eq!(line.next_small(8), None);
        line.is_written();
        assert_eq!(line.transmitted(), 6);
        assert!(matches!(line.poll_next(&cx), Poll::Ready(Some(_))));
        assert!(!line.take_drained());
        line.report_drained();
        line.is_written();
        assert!(line.take_drained());
        assert!(!line.take_drained(), "it is told once");
    }
}
