//! The command line: which server, where, with which compression.

use std::net::SocketAddr;

/// The servers of this binary, as the command line names them.
pub(crate) const SERVERS: [&str; 8] = [
    "fastwebsockets",
    "raw-epoll",
    "raw-tokio",
    "sockudo-ws",
    "tokio-tungstenite",
    "tokio-websockets",
    "web-socket",
    "yawc",
];

/// The servers that can compress.
const DEFLATING: [&str; 2] = ["sockudo-ws", "yawc"];

/// Larger than any message of a scenario: no peer shall refuse what another one carries.
pub(crate) const MESSAGE_LEN_MAX: usize = 4 << 30;

/// permessage-deflate as a server is told to use it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Deflate {
    /// Whether a message may refer to earlier ones, in both directions.
    pub(crate) takeover: bool,
    /// The level of zlib's scale, 1 to 9.
    pub(crate) level: u32,
}

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) server: String,
    pub(crate) listen: SocketAddr,
    pub(crate) deflate: Option<Deflate>,
}

impl Options {
    /// Reads the words after the program's name.
    ///
    /// # Errors
    ///
    /// A sentence that names the word and what it may be.
    pub(crate) fn parse(words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut words = words;
        let server = words
            .next()
            .ok_or_else(|| format!("name a server: {}", SERVERS.join(", ")))?;
        let mut listen = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut takeover = None;
        let mut level = 6;
        while let Some(flag) = words.next() {
            let value = words
                .next()
                .ok_or_else(|| format!("{flag} needs a value"))?;
            let bad = || format!("{flag} cannot be `{value}`");
            match flag.as_str() {
                "--listen" => listen = value.parse().map_err(|_| bad())?,
                "--deflate" => takeover = Some(parse_takeover(&value).ok_or_else(bad)?),
                "--level" => level = value.parse().map_err(|_| bad())?,
                _ => return Err(format!("unknown flag `{flag}`")),
            }
        }
        if takeover.is_some() && !DEFLATING.contains(&server.as_str()) {
            return Err(format!("{server} has no permessage-deflate here"));
        }
        let deflate = takeover.map(|takeover| Deflate { takeover, level });
        Ok(Self {
            server,
            listen,
            deflate,
        })
    }
}

fn parse_takeover(value: &str) -> Option<bool> {
    match value {
        "takeover" => Some(true),
        "no-takeover" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options, String> {
        Options::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn a_name_alone_listens_on_a_free_port_without_compression() {
        let options = parse("yawc").unwrap();
        assert_eq!(options.listen.to_string(), "127.0.0.1:0");
        assert_eq!(options.deflate, None);
    }

    #[test]
    fn deflate_is_read_with_its_level() {
        let options = parse("sockudo-ws --deflate no-takeover --level 1").unwrap();
        assert_eq!(
            options.deflate,
            Some(Deflate {
                takeover: false,
                level: 1
            })
        );
    }

    #[test]
    fn bad_words_are_named() {
        assert!(parse("yawc --level six").unwrap_err().contains("`six`"));
        assert!(parse("raw-tokio --deflate takeover").is_err());
        assert!(
            parse("yawc --listen")
                .unwrap_err()
                .contains("needs a value")
        );
    }
}
