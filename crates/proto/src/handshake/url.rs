//! `ws:` and `wss:` URLs (RFC 6455 section 3), strictly: what is not plainly right is refused.
//!
//! `http:` and `https:` mean the same as in the browsers' constructor. Nothing is decoded, encoded
//! or normalised but the case of scheme and host; international host names are not converted.

use core::error::Error;
use core::fmt;
use core::net::{Ipv4Addr, Ipv6Addr};

use super::fault::excerpt;

/// Whether the connection runs over TLS. Complete: the RFC defines two schemes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Scheme {
    /// `ws:` (and `http:`), port 80 by default.
    Ws,
    /// `wss:` (and `https:`), port 443 by default.
    Wss,
}

impl Scheme {
    /// The port of a URL that names none.
    pub fn default_port(self) -> u16 {
        match self {
            Self::Ws => 80,
            Self::Wss => 443,
        }
    }
}

/// Where a client connects to and what it asks for there.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct WsUrl {
    scheme: Scheme,
    /// Lower case; an IPv6 address is in brackets.
    host: String,
    port: u16,
    resource_name: String,
}

/// Why a URL was refused; each variant quotes the part, escaped and cut.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum UrlFault {
    /// The URL is not `ws://`, `wss://`, `http://` or `https://` followed by something.
    Scheme {
        /// The whole URL.
        url: String,
    },
    /// The URL has a fragment, which has no meaning for a WebSocket.
    Fragment {
        /// The fragment.
        fragment: String,
    },
    /// The URL has a user name or password, which would end up in logs; send them in a header.
    UserInfo,
    /// The host breaks a rule.
    Host {
        /// The host.
        host: String,
        /// What it must do.
        rule: &'static str,
    },
    /// The port is not a number from 1 to 65535.
    Port {
        /// The port.
        port: String,
    },
    /// Path or query has a space, a control character or a character outside ASCII.
    Resource {
        /// Path and query.
        resource: String,
    },
}

impl fmt::Display for UrlFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scheme { url } => {
                write!(
                    f,
                    "URL \"{url}\" must begin with ws://, wss://, http:// or https://"
                )
            }
            Self::Fragment { fragment } => {
                write!(f, "URL must not have a fragment, it has \"{fragment}\"")
            }
            Self::UserInfo => {
                f.write_str("URL must not have a user name or password, send a header instead")
            }
            Self::Host { host, rule } => write!(f, "host \"{host}\" of the URL must {rule}"),
            Self::Port { port } => {
                write!(
                    f,
                    "port \"{port}\" of the URL must be a number from 1 to 65535"
                )
            }
            Self::Resource { resource } => write!(
                f,
                "path and query \"{resource}\" of the URL must be printable ASCII, \
                 percent-encode the rest"
            ),
        }
    }
}

impl Error for UrlFault {}

impl WsUrl {
    /// Parses an absolute URL.
    ///
    /// # Errors
    ///
    /// [`UrlFault`] names the part and the rule.
    // RFC 6455 §4.1-2 §4.1-3 MUST: a URL with an invalid part never becomes a request.
    pub fn parse(url: &str) -> Result<Self, UrlFault> {
        let (scheme, rest) = split_scheme(url)?;
        // RFC 6455 §3-1 MUST NOT: a fragment would be lost on the way, so it is refused.
        // RFC 6455 §3-2 MUST: a bare '#' always counts as the start of one.
        if let Some((_, fragment)) = rest.split_once('#') {
            return Err(UrlFault::Fragment {
                fragment: excerpt(fragment.as_bytes()),
            });
        }
        let (authority, resource) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        if authority.contains('@') {
            return Err(UrlFault::UserInfo);
        }
        let (host, port) = split_port(authority);
        check_host(host)?;
        Ok(Self {
            scheme,
            host: host.to_ascii_lowercase(),
            port: parse_port(port, scheme)?,
            resource_name: resource_name(resource)?,
        })
    }

    /// Whether to use TLS.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The host for name resolution and certificates: a name or an address, without brackets.
    pub fn host(&self) -> &str {
        self.host.trim_start_matches('[').trim_end_matches(']')
    }

