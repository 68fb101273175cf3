//! Which matches are used. Owns the choice between a match here and one at the next byte; never
//! looks for matches itself.

use super::level::Effort;
use super::matcher::Search;
use super::tokens::Tokens;

/// Chooses tokens from `at` on, until they reach `until` or the block is full. Returns where they
/// end.
pub(super) fn choose(
    search: &mut Search<'_>,
    tokens: &mut Tokens,
    effort: Effort,
    mut at: u32,
    until: u32,
) -> u32 {
    let mut run = at;
    let hashed_end = until.min(search.hashed_end);
    while at < hashed_end {
        let here = search.link(at);
        let mut best = search.longest(at, here, effort);
        if best.distance == 0 {
            tokens.count(here.byte());
            at += 1;
            continue;
        }
        let mut next = at + 1;
        let mut byte = here.byte();
        while best.len < effort.lazy_len && next < search.hashed_end {
            let there = search.link(next);
            let later = search.longer(next, best.len, there, effort);
            next += 1;
            if later.distance == 0 {
                break;
            }
            tokens.count(byte);
            byte = there.byte();
            at += 1;
            best = later;
        }
        tokens.matched(at - run, best);
        let after = at + best.len;
        search.insert(next, after);
        at = after;
        run = at;
        if tokens.is_full() {
            return at;
        }
    }
    while at < until && at >= search.hashed_end {
        tokens.count(search.byte(at));
        at += 1;
    }
    tokens.literals(at - run);
    at
}
