//! A message that is not complete yet (RFC 6455 §5.4): its bytes so far, its UTF-8 state, its
//! bounds. Owns the growth of that buffer: it follows what was received, never what was declared.

use sockeye_simd::Utf8Validator;

use super::input::Fold;
use crate::fault::{Fault, Limit, PeerFault};
use crate::limits::{EMPTY_FRAGMENTS_MAX, MESSAGE_GROWTH, MESSAGE_RESERVE};
use crate::message::MessageKind;

/// What becomes of a message in the making.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Fate {
    /// It is delivered once it is whole.
    Whole,
    /// It is delivered as it comes.
    Chunks,
    /// Nobody wants the rest of it.
    Skipped,
}

/// A message in the making.
#[derive(Debug)]
pub(super) struct Assembly {
    pub(super) kind: MessageKind,
    /// Whether its frames carry compressed payload (RFC 7692 §6).
    pub(super) compressed: bool,
    pub(super) fate: Fate,
    /// Whether there is compressed payload that was not inflated: for want of room in a chunk, or
    /// since the message is longer than one may be that comes whole.
    pub(super) is_held: bool,
    /// The payload that was not delivered, unmasked, inflated, and UTF-8 as far as can be told.
    pub(super) bytes: Vec<u8>,
    utf8: Utf8Validator,
    empty_fragments: u32,
}

impl Assembly {
    pub(super) fn new(kind: MessageKind, compressed: bool) -> Self {
        let utf8 = Utf8Validator::new();
        Self {
            kind,
            compressed,
            fate: Fate::Whole,
            is_held: false,
            bytes: Vec::new(),
            utf8,
            empty_fragments: 0,
        }
    }

    /// Takes over the fragments gathered in a read, because the rest is not in it.
    pub(super) fn from_fold(fold: &Fold, payload: &[u8]) -> Self {
        Self {
            kind: fold.kind,
            compressed: false,
            fate: Fate::Whole,
            is_held: false,
            bytes: payload.to_vec(),
            utf8: fold.utf8.clone(),
            empty_fragments: fold.empty_fragments,
        }
    }

    /// Nothing of it was inflated: its payload is kept compressed, and waits.
    pub(super) fn start_again(&mut self) {
        self.bytes = Vec::new();
        self.utf8 = Utf8Validator::new();
        self.is_held = true;
    }

    /// Makes room for some of `rest`, the bytes of the frame that are still to come: as much as
    /// what was received justifies, at least one byte if there is any. `fin`: it is the last frame.
    /// Answers whether it had to grow.
    pub(super) fn make_room(&mut self, rest: u64, fin: bool) -> bool {
        let is_full = self.bytes.len() == self.bytes.capacity();
        if is_full {
            self.grow(0, rest, fin);
        }
        is_full
    }

    /// Appends uncompressed payload of a frame of which `rest` bytes come after `chunk`. `fin`: it
    /// is the last frame.
    pub(super) fn append(&mut self, chunk: &[u8], rest: u64, fin: bool) -> Result<(), Fault> {
        if self.bytes.capacity() - self.bytes.len() < chunk.len() {
            self.grow(chunk.len(), rest, fin);
        }
        let checked = self.bytes.len();
        self.bytes.extend_from_slice(chunk);
        self.check_from(checked)
    }

    /// Reserves for `fresh_len` bytes that are here and for some of the `rest` to come.
    fn grow(&mut self, fresh_len: usize, rest: u64, fin: bool) {
        let rest = usize::try_from(rest).unwrap_or(usize::MAX);
        let received = self.bytes.len() + fresh_len;
        let step = received
            .saturating_mul(MESSAGE_GROWTH - 1)
            .max(MESSAGE_RESERVE);
        let room = fresh_len.saturating_add(rest.min(step));
        if fin {
            self.bytes.reserve_exact(room);
        } else {
            // More frames follow: at least double, or small fragments would move all of it each.
            self.bytes.reserve(room);
        }
    }

    /// Checks what was appended behind `checked`.
    pub(super) fn check_from(&mut self, checked: usize) -> Result<(), Fault> {
        match self.kind {
            MessageKind::Binary => Ok(()),
            MessageKind::Text => {
                let fresh = self.bytes.get(checked..).unwrap_or_default();
                self.utf8.push(fresh).map_err(utf8_fault)
            }
        }
    }

