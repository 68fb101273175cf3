//! A message that goes out in fragments (RFC 6455 §5.4), because it is not there as a whole. Owns
//! the order of its frames and what is remembered between two of them; never holds payload. Keeps
//! rules of RFC 7692 §6.1.

use sockeye_simd::Utf8Validator;

use super::Connection;
use super::output::{MaskingKeys, close_up, masking_key};
use crate::deflate::{ContextTakeover, SharedCodecs};
use crate::fault::Misuse;
use crate::frame::{FrameHeader, Opcode, Rsv};
use crate::limits::HEADER_LEN_MAX;
use crate::message::MessageKind;

/// A message of ours whose last fragment was not sent.
///
/// It belongs to the connection that [began](Connection::begin_message) it. One that is not sent to
/// its end cannot be taken back: only closing is left.
#[derive(Debug)]
pub struct Outgoing {
    kind: MessageKind,
    stage: Stage,
    utf8: Utf8Validator,
}

/// What went out of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stage {
    /// Nothing: the next frame says what kind it is, and whether it is compressed.
    First,
    /// Frames as they are.
    Plain,
    /// Frames with compressed payload.
    Compressed,
    /// Its last frame.
    Ended,
}

/// The next bytes of a message.
///
/// Complete: there is nothing else to say of them.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::exhaustive_structs,
    reason = "complete: there is nothing else to say"
)]
pub struct Fragment<'a> {
    /// Payload. A character may span two fragments.
    pub bytes: &'a [u8],
    /// Whether the message ends with them.
    pub is_last: bool,
}

impl Connection {
    /// Begins a message that goes out in fragments. Nothing is sent, but no other message can be
    /// until its last fragment was; control frames can.
    ///
    /// # Errors
    /// As for [`send`](Self::send).
    pub fn begin_message(&mut self, kind: MessageKind) -> Result<Outgoing, Misuse> {
        // RFC 6455 §5.4-3 MUST NOT: fragments of two messages never mix.
        self.closing.begin_message()?;
        Ok(Outgoing {
            kind,
            stage: Stage::First,
            utf8: Utf8Validator::new(),
        })
    }

    /// Appends the next fragment of `message` to `out`, in one frame; nothing for no bytes, but for
    /// the last. Without takeover, whether the message is compressed is decided by whether its
    /// first fragment gets shorter.
    ///
    /// # Errors
    /// [`Misuse::NotOpen`] once closing began, [`Misuse::MessageEnded`] behind the last fragment,
    /// [`Misuse::Utf8`] where a text is none; `out` and `message` are as they were.
    pub fn send_fragment(
        &mut self,
        message: &mut Outgoing,
        fragment: Fragment<'_>,
        keys: &mut impl MaskingKeys,
        codecs: &mut SharedCodecs,
        out: &mut Vec<u8>,
    ) -> Result<(), Misuse> {
        if !self.may_send() {
            return Err(Misuse::NotOpen);
        }
        message.check(fragment)?;
        if fragment.bytes.is_empty() && !fragment.is_last {
            return Ok(());
        }
        // The header's length depends on the payload's: leave room for the longest one.
        let start = out.len();
        let body = start + HEADER_LEN_MAX;
        out.resize(body, 0);
        let is_compressed = match message.stage {
            Stage::First => self.begins_compressed(fragment, codecs, out),
            Stage::Plain | Stage::Ended => false,
            Stage::Compressed => {
                self.compress(fragment, codecs, out);
                true
            }
        };
        if !is_compressed {
            out.extend_from_slice(fragment.bytes);
        }
        let header = message.header(fragment, is_compressed, masking_key(self.role, keys));
        close_up(header, start, out);
        message.stage = match (fragment.is_last, is_compressed) {
            (true, _) => Stage::Ended,
            (false, true) => Stage::Compressed,
            (false, false) => Stage::Plain,
        };
        if fragment.is_last {
            self.closing.end_message();
        }
        Ok(())
    }

    /// Takes back a message of which nothing was sent, so that another can be. Answers whether that
    /// was so.
    pub fn withdraw_message(&mut self, message: &Outgoing) -> bool {
        let is_unsent = message.stage == Stage::First;
        if is_unsent {
            self.closing.end_message();
        }
        is_unsent
    }

    /// Appends the first fragment compressed and answers `true`; or nothing, where the message is
    /// to go out as it is.
    fn begins_compressed(
        &mut self,
        fragment: Fragment<'_>,
        codecs: &mut SharedCodecs,
        out: &mut Vec<u8>,
    ) -> bool {
        if !self.is_compressible(fragment.bytes.len()) {
            return false;
        }
        let start = out.len();
        self.compress(fragment, codecs, out);
        let is_shorter = out.len() - start < fragment.bytes.len();
        let takeover = self
            .deflate
            .as_ref()
            .map(super::deflate::Deflate::our_takeover);
        // What went into a window that is kept has to reach the peer's as well.
        if is_shorter || takeover == Some(ContextTakeover::Yes) {
            return true;
        }
        out.truncate(start);
        false
    }

    fn compress(&mut self, fragment: Fragment<'_>, codecs: &mut SharedCodecs, out: &mut Vec<u8>) {
        if let Some(deflate) = &mut self.deflate {
            deflate.compress_part(fragment.bytes, fragment.is_last, codecs, out);
        }
    }
}

impl Outgoing {
    /// Text or binary.
    #[must_use]
    pub fn kind(&self) -> MessageKind {
        self.kind
    }

    /// Checks that there is more to come, and that a text stays one, or ends as one.
    fn check(&mut self, fragment: Fragment<'_>) -> Result<(), Misuse> {
        if self.stage == Stage::Ended {
            return Err(Misuse::MessageEnded);
        }
        if self.kind == MessageKind::Binary {
            return Ok(());
        }
        let mut utf8 = self.utf8.clone();
        let pushed = utf8.push(fragment.bytes);
        let checked = pushed.and_then(|()| {
            if fragment.is_last {
                utf8.finish()
            } else {
                Ok(())
            }
        });
        checked.map_err(|error| Misuse::Utf8 {
            valid_up_to: error.valid_up_to,
        })?;
        self.utf8 = utf8;
        Ok(())
    }

    /// The header of the next frame, but for its length.
    fn header(
        &self,
        fragment: Fragment<'_>,
        is_compressed: bool,
        masking_key: Option<[u8; 4]>,
    ) -> FrameHeader {
        // RFC 6455 §5.4-2 MUST: the first frame has the message's opcode, those after it 0, and
        // FIN is set on the last.
        // RFC 7692 §6.1-1 MUST: RSV1 marks the first frame.
        // RFC 7692 §6.1-3 MUST NOT: and no other.
        let (opcode, rsv) = match (self.stage, is_compressed) {
            (Stage::First, true) => (self.kind.opcode(), Rsv::RSV1),
            (Stage::First, false) => (self.kind.opcode(), Rsv::NONE),
            (Stage::Plain | Stage::Compressed | Stage::Ended, _) => {
                (Opcode::Continuation, Rsv::NONE)
            }
        };
        FrameHeader {
            fin: fragment.is_last,
            rsv,
            opcode,
            masking_key,
            payload_len: 0,
        }
    }
}
