//! A number and what it counts, in words. Owns the plurals of our messages.

/// The words for one of something, and for any other number.
pub(crate) type Forms = (&'static str, &'static str);

/// What scripts threw and nobody caught.
pub(crate) const UNCAUGHT: Forms = (
    "exception was caught by nobody",
    "exceptions were caught by nobody",
);

/// `count` with the form that goes with it.
pub(crate) fn counted(count: u64, (one, many): Forms) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// If this fails, messages say "1 exceptions".
    #[test]
    fn one_alone_is_singular() {
        let words = [0, 1, 2].map(|count| counted(count, ("user failed", "users failed")));
        assert_eq!(words, ["0 users failed", "1 user failed", "2 users failed"]);
    }
}
