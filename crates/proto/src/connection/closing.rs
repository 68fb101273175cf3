//! The closing handshake (RFC 6455 §7): which Close frames are owed, sent and received. Owns the
//! answer to "is it open, and was it clean". Knows no time.

use crate::close::{CloseCode, CloseEvent, CloseFrame};
use crate::fault::Misuse;
use crate::role::Role;

/// Where our own Close frame is.
#[derive(Debug, Default, Eq, PartialEq)]
enum Ours {
    /// None is owed.
    #[default]
    None,
    /// The caller started closing, or time is up for anything else: this frame is the next.
    Started(CloseFrame),
    /// Owed as an answer to the peer's Close or because the connection failed. What arrived before
    /// may still be answered until it goes out.
    Owed(CloseFrame),
    /// On its way.
    Sent,
    /// It was owed, or still on its way, when the connection ended.
    Unsent,
}

/// The state of the closing handshake.
#[derive(Debug, Default)]
pub(super) struct Closing {
    ours: Ours,
    theirs: Option<CloseFrame>,
    /// We failed the connection.
    failed: bool,
    gate: Gate,
}

/// What may still begin.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Gate {
    /// Anything.
    #[default]
    Open,
    /// No message, as one of ours is on its way in fragments. One look at the gate answers both
    /// questions, so a message by itself does not pay for this one.
    Message,
    /// Nothing: input ended or the budget ran out.
    Ended,
}

impl Closing {
    #[inline]
    pub(super) fn is_open(&self) -> bool {
        self.ours == Ours::None && self.theirs.is_none() && self.gate != Gate::Ended
    }

    /// Whether no Close of ours is owed or sent.
    #[inline]
    pub(super) fn is_idle(&self) -> bool {
        self.ours == Ours::None
    }

    /// The caller starts the handshake.
    pub(super) fn start(&mut self, frame: CloseFrame) -> Result<(), Misuse> {
        if !self.is_open() {
            return Err(Misuse::NotOpen);
        }
        // RFC 6455 §7.1.2-1 MUST: the frame goes out with the code and reason given.
        self.ours = Ours::Started(frame);
        Ok(())
    }

    /// Whether frames may still go out: our Close did not.
    #[inline]
    pub(super) fn may_send(&self) -> bool {
        matches!(self.ours, Ours::None | Ours::Owed(_)) && self.gate != Gate::Ended
    }

    /// Whether a message may go out now.
    #[inline]
    pub(super) fn may_begin(&self) -> bool {
        matches!(self.ours, Ours::None | Ours::Owed(_)) && self.gate == Gate::Open
    }

    /// Why it may not.
    #[cold]
    #[inline(never)]
    pub(super) fn why_no_message(&self) -> Misuse {
        if self.may_send() {
            Misuse::InsideMessage
        } else {
            Misuse::NotOpen
        }
    }

    /// The first fragment of a message of ours may go out: until the last one no other begins.
    pub(super) fn begin_message(&mut self) -> Result<(), Misuse> {
        if !self.may_begin() {
            return Err(self.why_no_message());
        }
        self.gate = Gate::Message;
        Ok(())
    }

    /// The last fragment went out.
    pub(super) fn end_message(&mut self) {
        if self.gate == Gate::Message {
            self.gate = Gate::Open;
        }
    }

    /// The peer's Close arrived: it is answered in kind unless ours is on its way.
    pub(super) fn received(&mut self, frame: &CloseFrame) {
        // RFC 6455 §5.5.1-5 MUST: a Close is answered, once, with the code it came with.
        if self.ours == Ours::None {
            let answer = frame
                .code()
                .map_or_else(CloseFrame::default, CloseFrame::with_code);
            self.ours = Ours::Owed(answer);
        }
        self.theirs = Some(frame.clone());
    }

    /// The peer's Close, if it arrived.
    pub(super) fn theirs(&self) -> Option<&CloseFrame> {
        self.theirs.as_ref()
    }

    /// We fail the connection and say why, if we still may.
    pub(super) fn fail(&mut self, code: CloseCode) {
        // RFC 6455 §7.1.7-3 SHOULD: a Close with the fitting code goes first.
        if self.ours == Ours::None {
            self.ours = Ours::Owed(CloseFrame::with_code(code));
        }
        self.failed = true;
    }

    /// Nothing more will come or go.
    pub(super) fn end(&mut self) {
        self.gate = Gate::Ended;
        if self.is_pending() {
            self.ours = Ours::Unsent;
        }
    }

