//! What the server can be told, as plain data. Owns the defaults, which come from `limits`; where a
//! value may come from, its range and its words are in `settings`.

use std::fmt;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use sockeye::{CloseCode, ServerTls};

use crate::limits;

/// What a server can be told.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// Where to listen, at one place or several. Default `127.0.0.1:8080`; port 0 takes any that is
    /// free.
    pub listen: Vec<Listen>,
    /// Worker threads. Default: one for each core that this process may use.
    pub threads: Threads,
    /// The certificate chain (PEM) of a server that speaks TLS. Default: none.
    pub cert: Option<PathBuf>,
    /// The private key (PEM) of that certificate.
    pub key: Option<PathBuf>,
    /// What makes it speak TLS on its TCP sockets. Default: plain.
    pub tls: Option<ServerTls>,
    /// Bounds on connections and on HTTP.
    pub limits: Limits,
    /// What WebSockets are like.
    pub websocket: WebSockets,
    /// How it ends.
    pub drain: Drain,
    /// What the log has. The server only says it: whoever runs it writes.
    pub log: Log,
}

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

/// Bounds on connections and on HTTP.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// Default [`limits::CONNECTIONS_MAX`].
    pub connections_max: u32,
    /// Default [`limits::HEAD_LEN_MAX`].
    pub head_len_max: usize,
    /// Default [`limits::HEAD_TIMEOUT`].
    pub head_timeout: Duration,
    /// Default [`limits::HTTP_TIMEOUT`].
    pub http_timeout: Duration,
    /// Default [`sockeye::limits::OPEN_TIMEOUT`].
    pub tls_timeout: Duration,
}

/// What WebSockets are like.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct WebSockets {
    /// Default [`limits::MESSAGE_LEN_MAX`].
    pub message_len_max: usize,
    /// Default [`sockeye::limits::QUEUE_LEN_HIGH`].
    pub queue_len_max: usize,
    /// Default [`limits::PING_INTERVAL`].
    pub ping_interval: Duration,
    /// Default [`limits::PONG_TIMEOUT`].
    pub pong_timeout: Duration,
    /// Default [`limits::CLOSE_TIMEOUT`].
    pub close_timeout: Duration,
    /// Whether permessage-deflate is agreed to, always without context takeover. Default: yes.
    pub compress: bool,
    /// Default [`limits::COMPRESS_LEN_MIN`].
    pub compress_len_min: usize,
}

/// How the server ends when it is told to.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Drain {
    /// Default [`limits::DRAIN_DELAY`].
    pub delay: Duration,
    /// Default [`limits::DRAIN_SPREAD`].
    pub spread: Duration,
    /// Default [`limits::DRAIN_TIMEOUT`].
    pub timeout: Duration,
    /// What WebSockets are closed with. Default: 1001.
    pub close_code: Farewell,
}

/// What the log has, and how it looks.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Log {
    /// The least that is written. Default: info.
    pub level: LogLevel,
    /// For whom. Default: people.
    pub format: LogFormat,
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

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: vec![Listen::Tcp(SocketAddr::from(([127, 0, 0, 1], 8080)))],
            threads: Threads::Auto,
            cert: None,
            key: None,
            tls: None,
            limits: Limits::default(),
            websocket: WebSockets::default(),
            drain: Drain::default(),
            log: Log::default(),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections_max: limits::CONNECTIONS_MAX,
            head_len_max: limits::HEAD_LEN_MAX,
            head_timeout: limits::HEAD_TIMEOUT,
            http_timeout: limits::HTTP_TIMEOUT,
            tls_timeout: sockeye::limits::OPEN_TIMEOUT,
        }
    }
}

impl Default for WebSockets {
    fn default() -> Self {
        Self {
            message_len_max: limits::MESSAGE_LEN_MAX,
            queue_len_max: sockeye::limits::QUEUE_LEN_HIGH,
            ping_interval: limits::PING_INTERVAL,
            pong_timeout: limits::PONG_TIMEOUT,
            close_timeout: limits::CLOSE_TIMEOUT,
            compress: true,
            compress_len_min: limits::COMPRESS_LEN_MIN,
        }
    }
}

impl Default for Drain {
    fn default() -> Self {
        Self {
            delay: limits::DRAIN_DELAY,
            spread: limits::DRAIN_SPREAD,
            timeout: limits::DRAIN_TIMEOUT,
            close_code: Farewell::GoingAway,
        }
    }
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

/// What a word of the configuration is not.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Unreadable;

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
        assert!("unix:".parse::<Listen>().is_err() && "here".parse::<Listen>().is_err());
        assert!("0".parse::<Threads>().is_err() && "1025".parse::<Threads>().is_err());
        assert!("1000".parse::<Farewell>().is_err());
    }
}
