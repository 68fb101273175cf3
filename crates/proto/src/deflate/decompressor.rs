//! From compressed payload to payload (RFC 7692 §7.2.2). Owns the bound on output while it is being
//! inflated, the end of a message, and streams that go on after a final block.
//!
//! The window is always the largest, 32,768 bytes: it reads every smaller one, and zlib-rs saves
//! nothing by less.

use std::fmt;

use zlib_rs::{Inflate, InflateFlush, Status};

use super::history::History;
use super::{ContextTakeover, InflateFault, TAIL};
use crate::limits::{DEFLATE_STEP, DEFLATE_STEP_MIN, DEFLATE_STREAMS_MAX};

/// Inflates messages, one after another.
///
/// With [`ContextTakeover::Yes`] it belongs to one connection. With [`ContextTakeover::No`] it may
/// serve many, but only message by message: between two fragments it holds the message's state.
pub struct Decompressor {
    inflate: Inflate,
    takeover: ContextTakeover,
    history: History,
    /// Compressed bytes of the message so far; `None` between messages.
    taken: Option<u64>,
    /// Whether a final block has ended the DEFLATE stream. The next byte starts another one.
    ended: bool,
    /// Streams that began in this message behind a final block.
    restarts: u32,
}

impl Decompressor {
    /// What a new one takes from the heap, in bytes, to within 2 %; what it inflated last, up to
    /// [`DEFLATE_WINDOW_LEN`](crate::limits::DEFLATE_WINDOW_LEN), comes on top.
    pub const HEAP_BYTES: usize = 47_200;

    /// Takes [`Self::HEAP_BYTES`] from the heap.
    #[must_use]
    pub fn new(takeover: ContextTakeover) -> Self {
        Self {
            // RFC 7692 §7.2.2-4 §7.2.2-5 MUST: 15 bits, whatever was agreed.
            inflate: Inflate::new(false, 15),
            takeover,
            history: History::default(),
            taken: None,
            ended: false,
            restarts: 0,
        }
    }

    /// Inflates the next piece of a message and appends it to `out`: at most `budget` bytes, which
    /// is what remains of the limit on the message. `last` says that the message ends with `input`.
    ///
    /// `out` grows with what was really inflated, in steps of at most
    /// [`DEFLATE_STEP`](crate::limits::DEFLATE_STEP) or by doubling, and never past the budget.
    /// A compressed message of no bytes at all is read as an empty message.
    ///
    /// # Errors
    ///
    /// [`InflateFault`], with which the decompressor is reset; `out` then holds some of the
    /// message.
    pub fn inflate(
        &mut self,
        input: &[u8],
        last: bool,
        out: &mut Vec<u8>,
        budget: usize,
    ) -> Result<(), InflateFault> {
        let mut output = Output {
            remembered: out.len(),
            limit: out.len().saturating_add(budget),
            budget,
            bytes: out,
        };
        let result = self
            .take(input, &mut output)
            .and_then(|()| if last { self.finish() } else { Ok(()) });
        match result {
            Ok(()) => self.history.push(output.fresh()),
            Err(_) => self.reset(),
        }
        result
    }

    /// Inflates as much of `input`, the next piece of a message, as `room` more bytes in `out`
    /// take. Answers how many bytes of it, and whether there was too little room: then there is
    /// more to come, even of a piece that was taken to its end.
    ///
    /// # Errors
    ///
    /// As [`inflate`](Self::inflate).
    pub fn inflate_some(
        &mut self,
        input: &[u8],
        out: &mut Vec<u8>,
        room: usize,
    ) -> Result<(usize, bool), InflateFault> {
        let mut output = Output {
            remembered: out.len(),
            limit: out.len().saturating_add(room),
            budget: room,
            bytes: out,
        };
        let result = self.take_some(input, &mut output);
        match result {
            Ok(_) => self.history.push(output.fresh()),
            Err(_) => self.reset(),
        }
        result
    }

    /// Ends a message of which [`inflate_some`](Self::inflate_some) took all, with room to spare.
    ///
    /// # Errors
    ///
    /// As [`inflate`](Self::inflate).
    pub fn end_message(&mut self) -> Result<(), InflateFault> {
        self.begin();
        let result = self.finish();
        if result.is_err() {
            self.reset();
        }
        result
    }

    /// Forgets everything: the next byte starts a message with an empty window.
    pub fn reset(&mut self) {
        self.inflate.reset(false);
        self.history.clear();
        self.taken = None;
        self.ended = false;
        self.restarts = 0;
    }

    /// A message begins, unless one is in progress.
    fn begin(&mut self) {
        // RFC 7692 §7.2.2-1 §7.2.2-2 §7.2.2-3 MUST: unless it was agreed that the peer starts from
        // an empty window, ours is kept.
        if self.taken.is_none() && self.takeover == ContextTakeover::No {
            self.reset();
        }
        self.taken.get_or_insert(0);
    }

    /// Inflates all of `input`.
    fn take(&mut self, mut input: &[u8], output: &mut Output<'_>) -> Result<(), InflateFault> {
        self.begin();
        loop {
            if self.ended && !input.is_empty() {
                self.restart(output)?;
            }
            let (taken, full) = self.step(input, output)?;
            input = input.get(taken..).unwrap_or_default();
            if input.is_empty() && (self.ended || !full) {
                return Ok(());
            }
        }
    }

