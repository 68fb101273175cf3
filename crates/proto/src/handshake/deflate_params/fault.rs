//! What can be wrong with the parameters that a peer sent.

use core::error::Error;
use core::fmt;

use super::window::OWN_WINDOW_BITS_MIN;

/// Why the parameters of permessage-deflate were refused.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum DeflateFault {
    /// A parameter that RFC 7692 does not define.
    UnknownParam {
        /// Its name, escaped and cut.
        name: String,
    },
    /// A parameter is there twice.
    RepeatedParam {
        /// Its name.
        name: &'static str,
    },
    /// A parameter has a value that it may not have, or lacks one.
    Value {
        /// The parameter's name.
        name: &'static str,
        /// Its value, escaped and cut.
        value: Option<String>,
        /// What the value has to be.
        rule: &'static str,
    },
    /// The response has something that no offer allows.
    NotOffered {
        /// The parameter's name.
        name: &'static str,
    },
    /// The response lacks what the offer demands, or exceeds it.
    NotHonoured {
        /// The parameter's name.
        name: &'static str,
    },
    /// The server demands an 8-bit window of us, which no compressor of ours can keep to.
    WindowTooSmall {
        /// The parameter's name.
        name: &'static str,
    },
    /// The response has the extension more than once.
    RepeatedExtension,
}

impl DeflateFault {
    /// A window parameter that needs a value and has none.
    pub(super) fn missing_value(name: &'static str) -> Self {
        Self::Value {
            name,
            value: None,
            rule: "have a value from 8 to 15",
        }
    }
}

impl fmt::Display for DeflateFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "permessage-deflate: ")?;
        match self {
            Self::UnknownParam { name } => write!(f, "unknown parameter \"{name}\""),
            Self::RepeatedParam { name } => write!(f, "{name} is there twice"),
            Self::Value {
                name,
                value: Some(value),
                rule,
            } => {
                write!(f, "{name} is \"{value}\", it must {rule}")
            }
            Self::Value {
                name,
                value: None,
                rule,
            } => write!(f, "{name} must {rule}"),
            Self::NotOffered { name } => write!(f, "{name} was not offered"),
            Self::NotHonoured { name } => write!(f, "the demanded {name} was not granted"),
            Self::WindowTooSmall { name } => {
                write!(
                    f,
                    "{name} is 8, our compressor needs at least {OWN_WINDOW_BITS_MIN}"
                )
            }
            Self::RepeatedExtension => f.write_str("agreed more than once"),
        }
    }
}

impl Error for DeflateFault {}
