//! Collects a head from chunks of any size, in linear time and bounded memory.
//!
//! Every byte is looked at once while it arrives, to find the blank line and to hold the limits,
//! and once more when the complete head is decoded. Parsing from the start on each read has cost
//! others minutes of CPU per connection (CVE-2023-43669). Bytes after the blank line are not the
//! head's: they are neither kept, nor counted, nor looked at.

use core::marker::PhantomData;
use core::mem;

use super::fault::HeadFault;
use super::head::Head;
use crate::handshake::fault::excerpt;
use crate::limits::{FOREIGN_START_LEN, HEAD_BYTES_MAX, HEADERS_MAX};

/// The limits of one head. Complete: these are the two ways in which a head can grow.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct HeadLimits {
    /// The most bytes, blank line included. Skipped interim responses count too.
    pub bytes_max: usize,
    /// The most header lines.
    pub headers_max: usize,
}

impl Default for HeadLimits {
    fn default() -> Self {
        Self {
            bytes_max: HEAD_BYTES_MAX,
            headers_max: HEADERS_MAX,
        }
    }
}

/// What one call of [`HeadReader::read`] came to. Complete: there is no third outcome.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum HeadRead<H> {
    /// All of the input belongs to the head, and the head goes on.
    Partial,
    /// The head is complete.
    Complete {
        /// The head.
        head: H,
        /// How many bytes of this call's input belong to the head. What follows them is the
        /// caller's to keep: the first frames may be glued to a head.
        consumed: usize,
    },
}

/// Collects a [`RequestHead`](super::RequestHead) or [`ResponseHead`](super::ResponseHead).
///
/// Lines end with CRLF; a lone CR or LF is refused. Empty lines before the start line are skipped
/// (RFC 9112 section 2.2). Interim responses (1xx but 101) are skipped, under the same limits.
///
/// After a complete head the reader is as new, ready for the next one; after a fault it answers
/// every call with the same fault.
#[derive(Debug)]
pub struct HeadReader<H> {
    limits: HeadLimits,
    /// Bytes of the current head so far.
    text: Vec<u8>,
    /// Bytes since the last complete head, those of skipped interim responses included.
    received: usize,
    /// Non-empty lines of the current head so far, the start line included.
    lines: usize,
    /// Bytes of the current line so far, without CR.
    line_len: usize,
    /// Whether the last byte was a CR.
    after_cr: bool,
    /// Whether the start line is none, as its first bytes show.
    is_foreign: bool,
    /// Bytes looked at since the reader was made.
    scanned: u64,
    fault: Option<HeadFault>,
    head: PhantomData<fn() -> H>,
}

impl<H: Head> HeadReader<H> {
    /// A reader that has seen nothing, and owns no memory yet.
    pub fn new(limits: HeadLimits) -> Self {
        Self {
            limits,
            text: Vec::new(),
            received: 0,
            lines: 0,
            line_len: 0,
            after_cr: false,
            is_foreign: false,
            scanned: 0,
            fault: None,
            head: PhantomData,
        }
    }