    /// Inflates `input` until the limit of `output`.
    fn take_some(
        &mut self,
        input: &[u8],
        output: &mut Output<'_>,
    ) -> Result<(usize, bool), InflateFault> {
        self.begin();
        let mut rest = input;
        loop {
            let taken = input.len() - rest.len();
            if output.is_full() {
                return Ok((taken, true));
            }
            if self.ended && !rest.is_empty() {
                self.restart(output)?;
            }
            match self.step(rest, output) {
                Ok((step, full)) => {
                    rest = rest.get(step..).unwrap_or_default();
                    if rest.is_empty() && (self.ended || !full) {
                        return Ok((input.len(), false));
                    }
                }
                // What fills the room comes before the fault behind it, which zlib-rs tells again:
                // else what is found would depend on how the message is cut.
                Err(_) if output.is_full() => return Ok((taken, true)),
                Err(fault) => return Err(fault),
            }
        }
    }

    /// Inflates some of `input`. Returns how much, and whether it filled the room it had.
    fn step(
        &mut self,
        input: &[u8],
        output: &mut Output<'_>,
    ) -> Result<(usize, bool), InflateFault> {
        let (len, at_limit) = (output.bytes.len(), output.is_full());
        let mut beyond = [0];
        let room = match output.make_room(input.len()) {
            [] => &mut beyond[..],
            room => room,
        };
        let room_len = room.len();
        let (in_before, out_before) = (self.inflate.total_in(), self.inflate.total_out());
        let status = self
            .inflate
            .decompress(input, room, InflateFlush::SyncFlush);
        let taken = self.inflate.total_in() - in_before;
        let produced = as_len(self.inflate.total_out() - out_before);
        self.taken = self.taken.map(|before| before + taken);

        output
            .bytes
            .truncate(if at_limit { len } else { len + produced });
        // Before what zlib-rs found behind that byte: which fault it is must not depend on how much
        // of the message has come.
        if at_limit && produced > 0 {
            return Err(InflateFault::TooLarge {
                budget: output.budget,
            });
        }
        let status = status.map_err(|_| self.corrupt())?;
        self.ended |= status == Status::StreamEnd;
        if taken == 0 && produced == 0 && !input.is_empty() && !self.ended {
            // zlib-rs always gets on with room and input; not to loop is ours to see to.
            return Err(self.corrupt());
        }
        Ok((as_len(taken), produced == room_len && !self.ended))
    }

    /// Begins another DEFLATE stream behind a final block. What was inflated before stays within
    /// reach: RFC 7692 knows one window, whatever the number of streams.
    fn restart(&mut self, output: &mut Output<'_>) -> Result<(), InflateFault> {
        self.restarts += 1;
        if self.restarts >= DEFLATE_STREAMS_MAX {
            return Err(InflateFault::Streams {
                max: DEFLATE_STREAMS_MAX,
            });
        }
        self.history.push(output.fresh());
        output.remembered = output.bytes.len();
        self.inflate.reset(false);
        let result = self.inflate.set_dictionary(self.history.as_slice());
        result.expect("raw DEFLATE takes a dictionary at any time");
        self.ended = false;
        Ok(())
    }

    /// Ends the message: what its sender cut off is put back, and must complete an empty block.
    fn finish(&mut self) -> Result<(), InflateFault> {
        let len = self.taken.take().unwrap_or(0);
        self.restarts = 0;
        // A peer that flushes with a final block may leave out the empty one behind it, and one
        // that sends nothing at all can only mean an empty message.
        if self.ended || len == 0 {
            return Ok(());
        }
        // `Block` stops zlib at the end of a block. It must stop behind the tail's four bytes: if
        // it reads the fifth, or stops before, they were taken for something else.
        let [a, b, c, d] = TAIL;
        let before = self.inflate.total_in();
        let out_before = self.inflate.total_out();
        let status = self
            .inflate
            .decompress(&[a, b, c, d, 0], &mut [0], InflateFlush::Block);
        let taken = self.inflate.total_in() - before;
        let produced = self.inflate.total_out() - out_before;
        if status == Ok(Status::Ok) && taken == 4 && produced == 0 {
            Ok(())
        } else {
            Err(InflateFault::Unfinished { len })
        }
    }

    fn corrupt(&self) -> InflateFault {
        InflateFault::Corrupt {
            at: self.taken.unwrap_or(0),
        }
    }
}

impl fmt::Debug for Decompressor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Decompressor")
            .field("takeover", &self.takeover)
            .field("taken", &self.taken)
            .finish_non_exhaustive()
    }
}

/// Where a call's output goes, and how much of it there may be.
struct Output<'a> {
    bytes: &'a mut Vec<u8>,
    /// Up to where `bytes` is in the history.
    remembered: usize,
    /// The length that `bytes` never exceeds.
    limit: usize,
    /// As the caller gave it.
    budget: usize,
}

impl Output<'_> {
    /// Bytes that are not in the history yet.
    fn fresh(&self) -> &[u8] {
        self.bytes.get(self.remembered..).unwrap_or_default()
    }

    /// Whether it may have no more bytes.
    fn is_full(&self) -> bool {
        self.bytes.len() >= self.limit
    }

    /// Makes zeroed room behind the output, for the `input_len` bytes to come. Empty at the limit.
    fn make_room(&mut self, input_len: usize) -> &mut [u8] {
        let len = self.bytes.len();
        let left = self.limit - len;
        // JSON inflates to three or four times its length; zeroing much more than needed costs.
        let guess = input_len.saturating_mul(4);
        let room = guess.clamp(DEFLATE_STEP_MIN, DEFLATE_STEP).min(left);
        if self.bytes.capacity() - len < room {
            // Doubling keeps the copies few; the limit keeps the last one from overshooting.
            self.bytes.reserve_exact(room.max(len).min(left));
        }
        self.bytes.resize(len + room, 0);
        self.bytes.get_mut(len..).unwrap_or_default()
    }
}

/// What one call took or produced, which is the length of a slice.
fn as_len(count: u64) -> usize {
    usize::try_from(count).expect("a count within a slice fits usize")
}