    /// The port to connect to.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Path and query, as they stand in the request line; at least `/`.
    pub fn resource_name(&self) -> &str {
        &self.resource_name
    }

    /// The value of the `Host` header: the port only where it is not the scheme's default.
    pub fn host_header(&self) -> String {
        if self.port == self.scheme.default_port() {
            self.host.clone()
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

/// Always with `ws` or `wss`, whatever was parsed.
impl fmt::Display for WsUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.scheme {
            Scheme::Ws => "ws",
            Scheme::Wss => "wss",
        };
        write!(f, "{scheme}://{}{}", self.host_header(), self.resource_name)
    }
}

fn split_scheme(url: &str) -> Result<(Scheme, &str), UrlFault> {
    let (name, rest) = url.split_once("://").unwrap_or_default();
    let scheme = match name.to_ascii_lowercase().as_str() {
        "ws" | "http" => Scheme::Ws,
        "wss" | "https" => Scheme::Wss,
        _ => {
            return Err(UrlFault::Scheme {
                url: excerpt(url.as_bytes()),
            });
        }
    };
    Ok((scheme, rest))
}

/// The host, brackets included, and what follows its colon.
pub(super) fn split_port(authority: &str) -> (&str, Option<&str>) {
    let after_brackets = match authority.rfind(']') {
        Some(end) => end + 1,
        // The colons behind a bracket that nobody closed are the address's own.
        None if authority.contains('[') => authority.len(),
        None => 0,
    };
    let (brackets, rest) = authority.split_at(after_brackets);
    match rest.split_once(':') {
        Some((name, port)) => {
            let (host, _) = authority.split_at(brackets.len() + name.len());
            (host, Some(port))
        }
        None => (authority, None),
    }
}

fn parse_port(port: Option<&str>, scheme: Scheme) -> Result<u16, UrlFault> {
    let port = port.unwrap_or_default();
    // An empty port is the default one (RFC 3986 section 3.2.3).
    if port.is_empty() {
        return Ok(scheme.default_port());
    }
    let is_number = port.bytes().all(|byte| byte.is_ascii_digit());
    match port.parse() {
        Ok(number) if is_number && number > 0 => Ok(number),
        _ => Err(UrlFault::Port {
            port: excerpt(port.as_bytes()),
        }),
    }
}

fn check_host(host: &str) -> Result<(), UrlFault> {
    match broken_host_rule(host) {
        Some(rule) => Err(UrlFault::Host {
            host: excerpt(host.as_bytes()),
            rule,
        }),
        None => Ok(()),
    }
}

/// The rule that `host` breaks, if it breaks one.
pub(super) fn broken_host_rule(host: &str) -> Option<&'static str> {
    Some(if host.is_empty() {
        "not be empty"
    } else if !host.is_ascii() {
        "be ASCII, international names in their xn-- form"
    } else if host.starts_with('[') {
        let address = host
            .strip_prefix('[')
            .and_then(|address| address.strip_suffix(']'));
        if address.is_some_and(|address| address.parse::<Ipv6Addr>().is_ok()) {
            return None;
        }
        "be an IPv6 address in brackets"
    } else if !host
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
    {
        "be letters, digits, '-', '.' and '_'"
    } else if ends_in_number(host) && host.parse::<Ipv4Addr>().is_err() {
        "be an IPv4 address, as its last label is a number"
    } else {
        return None;
    })
}

/// Such a host could only be an address: resolvers would read `10.1` as 10.0.0.1.
fn ends_in_number(host: &str) -> bool {
    let label = host
        .strip_suffix('.')
        .unwrap_or(host)
        .rsplit('.')
        .next()
        .unwrap_or_default();
    !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether `text` can be sent and received as a resource name as it is.
pub(super) fn is_resource_name(text: &str) -> bool {
    text.starts_with('/')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'#')
}

fn resource_name(resource: &str) -> Result<String, UrlFault> {
    let root = if resource.starts_with('/') { "" } else { "/" };
    let name = format!("{root}{resource}");
    if !is_resource_name(&name) {
        return Err(UrlFault::Resource {
            resource: excerpt(resource.as_bytes()),
        });
    }
    Ok(name)
}
