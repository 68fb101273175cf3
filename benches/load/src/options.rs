//! The command line: what is sent, to whom, for how long.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use crate::deflate::Takeover;
use bench_wire::payload::Content;

/// What a run does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// One connection, growing messages: what a byte costs.
    Big,
    /// Keeps messages in flight and measures: what a message costs.
    Echo,
    /// Opens connections and closes them at once: what a handshake costs.
    Handshakes,
    /// Opens connections and leaves them alone: what a connection costs.
    Idle,
}

/// How payloads are wrapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// permessage-deflate.
    Deflate(Takeover),
    /// Frames.
    Plain,
    /// Not at all: the payload's bytes go over the bare connection.
    Raw,
}

/// What the command line asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) mode: Mode,
    /// Connections take turns over them. Invariant: not empty.
    pub(crate) addresses: Vec<SocketAddr>,
    /// The servers' processes, whose CPU time and memory are read. Invariant: not empty.
    pub(crate) pids: Vec<u32>,
    /// TLS is spoken, and trusts the certificate in this file.
    pub(crate) ca: Option<PathBuf>,
    pub(crate) framing: Framing,
    pub(crate) content: Content,
    pub(crate) connections: usize,
    pub(crate) depth: usize,
    /// Invariant: not empty, and no size is 0. Modes with one size use the first.
    pub(crate) sizes: Vec<usize>,
    pub(crate) fragments: usize,
    pub(crate) warm_up: Duration,
    pub(crate) measure: Duration,
}

impl Options {
    /// Reads the words after the program's name.
    ///
    /// # Errors
    ///
    /// A sentence that names the word and what is wrong with it.
    pub(crate) fn parse(words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut words = words;
        let mode = parse_mode(&words.next().unwrap_or_default())?;
        let mut options = Self::defaults(mode);
        while let Some(flag) = words.next() {
            let value = words
                .next()
                .ok_or_else(|| format!("{flag} needs a value"))?;
            match flag.as_str() {
                "--address" => options.addresses = numbers(&flag, &value)?,
                "--pid" => options.pids = numbers(&flag, &value)?,
                _ => options.set(&flag, &value)?,
            }
        }
        options.check()?;
        Ok(options)
    }

    fn defaults(mode: Mode) -> Self {
        Self {
            mode,
            addresses: Vec::new(),
            pids: Vec::new(),
            ca: None,
            framing: Framing::Plain,
            content: Content::Binary,
            connections: 1,
            depth: 1,
            sizes: vec![64],
            fragments: 1,
            warm_up: Duration::from_millis(300),
            measure: Duration::from_secs(1),
        }
    }

    fn set(&mut self, flag: &str, value: &str) -> Result<(), String> {
        let unknown = || format!("{flag} cannot be `{value}`");
        match flag {
            "--ca" => self.ca = Some(value.into()),
            "--connections" => self.connections = number(flag, value)?,
            "--content" => self.content = Content::parse(value).ok_or_else(unknown)?,
            "--depth" => self.depth = number(flag, value)?,
            "--fragments" => self.fragments = number(flag, value)?,
            "--framing" => self.framing = parse_framing(value).ok_or_else(unknown)?,
            "--measure-ms" => self.measure = Duration::from_millis(number(flag, value)?),
            "--size" => self.sizes = numbers(flag, value)?,
            "--warm-up-ms" => self.warm_up = Duration::from_millis(number(flag, value)?),
            _ => return Err(format!("unknown flag `{flag}`")),
        }
        Ok(())
    }

    fn check(&self) -> Result<(), String> {
        if self.addresses.is_empty() {
            return Err("--address is missing".to_owned());
        }
        if self.pids.is_empty() {
            return Err("--pid is missing".to_owned());
        }
        let counts = [self.connections, self.depth, self.fragments];
        if counts.iter().chain(&self.sizes).any(|&count| count == 0) {
            return Err("connections, depth, fragments and sizes are at least 1".to_owned());
        }
        if self.sizes.iter().any(|&size| size < self.fragments) {
            return Err(format!("{} fragments need as many bytes", self.fragments));
        }
        if self.fragments > 1 && matches!(self.framing, Framing::Deflate(_)) {
            return Err("compressed messages go out in one frame here".to_owned());
        }
        if self.mode == Mode::Big && self.ca.is_some() {
            return Err("big messages are measured without TLS only".to_owned());
        }
        // Its second script would not fit the inflaters that went on after the first.
        if self.mode == Mode::Idle && self.framing == Framing::Deflate(Takeover::Used) {
            return Err("idle connections are measured without takeover only".to_owned());
        }
        Ok(())
    }
}

fn parse_mode(word: &str) -> Result<Mode, String> {
    match word {
        "big" => Ok(Mode::Big),
        "echo" => Ok(Mode::Echo),
        "handshakes" => Ok(Mode::Handshakes),
        "idle" => Ok(Mode::Idle),
        _ => Err(format!(
            "the mode is big, echo, handshakes or idle, not `{word}`"
        )),
    }
}

fn parse_framing(word: &str) -> Option<Framing> {
    match word {
        "no-takeover" => Some(Framing::Deflate(Takeover::Forbidden)),
        "plain" => Some(Framing::Plain),
        "raw" => Some(Framing::Raw),
        "takeover" => Some(Framing::Deflate(Takeover::Used)),
        _ => None,
    }
}

/// Numbers, or whatever is written like them, between commas.
fn numbers<T: FromStr>(flag: &str, value: &str) -> Result<Vec<T>, String> {
    value.split(',').map(|part| number(flag, part)).collect()
}

fn number<T: FromStr>(flag: &str, value: &str) -> Result<T, String> {
    value
        .parse()
        .map_err(|_| format!("{flag} cannot be `{value}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options, String> {
        Options::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn a_line_is_read() {
        let options = parse(
            "echo --address 127.0.0.1:9,127.0.0.1:8 --pid 7,6 --framing takeover --size 64,16384 \
             --depth 16 --ca cert.pem",
        )
        .unwrap();
        assert_eq!(options.addresses.len(), 2);
        assert_eq!(options.framing, Framing::Deflate(Takeover::Used));
        assert_eq!(options.ca, Some(PathBuf::from("cert.pem")));
        assert_eq!(options.sizes, [64, 16_384]);
        assert_eq!((options.pids.as_slice(), options.depth), (&[7, 6][..], 16));
    }

    #[test]
    fn bad_words_are_named() {
        for (line, part) in [
            ("", "not ``"),
            ("echo --pid 7", "--address is missing"),
            ("echo --address 127.0.0.1:9", "--pid is missing"),
            ("echo --depth many", "`many`"),
            ("echo --colour red", "`--colour`"),
            ("echo --address 127.0.0.1:9 --pid 7 --size 0", "at least 1"),
            (
                "echo --address 127.0.0.1:9 --pid 7 --size 2 --fragments 4",
                "as many",
            ),
            (
                "big --address 127.0.0.1:9 --pid 7 --ca cert.pem",
                "without TLS",
            ),
            (
                "idle --address 127.0.0.1:9 --pid 7 --framing takeover",
                "without takeover",
            ),
        ] {
            let error = parse(line).unwrap_err();
            assert!(error.contains(part), "{line}: {error}");
        }
    }
}
