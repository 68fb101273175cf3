//! The words of a configuration: values that are one word in a file and one type in the program.
//! Owns how each is written, the same way in and out; those of which there are a few words only are
//! in `choice`.

mod choice;

use std::fmt;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::str::FromStr;

use sockeye::Origins;

use crate::limits;

pub use choice::{AppName, Farewell, ForwardedBy, LogFormat, LogLevel, SlowReaders};

/// What a word of the configuration is not.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Unreadable;

/// A place to listen at.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Listen {
    /// A TCP address.
    Tcp(SocketAddr),
    /// A Unix socket at this path. A socket that nobody serves any more is replaced.
    Unix(PathBuf),
}

/// How many worker threads there are.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Threads {
    /// One for each core that this process may use.
    #[default]
    Auto,
    /// This many, at most [`limits::THREADS_MAX`].
    Fixed(NonZeroUsize),
}

/// What stands before all addresses of the server, such as `/chat`; nothing by default.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Base(String);

/// The origin of a page (RFC 6454), such as `https://example.com`, or `null`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Origin(String);

impl Threads {
    /// How many that are on this machine.
    pub fn count(self) -> NonZeroUsize {
        match self {
            Self::Auto => std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
            Self::Fixed(count) => count,
        }
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => address.fmt(formatter),
            Self::Unix(path) => write!(formatter, "unix:{}", path.display()),
        }
    }
}

impl FromStr for Listen {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Self, Unreadable> {
        match text.strip_prefix("unix:") {
            Some("") => Err(Unreadable),
            Some(path) => Ok(Self::Unix(path.into())),
            None => text.parse().map(Self::Tcp).map_err(|_| Unreadable),
        }
    }
}

impl fmt::Display for Threads {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => formatter.write_str("auto"),
            Self::Fixed(count) => count.fmt(formatter),
        }
    }
}

impl FromStr for Threads {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Self, Unreadable> {
        if text == "auto" {
            return Ok(Self::Auto);
        }
        let count = text.parse::<NonZeroUsize>().ok();
        let count = count.filter(|count| count.get() <= limits::THREADS_MAX);
        count.map(Self::Fixed).ok_or(Unreadable)
    }
}

impl Base {
    /// It as a path, without a slash at its end.
    pub fn path(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Base {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.0.is_empty() { "/" } else { &self.0 })
    }
}

impl FromStr for Base {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Self, Unreadable> {
        let path = text.strip_suffix('/').unwrap_or(text);
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "/-_.~".contains(c);
        let is_path = text == "/"
            || path.starts_with('/') && path.chars().all(is_plain) && !text.contains("//");
        let has_dots = path.split('/').any(|part| part == "." || part == "..");
        let base = Self(path.to_owned());
        (is_path && !has_dots).then_some(base).ok_or(Unreadable)
    }
}

impl Origin {
    /// It as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl FromStr for Origin {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Self, Unreadable> {
        let origins = Origins::none().and(text);
        origins
            .map(|_| Self(text.to_owned()))
            .map_err(|_| Unreadable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is printed as a default can be put back into a file.
    #[test]
    fn words_of_the_configuration_are_read_as_they_are_written() {
        for text in ["127.0.0.1:80", "[::1]:0", "unix:/run/sockeye.sock"] {
            assert_eq!(text.parse::<Listen>().unwrap().to_string(), text);
        }
        for text in ["auto", "1", "1024"] {
            assert_eq!(text.parse::<Threads>().unwrap().to_string(), text);
        }
        for text in ["/", "/chat", "/a/b-c"] {
            assert_eq!(text.parse::<Base>().unwrap().to_string(), text);
        }
        for text in ["https://example.com", "http://[::1]:8080", "null"] {
            assert_eq!(text.parse::<Origin>().unwrap().to_string(), text);
        }
        assert_eq!("/chat/".parse::<Base>().unwrap().path(), "/chat");
        for wrong in ["", "chat", "//", "/a//b", "/../a", "/a b", "/a?b"] {
            assert!(wrong.parse::<Base>().is_err(), "{wrong}");
        }
        assert!("example.com".parse::<Origin>().is_err());
        assert!("unix:".parse::<Listen>().is_err() && "here".parse::<Listen>().is_err());
        assert!("0".parse::<Threads>().is_err() && "1025".parse::<Threads>().is_err());
    }
}
