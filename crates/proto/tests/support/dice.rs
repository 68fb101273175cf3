//! Numbers that look random and come again with the same seed, on every machine. Tests of other
//! crates have this file as well.

/// `SplitMix64`.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        // 31 bits, the same on every platform.
        usize::try_from((mixed ^ mixed >> 31) >> 33).expect("31 bits fit")
    }
}
