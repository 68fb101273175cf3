//! Why somebody may not speak. Owns the status and the words of each reason, which quote nothing.

use std::fmt;

use hyper::StatusCode;

use crate::bearer::Unclear;
use crate::limits::{PERMISSIONS_MAX, TOKEN_LEN_MAX, USER_LEN_MAX};

/// Why a request is refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Denied {
    /// There is no token, and one is required.
    Missing,
    /// There are two cookies of its name, or two headers.
    Ambiguous,
    /// It is no signed token.
    Malformed,
    /// It is longer than `limits::TOKEN_LEN_MAX`.
    TooLong,
    /// Its algorithm is none that a key of ours has; `none` is one of these.
    Algorithm,
    /// It names a key that we do not have.
    Key,
    /// Somebody else signed it, or something else.
    Signature,
    /// Its header demands what we do not know (RFC 7515 §4.1.11).
    Critical,
    /// It has no such claim, or one of another type.
    Claim(&'static str),
    /// This claim is longer than `limits::USER_LEN_MAX`.
    ClaimLen(&'static str),
    /// It has more than `limits::PERMISSIONS_MAX`.
    Permissions,
    Expired,
    NotYet,
    Audience,
    Issuer,
    /// The token is good, and does not permit the room.
    Forbidden,
}

impl Denied {
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::Forbidden => StatusCode::FORBIDDEN,
            _ => StatusCode::UNAUTHORIZED,
        }
    }

    /// The value of `WWW-Authenticate` (RFC 6750 §3).
    pub(crate) fn challenge(self) -> String {
        match self {
            Self::Missing => "Bearer".to_owned(),
            Self::Forbidden => "Bearer error=\"insufficient_scope\"".to_owned(),
            _ => format!("Bearer error=\"invalid_token\", error_description=\"{self}\""),
        }
    }
}

impl From<Unclear> for Denied {
    fn from(unclear: Unclear) -> Self {
        match unclear {
            Unclear::Ambiguous => Self::Ambiguous,
            Unclear::Malformed => Self::Malformed,
        }
    }
}

impl fmt::Display for Denied {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Missing => "a token is required",
            Self::Ambiguous => "there are two places with a token",
            Self::Malformed => "the token is no signed token",
            Self::TooLong => {
                return write!(formatter, "the token is longer than {TOKEN_LEN_MAX} bytes");
            }
            Self::Algorithm => "the token has an algorithm that is not allowed",
            Self::Key => "the token names an unknown key",
            Self::Signature => "the signature of the token is wrong",
            Self::Critical => "the token demands an unknown extension",
            Self::ClaimLen(name) => {
                return write!(
                    formatter,
                    "the claim {name} of the token is longer than {USER_LEN_MAX} bytes"
                );
            }
            Self::Permissions => {
                return write!(
                    formatter,
                    "the token has more than {PERMISSIONS_MAX} permissions"
                );
            }
            Self::Claim(name) => {
                return write!(
                    formatter,
                    "the claim {name} of the token is missing or wrong"
                );
            }
            Self::Expired => "the token is expired",
            Self::NotYet => "the token is not valid yet",
            Self::Audience => "the token is for somebody else",
            Self::Issuer => "the token is of somebody else",
            Self::Forbidden => "the token does not permit this room",
        })
    }
}
