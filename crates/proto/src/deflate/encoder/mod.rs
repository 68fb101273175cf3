//! DEFLATE (RFC 1951): bytes into blocks that refer back to earlier bytes. Owns a window and what
//! finds matches in it; knows no message, and never marks a block final (RFC 7692 §7.2.1).

mod bits;
mod block;
mod greedy;
mod header;
mod huffman;
mod lazy;
mod level;
mod matcher;
mod package;
mod symbols;
mod tokens;
mod tree;
mod window;

use bits::BitWriter;
use level::Level;
use matcher::Chains;
use symbols::MATCH_LEN_MAX;
use tokens::Tokens;
use window::{Window, place};

/// Bytes that are known behind the last place where a match is looked for, unless the input ends.
const LOOKAHEAD: usize = 2 * MATCH_LEN_MAX as usize;

/// Most bytes that become tokens at a time, so that their counts stay within 16 bits.
const RUN_MAX: usize = 1 << 14;

/// How large an encoder's parts are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sizes {
    /// Farthest reference, as a power of two.
    pub window_bits: u8,
    /// Heads of chains, as a power of two.
    pub head_bits: u8,
    /// Most matches of a block.
    pub matches_max: usize,
}

impl Sizes {
    /// What the window takes at a time.
    const fn step(self) -> usize {
        let half = (1 << self.window_bits) / 2;
        if half > 2048 { half } else { 2048 }
    }

    /// What an encoder of these sizes takes from the heap, in bytes.
    pub(super) const fn heap_bytes(self) -> usize {
        Window::heap_bytes(1 << self.window_bits, self.step())
            + Chains::heap_bytes(self.head_bits, self.window_bits)
            + Tokens::heap_bytes(self.matches_max)
    }
}

/// Compresses bytes, part by part.
#[derive(Debug)]
pub(super) struct Encoder {
    level: Level,
    window: Window,
    chains: Chains,
    tokens: Tokens,
}

impl Encoder {
    /// Takes [`Sizes::heap_bytes`] from the heap.
    pub(super) fn new(level: u8, sizes: Sizes) -> Self {
        Self {
            level: Level::new(level),
            window: Window::new(1 << sizes.window_bits, sizes.step()),
            chains: Chains::new(sizes.head_bits, sizes.window_bits),
            tokens: Tokens::new(sizes.matches_max),
        }
    }

    /// Forgets all bytes so far. Any number may follow, of which `len` certainly do.
    pub(super) fn restart(&mut self, len: usize) {
        self.window.clear();
        self.chains.restart(len);
    }

    /// Appends `part`, compressed, and the first byte of an empty stored block, which lets a reader
    /// have all of it: what ends a block may share a byte with what follows.
    pub(super) fn encode(&mut self, part: &[u8], out: &mut Vec<u8>) {
        let mut writer = BitWriter::new(out);
        if self.level == Level::None {
            block::write_stored(part, &mut writer);
        } else {
            self.compress(part, &mut writer);
        }
        block::write_stored_header(&mut writer);
    }

    /// Appends `part` as blocks.
    fn compress(&mut self, part: &[u8], writer: &mut BitWriter<'_>) {
        let (mut read, mut block_start) = (0, 0);
        while read < part.len() {
            let (taken, moved) = self.window.fill(&part[read..]);
            self.chains.moved(moved);
            read += taken;
            let unknown = if read < part.len() { LOOKAHEAD } else { 0 };
            let until = self.window.end - unknown;
            while self.window.cursor < until {
                self.choose(until);
                let block_end = read - (self.window.end - self.window.cursor);
                if self.tokens.is_full() || block_end == part.len() {
                    block::write(&mut self.tokens, &part[block_start..block_end], writer);
                    self.tokens.clear();
                    block_start = block_end;
                }
            }
        }
    }

    /// Makes tokens of some bytes from the cursor on, up to `until` or a little farther.
    fn choose(&mut self, until: usize) {
        let until = place(until.min(self.window.cursor + RUN_MAX));
        let from = place(self.window.cursor);
        let mut search = self.chains.search(&self.window);
        let cursor = match self.level {
            Level::Lazy(effort) => lazy::choose(&mut search, &mut self.tokens, effort, from, until),
            _ => greedy::choose(&mut search, &mut self.tokens, from, until),
        };
        self.window.cursor = cursor as usize;
        self.chains.searched(self.window.cursor, self.window.end);
    }
}
