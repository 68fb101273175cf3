//! What can be wrong with one header field of a peer or one argument of a caller.
//!
//! The error enums of [`server`](super::server) and [`client`](super::client) are built from these
//! two. Peers' bytes are quoted escaped and cut to [`EXCERPT_LEN_MAX`], so that a message can be
//! logged or put into a response without carrying control characters or a head's worth of text.

use core::error::Error;
use core::fmt;

use crate::limits::EXCERPT_LEN_MAX;

/// What is wrong with a header field that a peer sent.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum FieldFault {
    /// The handshake requires the field and the head has none.
    Missing,
    /// The field may be there only once.
    Repeated {
        /// How many times the head has it.
        count: usize,
    },
    /// The value breaks a rule.
    Invalid {
        /// The value, escaped and cut.
        value: String,
        /// What the value has to be.
        rule: &'static str,
    },
    /// The field lists more elements than we look at.
    TooMany {
        /// The most elements allowed.
        limit: usize,
    },
}

impl FieldFault {
    /// A value that breaks `rule`.
    pub(crate) fn invalid(value: &[u8], rule: &'static str) -> Self {
        Self::Invalid {
            value: excerpt(value),
            rule,
        }
    }
}

impl fmt::Display for FieldFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("is missing"),
            Self::Repeated { count } => write!(f, "is there {count} times, allowed is once"),
            Self::Invalid { value, rule } => write!(f, "is \"{value}\", it must {rule}"),
            Self::TooMany { limit } => write!(f, "lists more than {limit} elements"),
        }
    }
}

impl Error for FieldFault {}

/// Which argument of a call a [`Misuse`] is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Field {
    /// The name of a cookie.
    CookieName,
    /// The value of a cookie.
    CookieValue,
    /// The name of an additional header.
    HeaderName,
    /// The value of an additional header.
    HeaderValue,
    /// The `Host` of a request.
    Host,
    /// The `Origin` of a request.
    Origin,
    /// The reason phrase of a response.
    ReasonPhrase,
    /// The resource name (path and query) of a request.
    ResourceName,
    /// The status code of a response.
    Status,
    /// A subprotocol offered or chosen.
    Subprotocol,
    /// A window size of permessage-deflate.
    WindowBits,
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CookieName => "cookie name",
            Self::CookieValue => "cookie value",
            Self::HeaderName => "header name",
            Self::HeaderValue => "header value",
            Self::Host => "host",
            Self::Origin => "origin",
            Self::ReasonPhrase => "reason phrase",
            Self::ResourceName => "resource name",
            Self::Status => "status",
            Self::Subprotocol => "subprotocol",
            Self::WindowBits => "window bits",
        })
    }
}

/// A caller's argument that cannot go onto the wire; nothing was sent.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Misuse {
    /// Which argument.
    pub field: Field,
    /// Its value, escaped and cut.
    pub value: String,
    /// What the value has to be.
    pub rule: &'static str,
}

impl Misuse {
    /// An argument `field` whose `value` breaks `rule`.
    pub(crate) fn new(field: Field, value: impl AsRef<[u8]>, rule: &'static str) -> Self {
        Self {
            field,
            value: excerpt(value.as_ref()),
            rule,
        }
    }
}

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} \"{}\" must {}", self.field, self.value, self.rule)
    }
}

impl Error for Misuse {}

/// The beginning of `bytes` as printable ASCII, at most [`EXCERPT_LEN_MAX`] bytes of it.
pub(crate) fn excerpt(bytes: &[u8]) -> String {
    match bytes.get(..EXCERPT_LEN_MAX) {
        Some(start) if bytes.len() > EXCERPT_LEN_MAX => format!("{}...", start.escape_ascii()),
        _ => bytes.escape_ascii().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn excerpt_of_control_bytes_is_printable() {
        assert_eq!(excerpt(b"a\r\n\0\xff"), "a\\r\\n\\x00\\xff");
    }

    #[test]
    fn excerpt_of_long_value_is_cut() {
        assert_eq!(excerpt(&[b'x'; 64]), "x".repeat(64));
        assert_eq!(excerpt(&[b'x'; 65]), "x".repeat(64) + "...");
    }

    #[test]
    fn misuse_names_field_value_and_rule() {
        let misuse = Misuse::new(Field::Origin, "a b", "be a serialized origin");
        assert_eq!(
            misuse.to_string(),
            "origin \"a b\" must be a serialized origin"
        );
    }

    #[test]
    fn each_field_has_its_own_name() {
        let fields = [
            Field::CookieName,
            Field::CookieValue,
            Field::HeaderName,
            Field::HeaderValue,
            Field::Host,
            Field::Origin,
            Field::ReasonPhrase,
            Field::ResourceName,
            Field::Status,
            Field::Subprotocol,
            Field::WindowBits,
        ];
        let mut names: Vec<String> = fields.iter().map(ToString::to_string).collect();
        names.dedup();
        assert_eq!(names.len(), fields.len());
    }
}