    /// Takes what there is; of a text whole characters only.
    pub(super) fn take_chunk(&mut self) -> Vec<u8> {
        let whole_len = match self.kind {
            MessageKind::Binary => self.bytes.len(),
            MessageKind::Text => sockeye_simd::whole_len(&self.bytes),
        };
        let unfinished = self.bytes.get(whole_len..).unwrap_or_default().to_vec();
        self.bytes.truncate(whole_len);
        std::mem::replace(&mut self.bytes, unfinished)
    }

    /// The message is complete: its payload.
    // RFC 6455 §5.6-1 MUST: text is UTF-8 as a whole; a character may span its frames.
    pub(super) fn finish(self) -> Result<(MessageKind, Vec<u8>), Fault> {
        if self.kind == MessageKind::Text {
            self.utf8.finish().map_err(utf8_fault)?;
        }
        Ok((self.kind, self.bytes))
    }

    /// Counts a fragment that is not the last, if it is empty.
    pub(super) fn count_fragment(&mut self, payload_len: u64) -> Result<(), Fault> {
        count_fragment(&mut self.empty_fragments, payload_len)
    }
}

/// Counts a fragment that is not the last into `empty_fragments`, if it is empty.
pub(super) fn count_fragment(empty_fragments: &mut u32, payload_len: u64) -> Result<(), Fault> {
    if payload_len == 0 {
        *empty_fragments += 1;
        if *empty_fragments > EMPTY_FRAGMENTS_MAX {
            return Err(Fault::Limit(Limit::EmptyFragments {
                max: EMPTY_FRAGMENTS_MAX,
            }));
        }
    }
    Ok(())
}

/// The fault that a validator's finding is.
pub(super) fn utf8_fault(error: sockeye_simd::Utf8Error) -> Fault {
    Fault::Peer(PeerFault::Utf8 {
        valid_up_to: error.valid_up_to,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assembly_reserves_for_what_came_not_for_what_was_declared() {
        let mut assembly = Assembly::new(MessageKind::Binary, false);
        assembly.append(&[0; 10], 1 << 62, true).unwrap();
        assert!(assembly.bytes.capacity() <= 10 + MESSAGE_RESERVE);
        for _ in 0..100 {
            assembly.append(&[0; 10_000], 1 << 62, true).unwrap();
            let bound = assembly.bytes.len() * MESSAGE_GROWTH + MESSAGE_RESERVE;
            assert!(assembly.bytes.capacity() <= bound);
        }
    }

    #[test]
    fn assembly_of_a_declared_length_ends_exactly_full() {
        let mut assembly = Assembly::new(MessageKind::Binary, false);
        assembly.append(&[0; 1000], 3000, true).unwrap();
        assembly.append(&[0; 3000], 0, true).unwrap();
        assert_eq!(assembly.bytes.capacity(), 4000);
    }

    #[test]
    fn assembly_of_small_fragments_moves_rarely_and_stays_within_twice_its_length() {
        let mut assembly = Assembly::new(MessageKind::Binary, false);
        let mut moves = 0;
        for _ in 0..100_000 {
            let before = assembly.bytes.capacity();
            assembly.append(&[0; 2], 0, false).unwrap();
            moves += usize::from(assembly.bytes.capacity() != before);
            assert!(assembly.bytes.capacity() <= 2 * assembly.bytes.len() + 8);
        }
        assert!(moves <= 20, "{moves}");
    }

    #[test]
    fn assembly_names_the_first_bad_byte_of_the_message() {
        let mut assembly = Assembly::new(MessageKind::Text, false);
        assembly.append("й".as_bytes(), 3, true).unwrap();
        let fault = assembly.append(&[b'a', 0xFF, b'b'], 0, true).unwrap_err();
        assert_eq!(fault, Fault::Peer(PeerFault::Utf8 { valid_up_to: 3 }));
    }

    #[test]
    fn assembly_refuses_one_empty_fragment_too_many() {
        let mut assembly = Assembly::new(MessageKind::Text, false);
        for _ in 0..EMPTY_FRAGMENTS_MAX {
            assembly.count_fragment(0).unwrap();
        }
        assembly.count_fragment(1).unwrap();
        let fault = assembly.count_fragment(0).unwrap_err();
        assert_eq!(
            fault,
            Fault::Limit(Limit::EmptyFragments {
                max: EMPTY_FRAGMENTS_MAX
            })
        );
    }
}
