//! Which application stands at an address, as a configuration says it: `/=echo`. Owns how a
//! placement is written. Serves nothing, and knows no address.

use std::fmt;
use std::str::FromStr;

use crate::words::{AppName, Base, Unreadable};

/// An application at an address, instead of the one that is there.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Placement {
    /// The address, below the base.
    pub path: String,
    /// What is to stand there.
    pub application: AppName,
}

impl fmt::Display for Placement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}={}", self.path, self.application)
    }
}

impl FromStr for Placement {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Self, Unreadable> {
        let (path, name) = text.split_once('=').ok_or(Unreadable)?;
        let application = name.parse()?;
        // As it stands in requests.
        let is_plain = path.parse().is_ok_and(|base: Base| base.path() == path);
        if path != "/" && (path.is_empty() || !is_plain) {
            return Err(Unreadable);
        }
        Ok(Self {
            path: path.to_owned(),
            application,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the server prints as its configuration would not be read again.
    #[test]
    fn placement_is_read_as_it_is_written() {
        for text in [
            "/=echo",
            "/socketserver=chat",
            "/a=greeting",
            "/b=nick",
            "/=plain",
        ] {
            let placement: Placement = text.parse().unwrap();
            assert_eq!(placement.to_string(), text);
        }
        for wrong in [
            "", "/", "/=", "=echo", "echo", "/=Echo", "/=echo=", "a=echo", "/a/=echo",
        ] {
            assert_eq!(wrong.parse::<Placement>(), Err(Unreadable), "{wrong}");
        }
    }
}