    /// What was on its way will not arrive, and our Close was the last of it.
    pub(super) fn lose_output(&mut self) {
        if self.ours == Ours::Sent {
            self.ours = Ours::Unsent;
        }
    }

    /// Time is up for answering what came before: our Close is the next frame.
    pub(super) fn insist(&mut self) {
        self.ours = match std::mem::take(&mut self.ours) {
            Ours::Owed(frame) => Ours::Started(frame),
            other => other,
        };
    }

    /// Whether Close frames went both ways.
    pub(super) fn is_complete(&self) -> bool {
        self.ours == Ours::Sent && self.theirs.is_some() && !self.failed
    }

    pub(super) fn is_sent(&self) -> bool {
        self.ours == Ours::Sent
    }

    pub(super) fn is_pending(&self) -> bool {
        matches!(self.ours, Ours::Started(_) | Ours::Owed(_))
    }

    /// The frame to send now, if one is owed; from then on it counts as sent.
    pub(super) fn take_pending(&mut self) -> Option<CloseFrame> {
        match std::mem::replace(&mut self.ours, Ours::Sent) {
            Ours::Started(frame) | Ours::Owed(frame) => Some(frame),
            other => {
                self.ours = other;
                None
            }
        }
    }

    pub(super) fn wants_shutdown(&self, role: Role) -> bool {
        // RFC 6455 §5.5.1-6 MUST: Close frames that went both ways end TCP.
        // RFC 6455 §5.5.1-7 §7.1.7-1 §7.1.7-2 MUST: at once for a server, and when failing.
        // RFC 6455 §7.1.1-2 §7.1.1-3 SHOULD: the server goes first, a client waits for it.
        self.ours == Ours::Sent && (self.failed || (self.theirs.is_some() && role == Role::Server))
    }

    pub(super) fn event(&self) -> Option<CloseEvent> {
        let was_clean = self.is_complete();
        match &self.theirs {
            Some(frame) => Some(CloseEvent {
                code: frame.code().unwrap_or(CloseCode::NO_STATUS),
                reason: frame.reason().into(),
                was_clean,
            }),
            None if self.gate == Gate::Ended || self.failed => Some(CloseEvent {
                code: CloseCode::ABNORMAL,
                reason: Box::default(),
                was_clean,
            }),
            None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(code: u16) -> CloseFrame {
        CloseFrame::new(Some(code.into()), "").unwrap()
    }

    #[test]
    fn closing_answers_a_close_once_and_with_its_code() {
        let mut closing = Closing::default();
        closing.received(&frame(3001));
        assert!(!closing.is_open());
        assert!(
            closing.may_send(),
            "what came before the Close may still be answered"
        );
        assert_eq!(
            closing.take_pending().and_then(|f| f.code()),
            Some(3001.into())
        );
        assert_eq!(closing.take_pending(), None);
        assert!(closing.is_complete());
    }

    #[test]
    fn closing_started_here_is_complete_with_the_peers_close_and_not_answered() {
        let mut closing = Closing::default();
        closing.start(frame(1000)).unwrap();
        assert_eq!(closing.start(frame(1000)), Err(Misuse::NotOpen));
        assert!(!closing.may_send());
        assert!(closing.take_pending().is_some());
        assert!(!closing.is_complete());
        closing.received(&frame(1001));
        assert_eq!(closing.take_pending(), None);
        let event = closing.event().unwrap();
        assert_eq!((event.code, event.was_clean), (1001.into(), true));
    }

    #[test]
    fn closing_server_shuts_down_at_once_and_client_waits() {
        let mut closing = Closing::default();
        closing.received(&frame(1000));
        assert!(
            !closing.wants_shutdown(Role::Server),
            "our answer is still owed"
        );
        closing.take_pending();
        assert!(closing.wants_shutdown(Role::Server));
        assert!(!closing.wants_shutdown(Role::Client));
        closing.fail(CloseCode::PROTOCOL_ERROR);
        assert!(closing.wants_shutdown(Role::Client));
    }

    #[test]
    fn closing_that_ends_before_its_answer_went_out_is_not_clean() {
        let mut closing = Closing::default();
        closing.received(&frame(1000));
        closing.end();
        assert_eq!(closing.take_pending(), None);
        let event = closing.event().unwrap();
        assert_eq!((event.code, event.was_clean), (1000.into(), false));
    }

    #[test]
    fn closing_without_a_close_frame_is_1006_and_not_clean() {
        let mut closing = Closing::default();
        assert_eq!(closing.event(), None);
        closing.end();
        let event = closing.event().unwrap();
        assert_eq!((event.code, event.was_clean), (CloseCode::ABNORMAL, false));
    }
}
