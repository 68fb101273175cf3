//! The command line: which server, where, with which compression, in TLS or not.

use std::net::SocketAddr;
use std::path::PathBuf;

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

/// The servers that speak TLS here.
const ENCRYPTING: [&str; 4] = ["raw-tokio", "sockudo-ws", "tokio-tungstenite", "yawc"];

/// The servers that can make the opening handshake as their crate does it.
const OPENING: [&str; 3] = ["sockudo-ws", "tokio-tungstenite", "yawc"];

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

/// Who answers the opening handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opening {
    /// The crate's own code.
    Own,
    /// What all servers here share.
    Shared,
}

/// The files of a certificate, in PEM.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) chain: PathBuf,
    pub(crate) key: PathBuf,
}

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) server: String,
    pub(crate) listen: SocketAddr,
    pub(crate) deflate: Option<Deflate>,
    pub(crate) opening: Opening,
    /// TLS is spoken with it.
    pub(crate) identity: Option<Identity>,
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
        let mut options = Self {
            server,
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            deflate: None,
            opening: Opening::Shared,
            identity: None,
        };
        while let Some(flag) = words.next() {
            let value = words
                .next()
                .ok_or_else(|| format!("{flag} needs a value"))?;
            options.set(&flag, &value)?;
        }
        options.check()?;
        Ok(options)
    }

    fn set(&mut self, flag: &str, value: &str) -> Result<(), String> {
        let bad = || format!("{flag} cannot be `{value}`");
        match flag {
            "--listen" => self.listen = value.parse().map_err(|_| bad())?,
            "--deflate" => self.deflate_mut().takeover = parse_takeover(value).ok_or_else(bad)?,
            "--level" => self.deflate_mut().level = value.parse().map_err(|_| bad())?,
            "--opening" => self.opening = parse_opening(value).ok_or_else(bad)?,
            "--cert" => self.identity.get_or_insert_default().chain = value.into(),
            "--key" => self.identity.get_or_insert_default().key = value.into(),
            _ => return Err(format!("unknown flag `{flag}`")),
        }
        Ok(())
    }

    fn deflate_mut(&mut self) -> &mut Deflate {
        self.deflate.get_or_insert(Deflate {
            takeover: false,
            level: 6,
        })
    }

    fn check(&self) -> Result<(), String> {
        let server = self.server.as_str();
        if self.deflate.is_some() && !DEFLATING.contains(&server) {
            return Err(format!("{server} has no permessage-deflate here"));
        }
        if self.opening == Opening::Own && !OPENING.contains(&server) {
            return Err(format!("{server} has no opening handshake of its own here"));
        }
        if self.deflate.is_some() && (self.opening == Opening::Own || self.identity.is_some()) {
            return Err("permessage-deflate is for the shared opening handshake on TCP".to_owned());
        }
        let Some(Identity { chain, key }) = &self.identity else {
            return Ok(());
        };
        if !ENCRYPTING.contains(&server) {
            return Err(format!("{server} speaks no TLS here"));
        }
        if chain.as_os_str().is_empty() || key.as_os_str().is_empty() {
            return Err("--cert and --key go together".to_owned());
        }
        Ok(())
    }
}

fn parse_opening(value: &str) -> Option<Opening> {
    match value {
        "own" => Some(Opening::Own),
        "shared" => Some(Opening::Shared),
        _ => None,
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
    fn tls_is_read_with_its_files_and_the_opening_with_whose_it_is() {
        let options = parse("yawc --key k --cert c --opening own").unwrap();
        assert_eq!(options.opening, Opening::Own);
        let identity = options.identity.unwrap();
        assert_eq!(identity.chain.to_str(), Some("c"));
        assert_eq!(identity.key.to_str(), Some("k"));
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
        assert!(parse("yawc --colour red").unwrap_err().contains("--colour"));
        assert!(parse("yawc --opening no").unwrap_err().contains("`no`"));
        assert!(parse("raw-epoll --cert c --key k").is_err());
        assert!(
            parse("raw-tokio --cert c")
                .unwrap_err()
                .contains("together")
        );
        assert!(parse("web-socket --opening own").is_err());
    }
}
