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
    /// Whether the last block's messages all came back to [`reclaim`](Self::reclaim): then the next
    /// one is given away instead of shared with them, which saves counting.
    comes_back: bool,
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

    /// The message as it is to be delivered, if it is a short one and the first of its read: for
    /// whoever knows that it is the last one as well.
    #[inline]
    pub fn own_lone(
        &mut self,
        received: &Received,
        bytes: &[u8],
        messages: &VecDeque<Message>,
    ) -> Option<Message> {
        let Received::InPlace { kind, range } = received else {
            return None;
        };
        let len = short_len(range)?;
        if !self.in_place.is_empty() || !messages.is_empty() {
            return None;
        }
        let block = self.block_of(bytes.get(range.clone())?);
        Some(Message::from_checked(
            *kind,
            Payload::from_start(block, len),
        ))
    }

    /// The read is over: gives the messages still in it their block.
    #[inline]
    pub fn finish(&mut self, bytes: &[u8], messages: &mut VecDeque<Message>) {
        match self.in_place.len() {
            0 => {}
            1 => {
                if let Some((kind, range)) = self.in_place.pop() {
                    let payload = self.own(kind, range, bytes);
                    messages.push_back(Message::from_checked(kind, payload));
                }
            }
            _ => self.finish_several(bytes, messages),
        }
    }

    fn finish_several(&mut self, bytes: &[u8], messages: &mut VecDeque<Message>) {
        let range = |of: Option<&(_, Range<usize>)>| of.map_or(0..0, |(_, range)| range.clone());
        let start = range(self.in_place.first()).start;
        let end = range(self.in_place.last()).end;
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
    fn own(&mut self, kind: MessageKind, range: Range<usize>, bytes: &[u8]) -> Payload {
        if let Some(len) = short_len(&range) {
            let block = self.block_of(bytes.get(range).unwrap_or_default());
            return Payload::from_start(block, len);
        }
        let head_len = head_len(kind, &range, bytes);
        let len = range.len();
        let bytes = bytes.get(range.start - head_len..range.end);
        let block = self.block_of(bytes.unwrap_or_default());
        Payload::from_block(block, head_len..head_len + len)
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
                let given = if self.comes_back {
                    self.block.take()
                } else {
                    None
                };
                return given.or_else(|| self.block.clone()).unwrap_or_default();
            }
        }
        self.comes_back = false;
        let block = Arc::from(bytes);
        self.block = Some(Arc::clone(&block));
        block
    }

    /// Takes back a message that was sent on, as an echo or a relay does: its block may serve
    /// again.
    #[inline]
    pub fn reclaim(&mut self, message: Message) {
        let Some(block) = message.into_payload().into_block() else {
            return;
        };
        match &self.block {
            None if Arc::strong_count(&block) == 1 => self.block = Some(block),
            // This message is the last one.
            Some(own) if Arc::strong_count(own) == 2 => self.comes_back |= Arc::ptr_eq(own, &block),
            _ => {}
        }
    }
}

/// The length of a message that is copied behind a new header if it is sent on.
#[inline]
fn short_len(range: &Range<usize>) -> Option<u16> {
    let len = u16::try_from(range.len()).ok();
    len.filter(|len| usize::from(*len) < FRAMED_LEN_MIN)
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

    /// Messages of reads that hold one each; `then` gets each before the next read.
    fn addresses_of_lone(count: u8, mut then: impl FnMut(&mut Batch, Message)) -> Vec<*const u8> {
        let (mut batch, messages) = (Batch::default(), VecDeque::new());
        let own = |at: u8| {
            let received = in_place(1..3);
            let message = batch
                .own_lone(&received, &[0, at, at, 0], &messages)
                .unwrap();
            assert_eq!(message.payload(), &[at, at]);
            let address = message.payload().as_ptr();
            then(&mut batch, message);
            address
        };
        (0..count).map(own).collect()
    }

    /// Fails if an echo pays for an allocation per message, or somebody gets a block that is in
    /// use.
    #[test]
    fn batch_block_of_messages_that_are_dropped_or_come_back_serves_again() {
        for addresses in [
            addresses_of_lone(5, |_, message| drop(message)),
            addresses_of_lone(5, Batch::reclaim),
        ] {
            assert!(addresses.iter().all(|address| *address == addresses[0]));
        }
        let mut held = Vec::new();
        let mut addresses = addresses_of_lone(5, |batch, message| {
            held.push(message.clone());
            batch.reclaim(message);
        });
        let kept: Vec<_> = held.iter().map(|message| message.payload()[0]).collect();
        assert_eq!(kept, [0, 1, 2, 3, 4]);
        addresses.dedup();
        assert_eq!(addresses.len(), 5);
    }

    #[test]
    fn batch_gives_no_lone_message_where_others_come_first() {
        let (mut batch, mut messages) = (Batch::default(), VecDeque::new());
        batch.push(in_place(0..1), b"ab", &mut messages);
        assert_eq!(batch.own_lone(&in_place(1..2), b"ab", &messages), None);
        batch.finish(b"ab", &mut messages);
        assert_eq!(batch.own_lone(&in_place(1..2), b"ab", &messages), None);
    }
}
