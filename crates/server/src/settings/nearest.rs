//! What somebody meant who wrote a name that there is not. Owns how far a name may be off.

/// Names that are off by more than a third of their letters are other names.
const LETTERS_PER_SLIP: usize = 3;

/// The one of `names` that is nearest to `word`, if one is near at all.
pub fn nearest<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let near = names.map(|name| (distance(word, name), name));
    let (slips, name) = near.min()?;
    (slips * LETTERS_PER_SLIP <= word.chars().count().max(LETTERS_PER_SLIP)).then_some(name)
}

/// Letters to add, to leave out or to change (Levenshtein's distance).
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (number, letter) in (1..).zip(from.chars()) {
        let mut diagonal = number - 1;
        let mut left = number;
        let mut next = vec![left];
        for (&above, &other) in row.iter().skip(1).zip(&to) {
            let changed = diagonal + usize::from(letter != other);
            left = changed.min(left + 1).min(above + 1);
            diagonal = above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// If this fails, another name is suggested than the one that was meant.
    #[test]
    fn distance_counts_slips() {
        for (from, to, slips) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("kitten", "sitting", 3),
            ("threads", "thread", 1),
            ("listen", "listne", 2),
        ] {
            assert_eq!(distance(from, to), slips, "{from} {to}");
        }
    }

    /// A suggestion that has nothing to do with the name is worse than none.
    #[test]
    fn only_a_name_that_is_near_is_suggested() {
        let names = ["listen", "threads", "limits.head_timeout"];
        let nearest = |word| nearest(word, names.into_iter());
        assert_eq!(nearest("thread"), Some("threads"));
        assert_eq!(nearest("limits.heat_timeout"), Some("limits.head_timeout"));
        assert_eq!(nearest("colour"), None);
    }
}
