//! DEFLATE read bit by bit, as RFC 1951 says it: too simple to be wrong, and it tells how far back
//! a message refers.

/// A message of one connection or thread, without its tail.
#[derive(Debug, Default)]
pub(crate) struct Naive {
    /// All that was inflated so far.
    pub(crate) bytes: Vec<u8>,
    /// The farthest reference so far.
    pub(crate) distance_max: usize,
}

struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn take(&mut self, count: usize) -> usize {
        (0..count).map(|i| self.one() << i).sum()
    }

    fn one(&mut self) -> usize {
        let bit = self.bytes[self.at / 8] >> (self.at % 8) & 1;
        self.at += 1;
        usize::from(bit)
    }

    /// The symbol that comes next (RFC 1951 §3.2.2).
    fn symbol(&mut self, code: &Code) -> usize {
        let (mut bits, mut first, mut before) = (0, 0, 0);
        for count in &code.counts[1..] {
            bits = bits << 1 | self.one();
            if bits < first + count {
                return code.symbols[before + bits - first];
            }
            (first, before) = ((first + count) << 1, before + count);
        }
        unreachable!("a complete code has all words");
    }
}

/// A code without a hole.
struct Code {
    /// Symbols of each length.
    counts: [usize; 16],
    /// Those that have any, shortest first.
    symbols: Vec<usize>,
}

impl Code {
    fn new(lens: &[usize]) -> Self {
        let mut counts = [0; 16];
        for len in lens {
            counts[*len] += 1;
        }
        let kraft: usize = (1..16).map(|len| counts[len] << (15 - len)).sum();
        assert_eq!(kraft, 1 << 15, "a complete code: {lens:?}");
        let mut symbols: Vec<_> = (0..lens.len()).filter(|symbol| lens[*symbol] > 0).collect();
        symbols.sort_by_key(|symbol| lens[*symbol]);
        Self { counts, symbols }
    }
}

impl Naive {
    /// Inflates `message`, and returns what it meant.
    pub(crate) fn inflate(&mut self, message: &[u8]) -> &[u8] {
        let start = self.bytes.len();
        let whole = [message, &[0, 0, 0xFF, 0xFF]].concat();
        let mut bits = Bits {
            bytes: &whole,
            at: 0,
        };
        while bits.at < 8 * whole.len() {
            assert_eq!(bits.one(), 0, "no block is final");
            match bits.take(2) {
                0 => self.stored(&mut bits),
                1 => {
                    let lens = [[8; 144].as_slice(), &[9; 112], &[7; 24], &[8; 8]].concat();
                    self.compressed(&mut bits, &Code::new(&lens), &Code::new(&[5; 32]));
                }
                2 => {
                    let (lens, distances) = own_codes(&mut bits);
                    self.compressed(&mut bits, &lens, &distances);
                }
                _ => unreachable!("a reserved type of block"),
            }
        }
        &self.bytes[start..]
    }

    fn stored(&mut self, bits: &mut Bits<'_>) {
        bits.at = bits.at.next_multiple_of(8);
        let len = bits.take(16);
        assert_eq!(bits.take(16), len ^ 0xFFFF);
        self.bytes
            .extend_from_slice(&bits.bytes[bits.at / 8..][..len]);
        bits.at += 8 * len;
    }

    fn compressed(&mut self, bits: &mut Bits<'_>, lens: &Code, distances: &Code) {
        loop {
            let symbol = bits.symbol(lens);
            if symbol == 256 {
                return;
            }
            if let Ok(byte) = u8::try_from(symbol) {
                self.bytes.push(byte);
                continue;
            }
            let index = symbol - 257;
            let len = match index {
                0..8 => index + 3,
                28 => 258,
                _ => 3 + ((4 + index % 4) << (index / 4 - 1)) + bits.take(index / 4 - 1),
            };
            let index = bits.symbol(distances);
            let distance = match index {
                0..4 => index + 1,
                _ => 1 + ((2 + index % 2) << (index / 2 - 1)) + bits.take(index / 2 - 1),
            };
            self.distance_max = self.distance_max.max(distance);
            for _ in 0..len {
                self.bytes.push(self.bytes[self.bytes.len() - distance]);
            }
        }
    }
}

/// The codes that a block has for itself (RFC 1951 §3.2.7).
fn own_codes(bits: &mut Bits<'_>) -> (Code, Code) {
    let (literals, distances) = (bits.take(5) + 257, bits.take(5) + 1);
    let order = [
        16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
    ];
    let mut packing = [0; 19];
    for symbol in &order[..bits.take(4) + 4] {
        packing[*symbol] = bits.take(3);
    }
    let packing = Code::new(&packing);
    let mut lens = Vec::new();
    while lens.len() < literals + distances {
        let (len, count) = match bits.symbol(&packing) {
            16 => (lens[lens.len() - 1], 3 + bits.take(2)),
            17 => (0, 3 + bits.take(3)),
            18 => (0, 11 + bits.take(7)),
            len => (len, 1),
        };
        lens.extend(std::iter::repeat_n(len, count));
    }
    let distances = lens.split_off(literals);
    (Code::new(&lens), Code::new(&distances))
}
