//! The grammar of `Sec-WebSocket-Extensions` (RFC 6455 section 9.1), whatever the extension.
//!
//! One pass, bounded in elements; knows no extension by name.

use core::error::Error;
use core::fmt;
use std::borrow::Cow;

use super::fault::excerpt;
use super::tokens;
use crate::limits::{EXTENSION_PARAMS_MAX, EXTENSIONS_MAX};

/// One element of the list: an extension with its parameters, in order.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Extension<'a> {
    /// The registered name; compares ASCII-case-sensitively like all tokens of this grammar.
    pub name: &'a str,
    /// The parameters.
    pub params: Vec<Param<'a>>,
}

/// One parameter of an extension.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Param<'a> {
    /// The parameter's name.
    pub name: &'a str,
    /// The value after `=`, unquoted; owned only if quoting hid a backslash in it.
    pub value: Option<Cow<'a, str>>,
}

/// Why a list of extensions was refused.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ExtensionFault {
    /// The text does not follow the grammar.
    // RFC 6455 §9.1-1 MUST: on either side the handshake ends with this fault.
    Syntax {
        /// The text from the first byte that does not fit, escaped and cut.
        found: String,
        /// What would fit.
        expected: &'static str,
    },
    /// The response has more than one line of extensions.
    RepeatedHeader {
        /// How many lines.
        count: usize,
    },
    /// More extensions than we look at.
    TooManyExtensions {
        /// The most extensions allowed.
        limit: usize,
    },
    /// More parameters of one extension than we look at.
    TooManyParams {
        /// The most parameters allowed.
        limit: usize,
    },
}

impl fmt::Display for ExtensionFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax { found, expected } => {
                write!(
                    f,
                    "list of extensions has \"{found}\" in place of {expected}"
                )
            }
            Self::RepeatedHeader { count } => {
                write!(
                    f,
                    "list of extensions is there {count} times, allowed is once"
                )
            }
            Self::TooManyExtensions { limit } => write!(f, "more than {limit} extensions"),
            Self::TooManyParams { limit } => {
                write!(f, "more than {limit} parameters of one extension")
            }
        }
    }
}

impl Error for ExtensionFault {}

/// Parses the list that the `values` of all `Sec-WebSocket-Extensions` lines form together.
///
/// No line is an empty list. Empty elements between commas are skipped, but a line must hold at
/// least one extension.
///
/// # Errors
///
/// [`ExtensionFault`]; whoever receives such a list has to fail the handshake.
pub fn parse_extensions<'a>(
    values: impl Iterator<Item = &'a [u8]>,
) -> Result<Vec<Extension<'a>>, ExtensionFault> {
    let mut extensions = Vec::new();
    for value in values {
        let mut cursor = Cursor {
            rest: tokens::trim(value),
        };
        let before = extensions.len();
        while !cursor.rest.is_empty() {
            if cursor.take(b',') {
                continue;
            }
            if extensions.len() >= EXTENSIONS_MAX {
                return Err(ExtensionFault::TooManyExtensions {
                    limit: EXTENSIONS_MAX,
                });
            }
            extensions.push(cursor.extension()?);
            if !cursor.rest.is_empty() && !cursor.take(b',') {
                return Err(cursor.fault("',' or ';'"));
            }
        }
        if extensions.len() == before {
            return Err(cursor.fault("an extension's name"));
        }
    }
    Ok(extensions)
}

