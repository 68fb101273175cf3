//! The words of a configuration: values that are one word in a file and one type in the program.
//! Owns how each is written, the same way in and out.

use std::fmt;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::str::FromStr;

use sockeye::{CloseCode, Origins};

use crate::limits;

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

/// How much an event matters.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum LogLevel {
    /// A defect.
    Error,
    /// Something that somebody should look at.
    Warn,
    /// Each end of a connection, and the steps of the server itself.
    #[default]
    Info,
    /// What else may help to understand.
    Debug,
    /// Everything.
    Trace,
}

/// For whom a log is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum LogFormat {
    /// A line of text for each event.
    #[default]
    Text,
    /// A JSON object for each event, in a line of its own.
    Json,
}

/// The code of the closes of a server that ends.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Farewell {
    /// 1001: what every client knows.
    #[default]
    GoingAway,
    /// 1012: the service restarts, so come back.
    ServiceRestart,
}

/// What stands before all addresses of the server, such as `/chat`; nothing by default.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Base(String);

/// The origin of a page (RFC 6454), such as `https://example.com`, or `null`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Origin(String);

/// What becomes of clients that read slower than their room talks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum SlowReaders {
    /// They are closed, with a code that says to come back.
    Close,
    /// They miss all but the newest message.
    Skip,
}

/// Where a proxy writes whom it speaks for.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum ForwardedBy {
    /// `X-Forwarded-For`, which every proxy knows.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

impl Threads {
    /// How many that are on this machine.
    pub fn count(self) -> NonZeroUsize {
        match self {
            Self::Auto => std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
            Self::Fixed(count) => count,
        }
    }
}

impl Farewell {
    /// The code.
    pub fn code(self) -> CloseCode {
        match self {
            Self::GoingAway => CloseCode::GOING_AWAY,
            Self::ServiceRestart => CloseCode::SERVICE_RESTART,
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

impl fmt::Display for Farewell {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.code().number().fmt(formatter)
    }
}

impl FromStr for Farewell {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Self, Unreadable> {
        match text {
            "1001" => Ok(Self::GoingAway),
            "1012" => Ok(Self::ServiceRestart),
            _ => Err(Unreadable),
        }
    }
}

impl LogLevel {
    const WORDS: [(&'static str, Self); 5] = [
        ("error", Self::Error),
        ("warn", Self::Warn),
        ("info", Self::Info),
        ("debug", Self::Debug),
        ("trace", Self::Trace),
    ];
}

impl LogFormat {
    const WORDS: [(&'static str, Self); 2] = [("text", Self::Text), ("json", Self::Json)];
}

impl fmt::Display for LogLevel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(word_of(&Self::WORDS, self))
    }
}

impl FromStr for LogLevel {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Self, Unreadable> {
        by_word(&Self::WORDS, text)
    }
}

impl fmt::Display for LogFormat {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(word_of(&Self::WORDS, self))
    }
}

impl FromStr for LogFormat {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Self, Unreadable> {
        by_word(&Self::WORDS, text)
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

impl SlowReaders {
    const WORDS: [(&'static str, Self); 2] = [("close", Self::Close), ("skip", Self::Skip)];
}

impl fmt::Display for SlowReaders {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(word_of(&Self::WORDS, self))
    }
}

impl FromStr for SlowReaders {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Self, Unreadable> {
        by_word(&Self::WORDS, text)
    }
}

impl ForwardedBy {
    const WORDS: [(&'static str, Self); 2] = [
        ("x-forwarded-for", Self::XForwardedFor),
        ("forwarded", Self::Forwarded),
    ];

    /// The name of the header, in small letters.
    pub fn name(self) -> &'static str {
        word_of(&Self::WORDS, &self)
    }
}

impl fmt::Display for ForwardedBy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for ForwardedBy {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Self, Unreadable> {
        by_word(&Self::WORDS, text)
    }
}

fn word_of<T: PartialEq>(words: &[(&'static str, T)], value: &T) -> &'static str {
    let word = words.iter().find(|(_, other)| other == value);
    word.map_or("", |(word, _)| word)
}

fn by_word<T: Copy>(words: &[(&'static str, T)], text: &str) -> Result<T, Unreadable> {
    let word = words.iter().find(|(word, _)| *word == text);
    word.map(|(_, value)| *value).ok_or(Unreadable)
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
        for text in ["1001", "1012"] {
            assert_eq!(text.parse::<Farewell>().unwrap().to_string(), text);
        }
        for text in ["error", "warn", "info", "debug", "trace"] {
            assert_eq!(text.parse::<LogLevel>().unwrap().to_string(), text);
        }
        for text in ["text", "json"] {
            assert_eq!(text.parse::<LogFormat>().unwrap().to_string(), text);
        }
        for text in ["/", "/chat", "/a/b-c"] {
            assert_eq!(text.parse::<Base>().unwrap().to_string(), text);
        }
        for text in ["forwarded", "x-forwarded-for"] {
            assert_eq!(text.parse::<ForwardedBy>().unwrap().to_string(), text);
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
        assert!("1000".parse::<Farewell>().is_err());
    }
}
