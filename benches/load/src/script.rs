//! Everything a run sends, built before it starts: a tape of whole messages, so that any number of
//! consecutive ones is one slice and one write.

use crate::deflate::Deflater;
use crate::options::{Framing, Options};
use bench_wire::frame::{BINARY, CONTINUATION, ClientFrame, TEXT};
use bench_wire::payload::Random;

/// Distinct messages of a plain run: enough to notice a reply that belongs to another request.
const PLAIN_MESSAGES: usize = 4;

/// From here on one message fills the caches by itself, and more would only cost memory.
const LARGE_MESSAGE_LEN: usize = 256 * 1024;

/// Distinct messages of a compressed run: several windows' worth, so that no context ever sees a
/// message again while it still remembers it.
const COMPRESSED_MESSAGES: usize = 256;

/// The messages of a run, in their order, which repeats.
#[derive(Debug)]
pub(crate) struct Script {
    pub(crate) framing: Framing,
    /// What replies must be: `TEXT` or `BINARY`.
    pub(crate) opcode: u8,
    /// What the echo of each message must hold.
    pub(crate) payloads: Vec<Vec<u8>>,
    /// The messages as they go out, and then the first ones again, up to the depth less one.
    tape: Vec<u8>,
    /// Where each message begins, and where the last one ends.
    starts: Vec<usize>,
}

impl Script {
    /// Builds the messages of `size` bytes that `options` ask for.
    pub(crate) fn new(options: &Options, size: usize) -> Result<Self, String> {
        let count = match options.framing {
            Framing::Deflate(_) => COMPRESSED_MESSAGES,
            _ if size >= LARGE_MESSAGE_LEN => 1,
            _ => PLAIN_MESSAGES,
        };
        let mut script = Self {
            framing: options.framing,
            opcode: if options.content.is_text() {
                TEXT
            } else {
                BINARY
            },
            payloads: (0..count as u64)
                .map(|index| options.content.generate(index, size))
                .collect(),
            tape: Vec::new(),
            starts: vec![0],
        };
        script.record(options.fragments)?;
        script.repeat(options.depth - 1);
        Ok(script)
    }

    /// The bytes of `count` messages from the `first` on, without the first `skip` bytes.
    pub(crate) fn bytes(&self, first: usize, count: usize, skip: usize) -> &[u8] {
        &self.tape[self.starts[first] + skip..self.starts[first + count]]
    }

    /// How many bytes the message takes on the tape.
    pub(crate) fn wire_len(&self, message: usize) -> usize {
        self.starts[message + 1] - self.starts[message]
    }

    /// The message after this one.
    pub(crate) fn after(&self, message: usize) -> usize {
        (message + 1) % self.payloads.len()
    }

    fn record(&mut self, fragments: usize) -> Result<(), String> {
        let mut random = Random::new(u64::MAX / 2);
        let mut deflater = match self.framing {
            Framing::Deflate(takeover) => Some(Deflater::new(takeover)),
            Framing::Plain | Framing::Raw => None,
        };
        for payload in &self.payloads {
            match &mut deflater {
                _ if self.framing == Framing::Raw => self.tape.extend_from_slice(payload),
                None => fragment(payload, self.opcode, fragments, &mut random, &mut self.tape),
                Some(deflater) => {
                    let frame = ClientFrame {
                        fin: true,
                        compressed: true,
                        opcode: self.opcode,
                        key: key(&mut random),
                    };
                    frame.encode(&deflater.deflate(payload)?, &mut self.tape);
                }
            }
            self.starts.push(self.tape.len());
        }
        Ok(())
    }

    /// Records the first messages again, so that a slice may run past the last one.
    fn repeat(&mut self, count: usize) {
        for message in 0..count {
            let first = message % self.payloads.len();
            self.tape
                .extend_from_within(self.starts[first]..self.starts[first + 1]);
            self.starts.push(self.tape.len());
        }
    }
}

/// Appends the message in frames of about equal size, each with a key of its own.
fn fragment(payload: &[u8], opcode: u8, count: usize, random: &mut Random, out: &mut Vec<u8>) {
    let len = payload.len().div_ceil(count);
    let last = payload.len().div_ceil(len) - 1;
    for (index, part) in payload.chunks(len).enumerate() {
        let frame = ClientFrame {
            fin: index == last,
            compressed: false,
            opcode: if index == 0 { opcode } else { CONTINUATION },
            key: key(random),
        };
        frame.encode(part, out);
    }
}

fn key(random: &mut Random) -> [u8; 4] {
    let [a, b, c, d, ..] = random.number().to_le_bytes();
    [a, b, c, d]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(line: &str) -> Script {
        let words = format!("echo --address 127.0.0.1:9 --pid 1 {line}");
        let options = Options::parse(words.split_whitespace().map(str::to_owned)).unwrap();
        Script::new(&options, options.sizes[0]).unwrap()
    }

    #[test]
    fn any_message_and_the_depth_behind_it_are_one_slice() {
        let script = script("--depth 16 --size 64 --content ascii");
        for first in 0..script.payloads.len() {
            assert_eq!(script.bytes(first, 16, 0).len(), 16 * (2 + 4 + 64));
            assert_eq!(
                script.bytes(first, 1, 0),
                &script.bytes(0, 16, 0)[first * 70..][..70]
            );
        }
        assert_eq!(script.bytes(1, 2, 70), script.bytes(2, 1, 0));
        assert_eq!(script.after(3), 0);
    }

    #[test]
    fn raw_messages_are_their_payloads() {
        let script = script("--framing raw --size 100");
        assert_eq!(script.bytes(2, 1, 0), script.payloads[2]);
        assert_eq!(script.wire_len(2), 100);
    }

    #[test]
    fn fragments_share_the_message_and_only_the_last_one_ends_it() {
        let script = script("--size 10 --content ascii --fragments 4");
        let wire = script.bytes(0, 1, 0);
        let headers = [&wire[..2], &wire[9..11], &wire[18..20], &wire[27..29]];
        assert_eq!(
            headers,
            [[0x01, 0x83], [0x00, 0x83], [0x00, 0x83], [0x80, 0x81]]
        );
    }

    #[test]
    fn compressed_messages_are_smaller_and_marked() {
        let script = script("--framing no-takeover --size 1024 --content json");
        assert_eq!(script.payloads.len(), COMPRESSED_MESSAGES);
        assert_eq!(script.bytes(0, 1, 0)[0], 0xc1);
        assert!(script.wire_len(0) < 700);
    }
}
