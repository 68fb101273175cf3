//! Licence expressions (SPDX): whether what is allowed is enough for one. Owns their grammar.

/// Whether `expression` can be kept with the licences in `allowed`; one that is not understood
/// cannot.
pub(super) fn is_allowed(expression: &str, allowed: &[String]) -> bool {
    // The old way to write a choice.
    let expression = expression.replace('/', " OR ");
    let expression = expression.replace('(', " ( ").replace(')', " ) ");
    let mut words: Vec<&str> = expression.split_whitespace().rev().collect();
    choice(&mut words, allowed).is_some_and(|is_kept| is_kept && words.is_empty())
}

/// `a OR b`; `words` are in reverse.
fn choice(words: &mut Vec<&str>, allowed: &[String]) -> Option<bool> {
    let mut is_kept = all(words, allowed)?;
    while took(words, "OR") {
        is_kept |= all(words, allowed)?;
    }
    Some(is_kept)
}

/// `a AND b`.
fn all(words: &mut Vec<&str>, allowed: &[String]) -> Option<bool> {
    let mut is_kept = one(words, allowed)?;
    while took(words, "AND") {
        is_kept &= one(words, allowed)?;
    }
    Some(is_kept)
}

/// A licence, perhaps with an exception, or a whole expression in brackets.
fn one(words: &mut Vec<&str>, allowed: &[String]) -> Option<bool> {
    let word = words.pop()?;
    if word == "(" {
        let inner = choice(words, allowed)?;
        return (words.pop()? == ")").then_some(inner);
    }
    let mut name = word.to_owned();
    if took(words, "WITH") {
        name = format!("{name} WITH {}", words.pop()?);
    }
    Some(allowed.contains(&name))
}

/// Whether `word` was the next one, which is gone then.
fn took(words: &mut Vec<&str>, word: &str) -> bool {
    let is_next = words.last() == Some(&word);
    if is_next {
        words.pop();
    }
    is_next
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_kept_by_what_is_enough_for_them() {
        let allowed = ["MIT", "ISC"].map(str::to_owned);
        for kept in [
            "MIT",
            "GPL OR MIT",
            "GPL/MIT",
            "(GPL OR MIT) AND ISC",
            "MIT AND ISC",
        ] {
            assert!(is_allowed(kept, &allowed), "{kept}");
        }
        for broken in [
            "",
            "GPL",
            "MIT AND GPL",
            "(MIT",
            "MIT ISC",
            "MIT WITH exception",
            "OR MIT",
        ] {
            assert!(!is_allowed(broken, &allowed), "{broken}");
        }
    }
}
