//! What the object's methods throw: DOM exceptions, by the names and numbers of the Web IDL
//! standard (section 2.8.1). Owns the names that this object uses. Knows no other error.

use std::error::Error;
use std::fmt;

/// A `DOMException`: a name that code looks at, and a text for people.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DomException {
    name: ExceptionName,
    message: String,
}

/// The names that this object throws.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ExceptionName {
    /// A close code that only the protocol itself may use.
    InvalidAccess,
    /// Sending before the connection is open.
    InvalidState,
    /// A connection that the page may not open, where
    /// [`Options::throw_security_errors`](super::Options::throw_security_errors) asks for it.
    Security,
    /// A URL, a subprotocol or a reason that breaks its rules.
    Syntax,
}

impl ExceptionName {
    /// Its name, such as `SyntaxError`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidAccess => "InvalidAccessError",
            Self::InvalidState => "InvalidStateError",
            Self::Security => "SecurityError",
            Self::Syntax => "SyntaxError",
        }
    }

    /// The number that old code looks at, such as 12.
    // WHATWG websockets §exceptions-1 step: as Web IDL lists them.
    pub fn code(self) -> u16 {
        match self {
            Self::InvalidState => 11,
            Self::Syntax => 12,
            Self::InvalidAccess => 15,
            Self::Security => 18,
        }
    }

    /// The constant with that number, such as `SYNTAX_ERR`.
    pub fn constant(self) -> &'static str {
        match self {
            Self::InvalidAccess => "INVALID_ACCESS_ERR",
            Self::InvalidState => "INVALID_STATE_ERR",
            Self::Security => "SECURITY_ERR",
            Self::Syntax => "SYNTAX_ERR",
        }
    }
}

impl DomException {
    pub(super) fn new(name: ExceptionName, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { name, message }
    }

    pub(super) fn syntax(message: impl Into<String>) -> Self {
        Self::new(ExceptionName::Syntax, message)
    }

    /// Which one it is.
    pub fn name(&self) -> ExceptionName {
        self.name
    }

    /// Its number of old, as [`ExceptionName::code`].
    pub fn code(&self) -> u16 {
        self.name.code()
    }

    /// What is wrong, for people.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for DomException {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.name.as_str(), self.message)
    }
}

impl Error for DomException {}

#[cfg(test)]
mod tests {
    use super::*;

    /// Old scripts compare these numbers, newer ones the names.
    #[test]
    fn exception_has_the_name_and_the_number_of_web_idl() {
        // WHATWG websockets §exceptions-1 TEST
        let table = [
            (
                ExceptionName::InvalidState,
                "InvalidStateError",
                "INVALID_STATE_ERR",
                11,
            ),
            (ExceptionName::Syntax, "SyntaxError", "SYNTAX_ERR", 12),
            (
                ExceptionName::InvalidAccess,
                "InvalidAccessError",
                "INVALID_ACCESS_ERR",
                15,
            ),
            (ExceptionName::Security, "SecurityError", "SECURITY_ERR", 18),
        ];
        for (name, text, constant, code) in table {
            assert_eq!(
                (name.as_str(), name.constant(), name.code()),
                (text, constant, code)
            );
        }
        let exception = DomException::syntax("too long");
        assert_eq!(exception.to_string(), "SyntaxError: too long");
    }
}