/// What is left to parse of one line; always trimmed at its start.
struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    fn extension(&mut self) -> Result<Extension<'a>, ExtensionFault> {
        let name = self.token("an extension's name")?;
        let mut params = Vec::new();
        while self.take(b';') {
            if params.len() >= EXTENSION_PARAMS_MAX {
                return Err(ExtensionFault::TooManyParams {
                    limit: EXTENSION_PARAMS_MAX,
                });
            }
            params.push(self.param()?);
        }
        Ok(Extension { name, params })
    }

    fn param(&mut self) -> Result<Param<'a>, ExtensionFault> {
        let name = self.token("a parameter's name")?;
        let value = match (self.take(b'='), self.rest) {
            (false, _) => None,
            (true, [b'"', ..]) => Some(self.quoted()?),
            (true, _) => Some(Cow::Borrowed(self.token("a parameter's value")?)),
        };
        Ok(Param { name, value })
    }

    /// A quoted string; what it says unquoted must be a token.
    fn quoted(&mut self) -> Result<Cow<'a, str>, ExtensionFault> {
        const EXPECTED: &str = "a quoted token";
        let inner = self.rest.get(1..).unwrap_or_default();
        let mut unescaped = String::new();
        let mut bytes = inner.iter().copied().enumerate();
        while let Some((len, byte)) = bytes.next() {
            let byte = match byte {
                b'"' if unescaped.is_empty() => return Err(self.fault(EXPECTED)),
                b'"' => {
                    self.skip(len + 2);
                    let plain = inner
                        .get(..len)
                        .and_then(|plain| core::str::from_utf8(plain).ok());
                    return Ok(match plain {
                        Some(plain) if plain == unescaped => Cow::Borrowed(plain),
                        _ => Cow::Owned(unescaped),
                    });
                }
                b'\\' => bytes.next().map(|(_, escaped)| escaped).unwrap_or_default(),
                other => other,
            };
            // RFC 6455 §4.3-1 §9.1-2 MUST: each byte behind the quoting is one of a token.
            if !tokens::is_token_byte(byte) {
                break;
            }
            unescaped.push(char::from(byte));
        }
        Err(self.fault(EXPECTED))
    }

    /// A token, and the spaces after it.
    fn token(&mut self, expected: &'static str) -> Result<&'a str, ExtensionFault> {
        let len = self
            .rest
            .iter()
            .copied()
            .take_while(|&byte| tokens::is_token_byte(byte))
            .count();
        let token = self
            .rest
            .get(..len)
            .and_then(|token| core::str::from_utf8(token).ok());
        match token {
            Some(token) if !token.is_empty() => {
                self.skip(len);
                Ok(token)
            }
            _ => Err(self.fault(expected)),
        }
    }

    /// Skips `separator` and the spaces after it, if it comes next.
    fn take(&mut self, separator: u8) -> bool {
        let comes = self.rest.first() == Some(&separator);
        if comes {
            self.skip(1);
        }
        comes
    }

    /// Skips `len` bytes and the spaces after them.
    fn skip(&mut self, len: usize) {
        let rest = self.rest.get(len..).unwrap_or_default();
        let spaces = rest
            .iter()
            .take_while(|byte| matches!(byte, b' ' | b'\t'))
            .count();
        self.rest = rest.get(spaces..).unwrap_or_default();
    }

    fn fault(&self, expected: &'static str) -> ExtensionFault {
        ExtensionFault::Syntax {
            found: excerpt(self.rest),
            expected,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(lines: &[&'static str]) -> Result<Vec<Extension<'static>>, ExtensionFault> {
        parse_extensions(lines.iter().map(|line| line.as_bytes()))
    }

    fn param<'a>(name: &'a str, value: Option<&'a str>) -> Param<'a> {
        Param {
            name,
            value: value.map(Cow::Borrowed),
        }
    }

    #[test]
    fn list_over_several_lines_keeps_order_and_params() {
        let a = Extension {
            name: "a",
            params: vec![param("x", None), param("y", Some("1"))],
        };
        let b = Extension {
            name: "b",
            params: vec![],
        };
        assert_eq!(
            parse(&[" a ; x;y = 1 ,, b,", "b"]),
            Ok(vec![a, b.clone(), b])
        );
        assert_eq!(parse(&[]), Ok(vec![]));
    }

    #[test]
    fn quoted_value_is_unquoted() {
        let list = parse(&[r#"a; x="10"; y="1\0" ;z"#]).unwrap();
        let expected = vec![
            param("x", Some("10")),
            param("y", Some("10")),
            param("z", None),
        ];
        assert_eq!(
            list,
            [Extension {
                name: "a",
                params: expected
            }]
        );
    }

    #[test]
    fn list_against_the_grammar_is_refused_with_the_rest() {
        let cases = [
            ("", "", "an extension's name"),
            (" , ", "", "an extension's name"),
            (";a", ";a", "an extension's name"),
            ("a;", "", "a parameter's name"),
            ("a;;b", ";b", "a parameter's name"),
            ("a;=1", "=1", "a parameter's name"),
            ("a;b=", "", "a parameter's value"),
            ("a;b=,c", ",c", "a parameter's value"),
            ("a b", "b", "',' or ';'"),
            ("a;b=1 2", "2", "',' or ';'"),
            ("a=1", "=1", "',' or ';'"),
            ("a;b=\"\"", "\\\"\\\"", "a quoted token"),
            ("a;b=\"1 2\"", "\\\"1 2\\\"", "a quoted token"),
            ("a;b=\"1", "\\\"1", "a quoted token"),
            ("a;b=\"1\\", "\\\"1\\\\", "a quoted token"),
            ("a;b=\"1\"2", "2", "',' or ';'"),
        ];
        for (text, found, expected) in cases {
            let fault = ExtensionFault::Syntax {
                found: found.to_owned(),
                expected,
            };
            assert_eq!(parse(&[text]), Err(fault), "{text}");
        }
    }

    #[test]
    fn list_of_more_than_the_limits_is_refused() {
        let many = "a,".repeat(EXTENSIONS_MAX + 1).leak();
        assert_eq!(
            parse(&[many]),
            Err(ExtensionFault::TooManyExtensions { limit: 32 })
        );
        let many = format!("a{}", ";b".repeat(EXTENSION_PARAMS_MAX + 1)).leak();
        assert_eq!(
            parse(&[many]),
            Err(ExtensionFault::TooManyParams { limit: 16 })
        );
    }
}
