//! Bits into bytes (RFC 1951 §3.1.1). Owns the bits that do not fill a byte yet; never knows what
//! they mean.

/// Bytes that a writer needs behind the last one it fills.
const SLACK: usize = 8;

/// Writes bits behind what a buffer holds.
#[derive(Debug)]
pub(super) struct BitWriter<'a> {
    out: &'a mut Vec<u8>,
    /// The bits, first one lowest. Invariant: none above the lowest `count`.
    pending: u64,
    /// Invariant: less than 8 between two calls.
    count: u32,
}

impl<'a> BitWriter<'a> {
    /// A writer whose first bit begins a byte.
    pub(super) fn new(out: &'a mut Vec<u8>) -> Self {
        Self {
            out,
            pending: 0,
            count: 0,
        }
    }

    /// Bits from here to the next byte.
    pub(super) fn padding(&self) -> u32 {
        self.count.wrapping_neg() % 8
    }

    /// Appends what `write` puts, at most `bits_max` bits.
    pub(super) fn append(&mut self, bits_max: usize, write: impl FnOnce(&mut Bits<'_>)) {
        let len = self.out.len();
        self.out.resize(len + bits_max.div_ceil(8) + SLACK, 0);
        let mut bits = Bits {
            room: self.out.get_mut(len..).unwrap_or_default(),
            at: 0,
            pending: self.pending,
            count: self.count,
        };
        write(&mut bits);
        let at = bits.at as usize;
        (self.pending, self.count) = (bits.pending, bits.count);
        self.out.truncate(len + at);
    }

    /// Fills the last byte with zeros.
    pub(super) fn align(&mut self) {
        if self.count > 0 {
            let [byte, ..] = self.pending.to_le_bytes();
            self.out.push(byte);
            (self.pending, self.count) = (0, 0);
        }
    }

    /// Appends whole bytes. The caller has aligned.
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        debug_assert_eq!(self.count, 0, "bytes begin where a byte begins");
        self.out.extend_from_slice(bytes);
    }
}

/// Room for a known number of bits.
#[derive(Debug)]
pub(super) struct Bits<'a> {
    room: &'a mut [u8],
    /// Bytes that are full. Of 32 bits, so that no sum can overflow, which would have to be
    /// checked.
    at: u32,
    pending: u64,
    count: u32,
}

impl Bits<'_> {
    /// Writes the lowest `count` bits of `value`, up to 56 of them, lowest first. All others are 0.
    #[inline]
    pub(super) fn put(&mut self, value: u64, count: u32) {
        debug_assert!(count <= 56 && value >> count == 0);
        self.pending |= value << self.count;
        self.count += count;
        // Always eight bytes, of which the next call overwrites those that are not full: no branch
        // depends on the data.
        let at = self.at as usize;
        if let Some(room) = self.room.get_mut(at..at + 8) {
            room.copy_from_slice(&self.pending.to_le_bytes());
        }
        self.at += self.count >> 3;
        self.pending >>= self.count & 0x38;
        self.count &= 7;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_fill_bytes_from_the_lowest_on() {
        let mut out = b"before".to_vec();
        let mut writer = BitWriter::new(&mut out);
        assert_eq!(writer.padding(), 0);
        writer.append(7, |bits| {
            bits.put(0b101, 3);
            bits.put(0b0110, 4);
        });
        assert_eq!(writer.padding(), 1);
        writer.append(57, |bits| {
            bits.put(1, 1);
            bits.put(0x00AB_CDEF_0123_4567, 56);
        });
        assert_eq!(writer.padding(), 0);
        writer.append(1, |bits| bits.put(1, 1));
        writer.align();
        writer.align();
        writer.bytes(b"end");
        assert_eq!(out, b"before\xB5\x67\x45\x23\x01\xEF\xCD\xAB\x01end");
    }
}
