//! Changed seeds. Owns in which ways one is changed at a time: as little as a fuzzer would.

use super::dice::Dice;

/// Puts a byte in, cuts the rest off, flips a bit or replaces a byte.
pub(crate) fn mutate(input: &mut Vec<u8>, dice: &mut Dice) {
    let at = dice.roll() % (input.len() + 1);
    let byte = dice.roll().to_le_bytes()[0];
    match dice.roll() % 4 {
        0 => input.insert(at, byte),
        1 => input.truncate(at.max(2)),
        2 if at < input.len() => input[at] ^= 1 << (byte % 8),
        _ if at < input.len() => input[at] = byte,
        _ => input.push(byte),
    }
}
