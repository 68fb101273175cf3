//! What each level spends. Owns the numbers; never the search that obeys them.

/// How hard matches are looked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Level {
    /// Not at all: everything is stored.
    None,
    /// At the one place that comes first, and only where a token begins.
    Greedy,
    /// At several places, and again at the next byte.
    Lazy(Effort),
}

/// How far a search goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Effort {
    /// Matches of at least this length are taken without a look at the next byte; 0 for all.
    pub lazy_len: u32,
    /// Matches of at least this length end a search.
    pub nice_len: u32,
    /// Most places that one search looks at.
    pub steps_max: u32,
}

impl Level {
    /// What level `level` spends, 9 at most.
    pub(super) const fn new(level: u8) -> Self {
        let (lazy_len, nice_len, steps_max) = match level {
            0 => return Self::None,
            1 => return Self::Greedy,
            2 => (0, 16, 1),
            3 => (0, 32, 4),
            4 => (6, 32, 4),
            5 => (8, 64, 10),
            6 => (12, 128, 16),
            7 => (16, 128, 28),
            8 => (32, 258, 40),
            _ => (258, 258, 64),
        };
        Self::Lazy(Effort {
            lazy_len,
            nice_len,
            steps_max,
        })
    }
}