    /// Takes the next bytes of the stream.
    ///
    /// # Errors
    ///
    /// The head's fault, as soon as the bytes so far prove it; limits are held byte by byte, the
    /// syntax of start line and headers is checked when the blank line is there.
    pub fn read(&mut self, input: &[u8]) -> Result<HeadRead<H>, HeadFault> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        let outcome = self.read_until_complete(input);
        match &outcome {
            Ok(HeadRead::Partial) => {}
            Ok(HeadRead::Complete { .. }) => self.received = 0,
            Err(fault) => {
                self.fault = Some(fault.clone());
                self.text = Vec::new();
            }
        }
        outcome
    }

    /// The stream ended. Answers the fault that the head has as it is, cut off or not; `None` where
    /// the rest could have made it one.
    pub fn end(&self) -> Option<HeadFault> {
        self.is_foreign.then(|| foreign(&self.text, &[]))
    }

    /// Bytes received of a head that is not complete: 0 means that the peer owes nothing, so an end
    /// of the stream there is no error.
    pub fn received(&self) -> usize {
        self.received
    }

    /// Bytes looked at in search of the blank line since the reader was made: the measure of its
    /// work, and never more than the bytes received.
    pub fn scanned(&self) -> u64 {
        self.scanned
    }

    /// Bytes of memory held for a head that is not complete.
    pub fn retained(&self) -> usize {
        self.text.capacity()
    }

    fn read_until_complete(&mut self, input: &[u8]) -> Result<HeadRead<H>, HeadFault> {
        let mut consumed = 0;
        while let Some(rest) = input.get(consumed..).filter(|rest| !rest.is_empty()) {
            let Some(end) = self.scan(rest)? else {
                self.text.extend_from_slice(rest);
                break;
            };
            let (front, _) = rest.split_at_checked(end).unwrap_or((rest, &[]));
            self.text.extend_from_slice(front);
            consumed += end;
            let head = self.decode()?;
            if !head.is_interim() {
                return Ok(HeadRead::Complete { head, consumed });
            }
        }
        Ok(HeadRead::Partial)
    }

    /// Decodes the collected text, and is ready for the next head.
    fn decode(&mut self) -> Result<H, HeadFault> {
        let header_lines = mem::take(&mut self.lines).saturating_sub(1);
        let mut text = mem::take(&mut self.text);
        text.shrink_to_fit();
        H::decode(text, header_lines)
    }

    /// Looks for the end of the head in `input`; where it is, if it is there.
    fn scan(&mut self, input: &[u8]) -> Result<Option<usize>, HeadFault> {
        let mut idx = 0;
        loop {
            idx += self.skip_plain(input.get(idx..).unwrap_or_default());
            let Some(&byte) = input.get(idx) else {
                return Ok(None);
            };
            self.scanned += 1;
            if self.received >= self.limits.bytes_max {
                return Err(HeadFault::TooLong {
                    limit: self.limits.bytes_max,
                });
            }
            let offset = self.received;
            self.received += 1;
            let after_cr = mem::replace(&mut self.after_cr, byte == b'\r');
            if self.lines == 0 && self.is_known_foreign(byte) {
                return Err(foreign(&self.text, input.get(..=idx).unwrap_or_default()));
            }
            match byte {
                b'\n' if after_cr => {
                    if self.end_line()? {
                        return Ok(Some(idx + 1));
                    }
                }
                b'\n' => return Err(HeadFault::LineEnding { offset }),
                _ if after_cr => return Err(HeadFault::LineEnding { offset }),
                b'\r' => {}
                0 => return Err(HeadFault::Nul { offset }),
                _ => self.line_len += 1,
            }
            idx += 1;
        }
    }

    /// Counts the bytes at the start of `input` that only make the current line longer, all at
    /// once; how many they are.
    fn skip_plain(&mut self, input: &[u8]) -> usize {
        let is_start_known =
            self.lines > 0 || (!self.is_foreign && self.line_len >= H::START.len());
        if self.after_cr || !is_start_known {
            return 0;
        }
        let room = self.limits.bytes_max.saturating_sub(self.received);
        let len = plain_len(input.get(..room).unwrap_or(input));
        self.received += len;
        self.line_len += len;
        self.scanned = self.scanned.saturating_add(len as u64);
        len
    }

    /// Whether the start line is none, and there is enough of it with `byte` to say what came
    /// instead. Where that is does not depend on how the stream is cut.
    fn is_known_foreign(&mut self, byte: u8) -> bool {
        if !matches!(byte, b'\r' | b'\n') {
            let expected = H::START.get(self.line_len);
            self.is_foreign |= expected.is_some_and(|expected| *expected != byte);
        }
        let is_enough = matches!(byte, 0 | b'\n') || self.line_len + 1 >= FOREIGN_START_LEN;
        self.is_foreign && is_enough
    }

    /// Counts the line that just ended; whether it was the blank line after a head.
    fn end_line(&mut self) -> Result<bool, HeadFault> {
        if mem::take(&mut self.line_len) == 0 {
            return Ok(self.lines > 0);
        }
        // The start line is a line too: `lines` before it counts equals the headers after it.
        if self.lines > self.limits.headers_max {
            return Err(HeadFault::TooManyHeaders {
                limit: self.limits.headers_max,
            });
        }
        self.lines += 1;
        Ok(false)
    }
}

/// How many bytes `text` has before the first that may mean something: CR, LF or NUL.
fn plain_len(text: &[u8]) -> usize {
    /// One comparison of a vector.
    const CHUNK: usize = 16;
    let is_plain = |chunk: &&[u8]| {
        let bytes = chunk.first_chunk::<CHUNK>();
        // The smallest: without a branch for each byte.
        bytes.is_some_and(|bytes| bytes.iter().fold(u8::MAX, |min, &byte| min.min(byte)) >= b' ')
    };
    let chunks = text.chunks_exact(CHUNK).take_while(is_plain).count();
    let rest = text.get(chunks * CHUNK..).unwrap_or_default();
    let plain = rest
        .iter()
        .take_while(|byte| !matches!(byte, 0 | b'\r' | b'\n'));
    chunks * CHUNK + plain.count()
}

/// What came instead of a response: `text`, and `more` behind it.
fn foreign(text: &[u8], more: &[u8]) -> HeadFault {
    let start = [text, more].concat();
    HeadFault::NotHttp {
        start: excerpt(start.trim_ascii()),
    }
}
