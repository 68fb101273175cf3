//! What a socket asks of its server. Owns the list of subprotocols and its rules. Never encodes a
//! request: that is the client's.

use sockeye_proto::handshake::subprotocol;

use super::address::Address;
use super::exception::DomException;

/// Names of subprotocols as a caller gives them: one, a list, or `()` for none.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Protocols(Vec<String>);

impl Protocols {
    /// The names, if each is a token that is there once.
    pub(super) fn checked(self) -> Result<Vec<String>, DomException> {
        let mut names = Vec::with_capacity(self.0.len());
        for name in self.0 {
            // WHATWG websockets §constructor-4 step: tokens, each once; and not more than a server
            // of ours would read.
            subprotocol::check_own(&name, &names)
                .map_err(|misuse| DomException::syntax(misuse.to_string()))?;
            names.push(name);
        }
        Ok(names)
    }
}

impl From<()> for Protocols {
    fn from((): ()) -> Self {
        Self::default()
    }
}

impl From<&str> for Protocols {
    // WHATWG websockets §constructor-3 step: a name alone is a list of one.
    fn from(name: &str) -> Self {
        Self(vec![name.to_owned()])
    }
}

impl From<String> for Protocols {
    fn from(name: String) -> Self {
        Self(vec![name])
    }
}

impl From<&[&str]> for Protocols {
    fn from(names: &[&str]) -> Self {
        Self(names.iter().copied().map(str::to_owned).collect())
    }
}

impl<const N: usize> From<[&str; N]> for Protocols {
    fn from(names: [&str; N]) -> Self {
        Self::from(&names[..])
    }
}

impl From<Vec<String>> for Protocols {
    fn from(names: Vec<String>) -> Self {
        Self(names)
    }
}

/// A connection to be made.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Request {
    pub(super) address: Address,
    pub(super) protocols: Vec<String>,
    pub(super) origin: String,
}

impl Request {
    /// Where to.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// The subprotocols to ask for. If there are any, the server has to choose one.
    pub fn protocols(&self) -> &[String] {
        &self.protocols
    }

    /// The `Origin` to send.
    pub fn origin(&self) -> &str {
        &self.origin
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::exception::ExceptionName;

    /// A page would ask for what no server can read, or get one name where it gave a list.
    #[test]
    fn protocols_are_tokens_that_are_there_once() {
        // WHATWG websockets §constructor-3 §constructor-4 TEST
        let checked = |protocols: Protocols| protocols.checked().map_err(|error| error.name());
        assert_eq!(checked(().into()), Ok(vec![]));
        assert_eq!(checked("soap".into()), Ok(vec!["soap".to_owned()]));
        let two = Ok(vec!["soap".to_owned(), "wamp".to_owned()]);
        assert_eq!(checked(["soap", "wamp"].into()), two);
        // They are told apart by case, as their names are.
        assert!(checked(["soap", "SOAP"].into()).is_ok());
        for names in [
            &[""][..],
            &["a b"],
            &["a,b"],
            &["a", "b", "a"],
            &["\u{e9}"],
            &["a\r\n"],
        ] {
            assert_eq!(
                checked(names.into()),
                Err(ExceptionName::Syntax),
                "{names:?}"
            );
        }
    }
}
