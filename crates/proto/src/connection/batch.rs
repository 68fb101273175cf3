//! From the messages of one read to owned ones: small ones share a block (one allocation, one
//! copy), large ones get their own. Owns how much a held message can pin.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use super::input::Received;
use super::output::header;
use crate::frame::Rsv;
use crate::limits::{BLOCK_LEN_MAX, BLOCK_REUSE_MIN, FRAMED_LEN_MIN};
use crate::message::{Message, MessageKind};
use crate::payload::Payload;

/// Collects the messages of one read. A thread needs one; it keeps its memory between reads.
#[derive(Debug, Default)]
pub struct Batch {
    /// Messages that lie in the read, waiting for their block.
    in_place: Vec<(MessageKind, Range<usize>)>,
    /// The block made last. Once its messages are gone it serves again.
    block: Option<Arc<[u8]>>,
}

impl Batch {
    /// Adds a message; `bytes` is what [`Input::bytes`](super::Input::bytes) holds. Messages come
    /// out in `messages` in the same order, at the latest with [`finish`](Self::finish).
    #[inline]
    pub fn push(&mut self, received: Received, bytes: &[u8], messages: &mut VecDeque<Message>) {
        match received {
            Received::InPlace { kind, range } => {
                let first = self.in_place.first();
                if first.is_some_and(|(_, first)| range.end - first.start > BLOCK_LEN_MAX) {
                    self.finish(bytes, messages);
                }
                self.in_place.push((kind, range));
            }
            Received::Owned { kind, bytes: own } => {
                self.finish(bytes, messages);
                messages.push_back(Message::from_checked(kind, fitted(own)));
            }
        }
    }

    /// The read is over: gives the messages still in it their block.
    #[inline]
    pub fn finish(&mut self, bytes: &[u8], messages: &mut VecDeque<Message>) {
        let [(_, first), more @ ..] = self.in_place.as_slice() else {
            return;
        };
        if more.is_empty() {
            if let Some((kind, range)) = self.in_place.pop() {
                messages.push_back(self.own(kind, &range, bytes));
            }
            return;
        }
        let start = first.start;
        let end = self.in_place.last().map_or(start, |(_, last)| last.end);
        let block = self.block_of(bytes.get(start..end).unwrap_or_default());
        let last = self.in_place.pop();
        for (kind, range) in self.in_place.drain(..) {
            let range = range.start - start..range.end - start;
            let payload = Payload::from_block(Arc::clone(&block), range);
            messages.push_back(Message::from_checked(kind, payload));
        }
        if let Some((kind, range)) = last {
            let payload = Payload::from_block(block, range.start - start..range.end - start);
            messages.push_back(Message::from_checked(kind, payload));
        }
    }

    /// The message at `range`, in a block that it does not share.
    #[inline]
    fn own(&mut self, kind: MessageKind, range: &Range<usize>, bytes: &[u8]) -> Message {
        let head_len = head_len(kind, range, bytes);
        let len = range.len();
        let bytes = bytes.get(range.start - head_len..range.end);
        let block = self.block_of(bytes.unwrap_or_default());
        let payload = Payload::from_block(block, head_len..head_len + len);
        Message::from_checked(kind, payload)
    }

    /// A block that begins with `bytes`: the last one, if nobody has it any more and it is not much
    /// too long.
    fn block_of(&mut self, bytes: &[u8]) -> Arc<[u8]> {
        if let Some(block) = &mut self.block {
            let is_fit = Arc::strong_count(block) == 1
                && block.len() <= BLOCK_REUSE_MIN.max(2 * bytes.len());
            let room = if is_fit { Arc::get_mut(block) } else { None };
            if let Some(room) = room.and_then(|room| room.get_mut(..bytes.len())) {
                room.copy_from_slice(bytes);
                return Arc::clone(block);
            }
        }
        let block = Arc::from(bytes);
        self.block = Some(Arc::clone(&block));
        block
    }
}

/// A message's own buffer. One that is mostly empty, as a short message is inflated into one, would
/// stay as long as the message does.
fn fitted(own: Vec<u8>) -> Payload {
    if own.capacity() / 2 > own.len() {
        Payload::from(own.as_slice())
    } else {
        Payload::from(own)
    }
}

/// How long the frame header is that lies in front of the message at `range`, if it is a large one
/// and its header is there: it stays there, for whoever sends the message on.
fn head_len(kind: MessageKind, range: &Range<usize>, bytes: &[u8]) -> usize {
    if range.len() < FRAMED_LEN_MIN {
        return 0;
    }
    let header = header(kind.opcode(), Rsv::NONE, None, range.len()).encode();
    let before = bytes.get(..range.start).unwrap_or_default();
    if before.ends_with(header.as_slice()) {
        header.as_slice().len()
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_place(range: Range<usize>) -> Received {
        Received::InPlace {
            kind: MessageKind::Binary,
            range,
        }
    }

    #[test]
    fn batch_keeps_the_order_of_messages_in_place_and_owned() {
        let (mut batch, mut messages) = (Batch::default(), VecDeque::new());
        let bytes = b"..one..two..";
        batch.push(in_place(2..5), bytes, &mut messages);
        let owned = Received::Owned {
            kind: MessageKind::Text,
            bytes: b"own".to_vec(),
        };
        batch.push(owned, bytes, &mut messages);
        batch.push(in_place(7..10), bytes, &mut messages);
        batch.finish(bytes, &mut messages);
        let all: Vec<_> = messages.iter().map(|m| m.payload().to_vec()).collect();
        assert_eq!(all, [b"one", b"own", b"two"]);
    }

    #[test]
    fn batch_keeps_no_buffer_that_is_mostly_empty() {
        let (mut batch, mut messages) = (Batch::default(), VecDeque::new());
        for len in [0, 1, 200, 300] {
            let mut own = Vec::with_capacity(512);
            own.resize(len, 7);
            let kind = MessageKind::Binary;
            batch.push(Received::Owned { kind, bytes: own }, b"", &mut messages);
        }
        let pinned = messages
            .iter()
            .map(|message| message.payload().pinned_len());
        assert_eq!(pinned.collect::<Vec<_>>(), [0, 1, 200, 512]);
    }

    #[test]
    fn batch_blocks_stay_within_their_bound() {
        let (mut batch, mut messages) = (Batch::default(), VecDeque::new());
        let bytes = vec![7; 5 * BLOCK_LEN_MAX];
        for start in (0..4 * BLOCK_LEN_MAX).step_by(5000) {
            batch.push(in_place(start..start + 5000), &bytes, &mut messages);
        }
        batch.push(
            in_place(4 * BLOCK_LEN_MAX..5 * BLOCK_LEN_MAX),
            &bytes,
            &mut messages,
        );
        batch.finish(&bytes, &mut messages);
        for message in &messages {
            let len = message.payload().len();
            assert!(
                message.payload().pinned_len() <= BLOCK_LEN_MAX.max(len),
                "{len}"
            );
        }
    }
}
