//! What there may be only so much of for one address or one user. Owns the words for it, for people
//! and for programs; counts nothing.

use std::fmt;

/// What there is too much of, and how much there may be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Excess {
    /// Connections of an address.
    Address(u32),
    /// Opening handshakes of an address in a second.
    Handshakes(u32),
    /// WebSockets of a user.
    User(u32),
}

impl Excess {
    /// The name that programs read, in a header and in metrics.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Address(_) => "connections",
            Self::Handshakes(_) => "handshakes",
            Self::User(_) => "user",
        }
    }
}

impl fmt::Display for Excess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(max) => {
                write!(f, "this address has as many connections as it may, {max}")
            }
            Self::Handshakes(max) => write!(
                f,
                "this address opens WebSockets faster than it may, {max} in a second"
            ),
            Self::User(max) => write!(f, "this user has as many WebSockets as they may, {max}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// If this fails, whoever is turned away does not learn the number, or a page takes one bound
    /// for another.
    #[test]
    fn words_have_the_number_and_programs_can_tell_them_apart() {
        let all = [
            Excess::Address(31),
            Excess::Handshakes(31),
            Excess::User(31),
        ];
        assert!(all.iter().all(|excess| excess.to_string().contains(" 31")));
        let words = all.map(Excess::word);
        assert_eq!(
            words,
            ["connections", "handshakes", "user"],
            "as the documents say"
        );
    }
}
