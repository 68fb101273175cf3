//! Huffman's tree: from how often each symbol occurs to how deep it hangs. Owns no code, and
//! knows no limit.

use super::window::low_half;

/// Most symbols of one alphabet.
pub(super) const SYMBOLS_MAX: usize = super::symbols::LITERALS_AND_LENGTHS;

/// Frequencies up to here are sorted by counting; the few above, by comparing.
const COUNTED: usize = 63;

/// A symbol that occurs.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Leaf {
    pub count: u16,
    pub symbol: u16,
}

/// How many leaves there are at each depth of a tree. With 2^16 occurrences none is deeper than 22:
/// the rarest trees are those of Fibonacci.
pub(super) type Depths = [u16; 32];

/// The symbols that occur, in their order.
pub(super) fn occurring<'a, const N: usize>(
    counts: &[u16; N],
    occurring: &'a mut [Leaf; N],
) -> &'a [Leaf] {
    let mut used = 0;
    // Which symbols occur is a toss: no branch depends on it.
    for (symbol, count) in (0..).zip(counts) {
        occurring[used] = Leaf {
            count: *count,
            symbol,
        };
        used += usize::from(*count > 0);
    }
    &occurring[..used]
}

/// The same, rarest first.
pub(super) fn sort<'a>(occurring: &[Leaf], sorted: &'a mut [Leaf]) -> &'a [Leaf] {
    let mut ends = [0u16; COUNTED + 1];
    for leaf in occurring {
        ends[usize::from(leaf.count).min(COUNTED)] += 1;
    }
    let mut sum = 0;
    for end in &mut ends {
        (*end, sum) = (sum, sum + *end);
    }
    for leaf in occurring {
        let end = &mut ends[usize::from(leaf.count).min(COUNTED)];
        sorted[usize::from(*end)] = *leaf;
        *end += 1;
    }
    let counted = usize::from(ends[COUNTED - 1]);
    sorted[counted..occurring.len()].sort_unstable_by_key(|leaf| (leaf.count, leaf.symbol));
    &sorted[..occurring.len()]
}

/// Huffman's tree for `leaves`, which are at least two and at most `N`. No branch depends on what
/// is compared.
pub(super) fn unlimited<const N: usize>(leaves: &[Leaf]) -> Depths {
    // Where there is none, one that is never taken.
    let weight = |index: usize| {
        leaves
            .get(index)
            .map_or(u32::MAX / 2, |leaf| u32::from(leaf.count))
    };
    let mut pairs = [u32::MAX / 2; N];
    let mut parents = [0u16; N];
    let root = leaves.len() - 2;
    let (mut leaf, mut pair) = (0, 0);
    for next in 0..=root {
        // The two lightest are two leaves, two pairs, or one of each.
        let (one, another) = (weight(leaf), weight(leaf + 1));
        let (other, yet_another) = (
            pairs[pair],
            pairs.get(pair + 1).copied().unwrap_or(u32::MAX / 2),
        );
        let leaves_taken = 1 + usize::from(another <= other) - usize::from(yet_another < one);
        let sum = (one + another).min(other + yet_another).min(one + other);
        // Of pairs that are not taken, the parent that takes them overwrites this.
        parents[pair] = low_half(next);
        if let Some(parent) = parents.get_mut(pair + 1) {
            *parent = low_half(next);
        }
        leaf += leaves_taken;
        pair += 2 - leaves_taken;
        pairs[next] = sum;
    }
    let mut inner = Depths::default();
    let mut depths = [0u8; N];
    inner[0] = 1;
    for pair in (0..root).rev() {
        let depth = depths[usize::from(parents[pair])] + 1;
        depths[pair] = depth;
        inner[usize::from(depth & 31)] += 1;
    }
    let mut leaves = Depths::default();
    for (leaves, inner) in leaves[1..].iter_mut().zip(inner.windows(2)) {
        *leaves = 2 * inner[0] - inner[1];
    }
    leaves
}
