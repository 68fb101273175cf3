//! Which matches are used where speed counts most: the first one that is found. Owns the choice;
//! never looks at more than one place for it.

use super::matcher::Search;
use super::tokens::Tokens;

/// Chooses tokens as [`lazy::choose`](super::lazy::choose) does.
pub(super) fn choose(search: &mut Search<'_>, tokens: &mut Tokens, mut at: u32, until: u32) -> u32 {
    let mut run = at;
    while at < until {
        let found = search.nearest(at);
        if found.distance == 0 {
            tokens.count(search.byte(at));
            at += 1;
            continue;
        }
        tokens.matched(at - run, found);
        at += found.len;
        run = at;
        if tokens.is_full() {
            break;
        }
    }
    tokens.literals(at - run);
    at
}
