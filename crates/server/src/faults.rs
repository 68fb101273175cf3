//! All that is wrong with options, as far as it shows when they are used. Owns that whoever finds
//! one goes on looking; what is wrong is said elsewhere.

use std::io;

/// What was found, in the order in which it was; never none where it is an error.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<io::Error>);

impl Faults {
    /// Adds what is wrong with one part, or gives the part.
    pub(crate) fn take<T>(&mut self, part: Result<T, impl Into<Self>>) -> Option<T> {
        part.map_err(|faults| self.0.append(&mut faults.into().0))
            .ok()
    }

    /// That nothing was found.
    pub(crate) fn none(self) -> Result<(), Self> {
        if self.0.is_empty() { Ok(()) } else { Err(self) }
    }

    /// The one that was found first, for those who can tell of one only.
    pub(crate) fn first(self) -> io::Error {
        let first = self.0.into_iter().next();
        first.unwrap_or_else(|| io::Error::other("nothing is wrong"))
    }

    pub(crate) fn into_errors(self) -> Vec<io::Error> {
        self.0
    }
}

impl From<io::Error> for Faults {
    fn from(error: io::Error) -> Self {
        Self(vec![error])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// If this fails, somebody mends one mistake after the other, each behind another try.
    #[test]
    fn all_are_kept_in_their_order() {
        let mut faults = Faults::default();
        assert_eq!(faults.take(Ok::<_, io::Error>(1)), Some(1));
        let mut inner = Faults::default();
        for words in ["first", "second"] {
            assert_eq!(inner.take(Err::<(), _>(io::Error::other(words))), None);
        }
        assert_eq!(faults.take(Err::<(), _>(inner)), None);
        let found = faults.none().unwrap_err().into_errors();
        let words: Vec<_> = found.iter().map(ToString::to_string).collect();
        assert_eq!(words, ["first", "second"]);
        assert!(Faults::default().none().is_ok());
    }
}
