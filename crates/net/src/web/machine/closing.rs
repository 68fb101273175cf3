//! How a socket ends from this side: `close`, garbage collection, and the page that goes away. Owns
//! which Close goes out, and when none does. Fires nothing: the end of the connection does.

use sockeye_proto::close::CloseCode;
use sockeye_proto::limits::CLOSE_REASON_LEN_MAX;

use super::super::event::{EventKind, ReadyState};
use super::super::exception::{DomException, ExceptionName};
use super::{Command, Connection, Machine};

impl Machine {
    /// The method `close`, with a code and a reason, or without (`None` and an empty reason).
    ///
    /// # Errors
    /// `InvalidAccessError` for any code but 1000 and 3000 to 4999, `SyntaxError` for a reason of
    /// more than 123 bytes; then nothing happens.
    pub fn close(&mut self, code: Option<u16>, reason: &str) -> Result<(), DomException> {
        validate(code, reason)?;
        // WHATWG websockets §close-4 step: the first case that fits.
        match (self.ready_state, self.connection) {
            // WHATWG websockets §close.4-1 step: it closes already.
            (ReadyState::Closing | ReadyState::Closed, _) => {}
            // WHATWG websockets §close.4-2 step: not established, so the attempt fails.
            (_, Connection::Opening) => {
                self.fail("closed before it was open".to_owned());
                self.ready_state = ReadyState::Closing;
            }
            // WHATWG websockets §close.4-3 step: the closing handshake begins here.
            (_, Connection::Established) => {
                self.start_closing(code, reason);
                self.ready_state = ReadyState::Closing;
            }
            // WHATWG websockets §close.4-4 step: it began elsewhere, and its task is on the way.
            (_, Connection::Closing | Connection::Closed) => {
                self.ready_state = ReadyState::Closing;
            }
        }
        Ok(())
    }

    fn start_closing(&mut self, code: Option<u16>, reason: &str) {
        // WHATWG websockets §close.4.3-2 step: a reason needs a code, and this is the plainest.
        let code = code.or_else(|| (!reason.is_empty()).then_some(CloseCode::NORMAL.number()));
        // WHATWG websockets §close.4.3-1 §close.4.3-3 §close.4.3-4 step: no body, a code, or both.
        self.commands.push_back(Command::StartClosing {
            code: code.map(CloseCode::new),
            reason: reason.to_owned(),
        });
        self.connection = Connection::Closing;
    }

    /// Whether the object may be collected, if nothing refers to it any more; `has_listener` says
    /// for which events it has listeners.
    pub fn may_be_collected(&self, has_listener: impl Fn(EventKind) -> bool) -> bool {
        use EventKind::{Close, Error, Message, Open};
        let kinds: &[EventKind] = match self.turn_state {
            // WHATWG websockets §collection-1 step: any of the four.
            ReadyState::Connecting => &[Open, Message, Error, Close],
            // WHATWG websockets §collection-2 step: it will not open again.
            ReadyState::Open => &[Message, Error, Close],
            // WHATWG websockets §collection-3 step: no message fires any more.
            ReadyState::Closing => &[Error, Close],
            ReadyState::Closed => &[],
        };
        // WHATWG websockets §collection-4 step: what was sent is on its way still.
        let is_sending = self.connection == Connection::Established
            && self.amounts.accepted > self.amounts.transmitted;
        !is_sending && !kinds.iter().copied().any(has_listener)
    }

    /// The object is gone: nothing refers to it, and it
    /// [may be collected](Self::may_be_collected).
    pub fn collect(&mut self) {
        match self.connection {
            // The standard says nothing of an attempt that nobody waits for.
            Connection::Opening => self.drop_connection(),
            // WHATWG websockets §collection-5 step: a Close without a code.
            Connection::Established => self.start_closing(None, ""),
            Connection::Closing | Connection::Closed => {}
        }
    }

    /// The page is gone, and all that it had: the object is not to fire any more.
    pub fn make_disappear(&mut self) {
        match self.connection {
            // WHATWG websockets §disappear-1 step: the attempt fails.
            Connection::Opening => self.drop_connection(),
            // WHATWG websockets §disappear-2 step: with 1001, as the page goes away.
            Connection::Established => {
                self.start_closing(Some(CloseCode::GOING_AWAY.number()), "");
            }
            // WHATWG websockets §disappear-3 step: nothing to add.
            Connection::Closing | Connection::Closed => {}
        }
    }
}

/// WHATWG: "validate close code and reason".
fn validate(code: Option<u16>, reason: &str) -> Result<(), DomException> {
    // WHATWG websockets §close-1 §close-2 step: missing ones are `None` and empty.
    // WHATWG websockets §close-3 §validate-1 step: the others are the protocol's own.
    if let Some(code) = code.filter(|code| !matches!(code, 1000 | 3000..=4999)) {
        let message = format!("the close code {code} is neither 1000 nor from 3000 to 4999");
        return Err(DomException::new(ExceptionName::InvalidAccess, message));
    }
    // WHATWG websockets §validate-2 step: in bytes of UTF-8, which is what goes out.
    if reason.len() > CLOSE_REASON_LEN_MAX {
        let (len, max) = (reason.len(), CLOSE_REASON_LEN_MAX);
        let message = format!("the close reason has {len} bytes, at most {max} are allowed");
        return Err(DomException::syntax(message));
    }
    Ok(())
}
