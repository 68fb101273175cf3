//! Which application stands at an address, as a configuration says it: `/=echo`. Owns the names of
//! applications and how a placement is written. Serves nothing, and knows no address.

use std::fmt;
use std::str::FromStr;

use crate::words::{Base, Unreadable};

/// An application, by the name that a configuration has for it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum AppName {
    /// The chat of the subprotocol that was agreed to; MDN's, if that names none.
    Chat,
    /// Every message comes back.
    Echo,
    /// It greets whoever sends a name.
    Greeting,
    /// The nickname chat.
    Nick,
    /// The plain chat.
    Plain,
}

impl AppName {
    const ALL: [(Self, &str); 5] = [
        (Self::Chat, "chat"),
        (Self::Echo, "echo"),
        (Self::Greeting, "greeting"),
        (Self::Nick, "nick"),
        (Self::Plain, "plain"),
    ];
}

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
        let mut names = AppName::ALL.iter();
        let named = names.find(|(application, _)| *application == self.application);
        let name = named.map_or("", |(_, name)| *name);
        write!(formatter, "{}={name}", self.path)
    }
}

impl FromStr for Placement {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Self, Unreadable> {
        let (path, name) = text.split_once('=').ok_or(Unreadable)?;
        let mut names = AppName::ALL.iter();
        let (application, _) = names.find(|(_, known)| *known == name).ok_or(Unreadable)?;
        // As it stands in requests.
        let is_plain = path.parse().is_ok_and(|base: Base| base.path() == path);
        if path != "/" && (path.is_empty() || !is_plain) {
            return Err(Unreadable);
        }
        Ok(Self {
            path: path.to_owned(),
            application: *application,
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
