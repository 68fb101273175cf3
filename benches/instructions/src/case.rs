//! What a read holds, case by case: the rows of the table that are not all kernel.

use bench_wire::frame::{BINARY, CONTINUATION, ClientFrame, TEXT};
use bench_wire::payload::Content;

/// The cases, named like the scenarios whose messages they have.
pub(crate) const CASES: [Case; 6] = [
    Case {
        name: "s2",
        messages: 1,
        size: 64,
        content: Content::Binary,
        fragments: 1,
    },
    Case {
        name: "s3",
        messages: 16,
        size: 64,
        content: Content::Ascii,
        fragments: 1,
    },
    Case {
        name: "s4",
        messages: 1,
        size: 16 << 10,
        content: Content::Binary,
        fragments: 1,
    },
    Case {
        name: "s6",
        messages: 8,
        size: 1 << 10,
        content: Content::Ascii,
        fragments: 1,
    },
    Case {
        name: "s6u",
        messages: 8,
        size: 1 << 10,
        content: Content::MultiByte,
        fragments: 1,
    },
    Case {
        name: "s6f",
        messages: 8,
        size: 1 << 10,
        content: Content::Ascii,
        fragments: 4,
    },
];

/// The messages of a read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) messages: usize,
    size: usize,
    content: Content,
    fragments: usize,
}

impl Case {
    pub(crate) fn named(name: &str) -> Option<Self> {
        CASES.into_iter().find(|case| case.name == name)
    }

    /// The read's bytes.
    pub(crate) fn read(self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for index in 0..self.messages as u64 {
            let payload = self.content.generate(index, self.size);
            let parts = payload.chunks(self.size.div_ceil(self.fragments));
            let last = parts.len() - 1;
            for (part_index, part) in parts.enumerate() {
                let opcode = if self.content.is_text() { TEXT } else { BINARY };
                let frame = ClientFrame {
                    fin: part_index == last,
                    compressed: false,
                    opcode: if part_index == 0 {
                        opcode
                    } else {
                        CONTINUATION
                    },
                    key: [0x37, 0xfa, 0x21, 0x3d],
                };
                frame.encode(part, &mut bytes);
            }
        }
        bytes
    }

    /// The bytes of the replies to a read: whole messages, unmasked.
    pub(crate) fn reply_len(self) -> usize {
        let header = match self.size {
            0..=125 => 2,
            126..=65_535 => 4,
            _ => 10,
        };
        self.messages * (header + self.size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_read_holds_masked_frames_and_its_reply_whole_messages() {
        let fragmented = Case::named("s6f").unwrap();
        assert_eq!(fragmented.read().len(), 8 * (1024 + 4 * (4 + 4)));
        assert_eq!(fragmented.reply_len(), 8 * (1024 + 4));
        let small = Case::named("s3").unwrap();
        assert_eq!(small.read().len(), 16 * (64 + 6));
        assert_eq!(small.reply_len(), 16 * (64 + 2));
    }
}
