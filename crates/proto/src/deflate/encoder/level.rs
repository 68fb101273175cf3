//! What each level spends. Owns the numbers; never the search that obeys them.

/// How hard matches are looked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Level {
    /// Matches of at least this length are taken without a look at the next byte; 0 for all.
    pub lazy_len: u32,
    /// Matches of at least this length end a search.
    pub nice_len: u32,
    /// Most places that one search looks at.
    pub chain_len: u32,
    /// Which bytes of a match can be found again.
    pub inside: Inside,
}

/// Whether a match may begin where an earlier one went on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Inside {
    /// Only where an earlier token begins.
    Skipped,
    /// Anywhere.
    Found,
}

const fn level(lazy_len: u32, nice_len: u32, chain_len: u32, inside: Inside) -> Level {
    Level {
        lazy_len,
        nice_len,
        chain_len,
        inside,
    }
}

/// The levels from 1 on; level 0 looks for nothing.
static LEVELS: [Level; 9] = [
    level(0, 8, 1, Inside::Skipped),
    level(0, 16, 1, Inside::Found),
    level(0, 32, 4, Inside::Found),
    level(8, 32, 4, Inside::Found),
    level(16, 64, 8, Inside::Found),
    level(16, 128, 16, Inside::Found),
    level(32, 128, 32, Inside::Found),
    level(64, 258, 64, Inside::Found),
    level(258, 258, 256, Inside::Found),
];

impl Level {
    /// What level `level` spends. `None` for 0, which stores.
    pub(super) fn of(level: u8) -> Option<&'static Self> {
        LEVELS.get(usize::from(level).checked_sub(1)?)
    }
}
