//! Heads to start from, and reading them in every way in which a network may cut them.

use sockeye_proto::handshake::http1::{
    Head, HeadFault, HeadLimits, HeadRead, HeadReader, RequestHead, ResponseHead,
};
use sockeye_proto::handshake::server::{self, Refusal, UpgradeRequest};

/// The key of RFC 6455 section 1.3.
pub(crate) const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
/// The answer to [`KEY`].
pub(crate) const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/// The lines of a head, without line ends.
#[derive(Clone)]
pub(crate) struct Lines(Vec<String>);

impl Lines {
    /// A request that keeps every rule.
    pub(crate) fn request() -> Self {
        Self::of(&[
            "GET /chat HTTP/1.1",
            "Host: server.example.com",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version: 13",
        ])
    }

    /// A response that answers [`KEY`] by every rule.
    pub(crate) fn response() -> Self {
        Self::of(&[
            "HTTP/1.1 101 Switching Protocols",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
        ])
    }

    fn of(lines: &[&str]) -> Self {
        Self(lines.iter().copied().map(str::to_owned).collect())
    }

    /// The head with another start line.
    pub(crate) fn start(mut self, line: &str) -> Self {
        line.clone_into(&mut self.0[0]);
        self
    }

    /// The head with one more line.
    pub(crate) fn with(mut self, line: &str) -> Self {
        self.0.push(line.to_owned());
        self
    }

    /// The head without the lines named `name`.
    pub(crate) fn without(mut self, name: &str) -> Self {
        let prefix = format!("{name}:");
        self.0.retain(|line| !line.starts_with(&prefix));
        self
    }

    /// The head with `value` for the lines named `name`.
    pub(crate) fn set(self, name: &str, value: &str) -> Self {
        self.without(name).with(&format!("{name}: {value}"))
    }

    /// The head as bytes.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        (self.0.join("\r\n") + "\r\n\r\n").into_bytes()
    }
}

/// What a stream of head bytes came to: the head and how many bytes it took, if it is complete.
pub(crate) type Outcome<H> = Result<Option<(H, usize)>, HeadFault>;

/// Reads `chunks` one after the other.
pub(crate) fn read_chunks<'a, H: Head>(
    limits: HeadLimits,
    chunks: impl IntoIterator<Item = &'a [u8]>,
) -> Outcome<H> {
    let mut reader = HeadReader::new(limits);
    let mut before = 0;
    for chunk in chunks {
        match reader.read(chunk)? {
            HeadRead::Partial => before += chunk.len(),
            HeadRead::Complete { head, consumed } => return Ok(Some((head, before + consumed))),
        }
    }
    Ok(None)
}

/// Reads `bytes` whole, byte by byte, and split at every position; all must come to the same.
pub(crate) fn read<H>(bytes: &[u8]) -> Outcome<H>
where
    H: Head + core::fmt::Debug + PartialEq,
{
    let limits = HeadLimits::default();
    let whole = read_chunks(limits, [bytes]);
    assert_eq!(read_chunks(limits, bytes.chunks(1)), whole, "byte by byte");
    for position in 0..bytes.len() {
        let (front, back) = bytes.split_at(position);
        assert_eq!(
            read_chunks(limits, [front, back]),
            whole,
            "split at {position}"
        );
    }
    whole
}

/// Reads a request in every way, and checks it.
pub(crate) fn check(lines: &Lines) -> Result<Option<UpgradeRequest>, Refusal> {
    let (head, _) = read::<RequestHead>(&lines.bytes())?.expect("the head is complete");
    server::check(&head)
}

/// Checks a request read whole, for rules that do not depend on how it was cut.
pub(crate) fn check_whole(lines: &Lines) -> Result<Option<UpgradeRequest>, Refusal> {
    let head = read_chunks::<RequestHead>(HeadLimits::default(), [&lines.bytes()[..]])?;
    server::check(&head.expect("the head is complete").0)
}

/// Reads a response whole.
pub(crate) fn response_whole(lines: &Lines) -> ResponseHead {
    let head = read_chunks(HeadLimits::default(), [&lines.bytes()[..]]).expect("the head is valid");
    head.expect("the head is complete").0
}

/// Reads a response in every way.
pub(crate) fn response(lines: &Lines) -> ResponseHead {
    let outcome = read::<ResponseHead>(&lines.bytes()).expect("the head is valid");
    outcome.expect("the head is complete").0
}
