//! Optimal code lengths under a limit, by package-merge (Larmore and Hirschberg 1990). Owns the
//! rare case in which Huffman's own lengths pass the limit; is asked only then, since it is slower.

use super::tree::{Depths, Leaf, SYMBOLS_MAX};
use super::window::low_half;

/// The longest limit there is.
const LEN_MAX: usize = 15;

/// For `leaves`, which are at least two and at most 2^`len_max`, lightest first.
#[cold]
pub(super) fn depths(leaves: &[Leaf], len_max: u8) -> Depths {
    // On each level, the leaves and the packages of two items of the level below, lightest first.
    let mut is_leaf = [[false; 2 * SYMBOLS_MAX]; LEN_MAX];
    let mut below = ([0u32; 2 * SYMBOLS_MAX], 0);
    let levels = &mut is_leaf[..usize::from(len_max).min(LEN_MAX)];
    for level in levels.iter_mut() {
        let mut items = ([0; 2 * SYMBOLS_MAX], 0);
        let mut rest = leaves.iter().map(|leaf| u32::from(leaf.count)).peekable();
        let packages = below.0[..below.1].chunks_exact(2);
        let mut packages = packages.map(|pair| pair[0] + pair[1]).peekable();
        while let Some(takes_leaf) = match (rest.peek(), packages.peek()) {
            (Some(leaf), Some(package)) => Some(leaf <= package),
            (Some(_), None) => Some(true),
            (None, Some(_)) => Some(false),
            (None, None) => None,
        } {
            let item = if takes_leaf {
                rest.next()
            } else {
                packages.next()
            };
            items.0[items.1] = item.unwrap_or(0);
            level[items.1] = takes_leaf;
            items.1 += 1;
        }
        below = items;
    }
    // Of the top level, the lightest 2n - 2 items make the tree. Each leaf among the items taken of
    // a level is one level deeper; each package takes two of the level below.
    let mut depths = Depths::default();
    let (mut taken, mut shallower) = (2 * leaves.len() - 2, leaves.len());
    for (depth, level) in levels.iter().rev().enumerate() {
        let deeper = level[..taken].iter().filter(|is_leaf| **is_leaf).count();
        depths[depth] = low_half(shallower - deeper);
        shallower = deeper;
        taken = 2 * (taken - deeper);
    }
    depths[levels.len()] = low_half(shallower);
    depths
}
