//! Request and response heads: the owned types and their decoding from complete text.
//!
//! The syntax itself is httparse's, in its strict default configuration; this file maps its results
//! to owned types and its errors to faults that quote the offending line.

use core::fmt;
use core::ops::Range;

use super::fault::HeadFault;
use super::headers::Headers;
use crate::handshake::fault::excerpt;

/// A version of HTTP; ordered, so that "1.1 or later" is a comparison.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct HttpVersion {
    /// The part before the dot.
    pub major: u8,
    /// The part after the dot.
    pub minor: u8,
}

impl HttpVersion {
    /// HTTP/1.0
    pub const HTTP_10: Self = Self { major: 1, minor: 0 };
    /// HTTP/1.1
    pub const HTTP_11: Self = Self { major: 1, minor: 1 };

    /// httparse knows the minor version only, as it refuses every major version but 1.
    fn from_minor(minor: Option<u8>) -> Self {
        Self {
            major: 1,
            minor: minor.unwrap_or_default(),
        }
    }
}

impl fmt::Display for HttpVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HTTP/{}.{}", self.major, self.minor)
    }
}

/// A head that a [`HeadReader`](super::HeadReader) can yield. Sealed: there are two kinds.
pub trait Head: sealed::Head {}

pub(super) mod sealed {
    use super::HeadFault;

    pub trait Head: Sized {
        /// How each one begins, whatever it says.
        const START: &'static [u8];

        /// Decodes a complete head with `lines` header lines, blank line included.
        fn decode(text: Vec<u8>, lines: usize) -> Result<Self, HeadFault>;

        /// Whether another head follows this one before the answer proper.
        fn is_interim(&self) -> bool;
    }
}

/// The head of a request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RequestHead {
    method: Box<str>,
    target: Box<str>,
    version: HttpVersion,
    headers: Headers,
}

impl RequestHead {
    /// The method, exactly as received: methods are case-sensitive.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The request target as received: `/path?query`, an absolute URL, `host:port` or `*`.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The version of the request line: 1.0 or 1.1.
    pub fn version(&self) -> HttpVersion {
        self.version
    }

    /// The header fields.
    pub fn headers(&self) -> &Headers {
        &self.headers
    }

    /// The whole head as received, to its blank line.
    pub fn as_bytes(&self) -> &[u8] {
        self.headers.text()
    }
}

/// The head of a response.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ResponseHead {
    version: HttpVersion,
    status: u16,
    reason: Box<str>,
    headers: Headers,
}

impl ResponseHead {
    /// The version of the status line: 1.0 or 1.1.
    pub fn version(&self) -> HttpVersion {
        self.version
    }

    /// The status code, 100 to 999.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The reason phrase; empty if the server sent none or one that is not ASCII.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// The header fields.
    pub fn headers(&self) -> &Headers {
        &self.headers
    }
}

impl Head for RequestHead {}

impl sealed::Head for RequestHead {
    const START: &'static [u8] = b"";

    fn decode(text: Vec<u8>, lines: usize) -> Result<Self, HeadFault> {
        let mut fields = vec![httparse::EMPTY_HEADER; lines];
        let mut request = httparse::Request::new(&mut fields);
        match request.parse(&text) {
            Ok(httparse::Status::Complete(_)) => {}
            Ok(httparse::Status::Partial) => return Err(start_line_fault(&text)),
            Err(error) => return Err(fault(error, &text)),
        }
        let method = request.method.unwrap_or_default().into();
        let target = request.path.unwrap_or_default().into();
        let version = HttpVersion::from_minor(request.version);
        let ranges = field_ranges(&text, request.headers);
        Ok(Self {
            method,
            target,
            version,
            headers: Headers::new(text, ranges),
        })
    }

    fn is_interim(&self) -> bool {
        false
    }
}

impl Head for ResponseHead {}

impl sealed::Head for ResponseHead {
    const START: &'static [u8] = b"HTTP/";

    fn decode(text: Vec<u8>, lines: usize) -> Result<Self, HeadFault> {
        let mut fields = vec![httparse::EMPTY_HEADER; lines];
        let mut response = httparse::Response::new(&mut fields);
        match response.parse(&text) {
            Ok(httparse::Status::Complete(_)) => {}
            Ok(httparse::Status::Partial) => return Err(start_line_fault(&text)),
            Err(error) => return Err(fault(error, &text)),
        }
        let version = HttpVersion::from_minor(response.version);
        let status = response.code.unwrap_or_default();
        let reason = response.reason.unwrap_or_default().into();
        let ranges = field_ranges(&text, response.headers);
        Ok(Self {
            version,
            status,
            reason,
            headers: Headers::new(text, ranges),
        })
    }

    /// 100 Continue, 103 Early Hints and their like come before the response proper; 101 is one.
    fn is_interim(&self) -> bool {
        self.status < 200 && self.status != 101
    }
}

/// Where in `text` the names and values of `fields` are.
fn field_ranges(text: &[u8], fields: &[httparse::Header<'_>]) -> Vec<(Range<usize>, Range<usize>)> {
    let range = |part: &[u8]| {
        let start = part.as_ptr().addr().saturating_sub(text.as_ptr().addr());
        start..start.saturating_add(part.len())
    };
    fields
        .iter()
        .map(|field| (range(field.name.as_bytes()), range(field.value)))
        .collect()
}

/// Our name for httparse's `error`, with the line it is about.
fn fault(error: httparse::Error, text: &[u8]) -> HeadFault {
    match error {
        httparse::Error::Version => HeadFault::Version {
            line: excerpt(start_line(text)),
        },
        httparse::Error::HeaderName | httparse::Error::HeaderValue => HeadFault::HeaderLine {
            line: excerpt(first_bad_header(text)),
        },
        _ => start_line_fault(text),
    }
}

fn start_line_fault(text: &[u8]) -> HeadFault {
    HeadFault::StartLine {
        line: excerpt(start_line(text)),
    }
}

/// The lines of a head without their CRLF; leading empty lines left out.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split_inclusive(|&byte| byte == b'\n')
        .skip_while(|line| *line == b"\r\n")
}

fn start_line(text: &[u8]) -> &[u8] {
    lines(text).next().unwrap_or_default().trim_ascii_end()
}

/// The first header line that does not parse on its own: httparse does not say which it was.
fn first_bad_header(text: &[u8]) -> &[u8] {
    let is_bad = |line: &&[u8]| {
        let mut field = [httparse::EMPTY_HEADER];
        httparse::parse_headers(line, &mut field).is_err()
    };
    lines(text)
        .skip(1)
        .find(is_bad)
        .unwrap_or_default()
        .trim_ascii_end()
}
