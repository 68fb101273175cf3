//! Opening connections: a source address of its own for every few thousand, TLS if it is wanted,
//! and the client's side of the opening handshake (RFC 6455 §4.1).

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpStream};
use std::time::Duration;

use rustix::net::sockopt::set_socket_linger;
use rustix::net::{AddressFamily, SocketType, bind, connect, socket};

use crate::deflate::Takeover;
use crate::link::{Link, Trust};
use crate::options::{Framing, Options};

/// The example of RFC 6455 §1.3: the server computes its answer all the same.
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/// Stays well below the ports that one address has to give.
const CONNECTIONS_PER_ADDRESS: usize = 4000;

/// A server that takes longer to answer a handshake is broken.
const PATIENCE: Duration = Duration::from_secs(20);

const RESPONSE_LEN_MAX: usize = 4096;

/// Opens connections, step by step or all the way. All of it blocks.
#[derive(Debug)]
pub(crate) struct Dialer<'a> {
    options: &'a Options,
    trust: Option<Trust>,
}

impl<'a> Dialer<'a> {
    /// One for what `options` ask for.
    ///
    /// # Errors
    ///
    /// The certificate cannot be read.
    pub(crate) fn new(options: &'a Options) -> Result<Self, String> {
        let trust = options.ca.as_deref().map(Trust::in_file).transpose()?;
        Ok(Self { options, trust })
    }

    /// Opens the `index`-th connection, up to where messages may be sent.
    ///
    /// # Errors
    ///
    /// What failed, and for which connection.
    pub(crate) fn open(&self, index: usize) -> Result<Link, String> {
        let mut link = self.begin(index)?;
        let failed = |error: String| format!("handshake of connection {index}: {error}");
        link.finish_tls()
            .map_err(|error| failed(error.to_string()))?;
        if self.options.framing != Framing::Raw {
            self.ask(&mut link)
                .and_then(|()| self.answer(&mut link))
                .map_err(failed)?;
        }
        link.stream()
            .set_nonblocking(true)
            .map_err(|error| error.to_string())?;
        Ok(link)
    }

    /// Connects; in TLS, sends the first message as well.
    pub(crate) fn begin(&self, index: usize) -> Result<Link, String> {
        let address = self.options.addresses[index % self.options.addresses.len()];
        let begun = dial(address, index).and_then(|stream| match &self.trust {
            None => Ok(Link::Plain(stream)),
            Some(trust) => Link::begin_tls(stream, trust),
        });
        begun.map_err(|error| format!("connection {index} to {address}: {error}"))
    }

    /// Sends the client's side of the opening handshake.
    pub(crate) fn ask(&self, link: &mut Link) -> Result<(), String> {
        let request = request(self.options.framing);
        link.write_all(request.as_bytes())
            .and_then(|()| link.flush())
            .map_err(|error| error.to_string())
    }

    /// Waits for the server's side and checks it.
    pub(crate) fn answer(&self, link: &mut Link) -> Result<(), String> {
        let response = read_response(link).map_err(|error| error.to_string())?;
        check(&response, self.options.framing)
    }
}

fn dial(address: SocketAddr, index: usize) -> std::io::Result<TcpStream> {
    let family = if address.is_ipv4() {
        AddressFamily::INET
    } else {
        AddressFamily::INET6
    };
    let socket = socket(family, SocketType::STREAM, None)?;
    if address.ip() == Ipv4Addr::LOCALHOST {
        let host = u8::try_from(index / CONNECTIONS_PER_ADDRESS + 1)
            .map_err(|_| std::io::Error::other("too many connections for 127.0.0.0/24"))?;
        bind(
            &socket,
            &SocketAddrV4::new(Ipv4Addr::new(127, 0, 0, host), 0),
        )?;
    }
    // Closing resets the connection: a run opens tens of thousands, and each would keep its port
    // for a minute after an orderly end.
    set_socket_linger(&socket, Some(Duration::ZERO))?;
    connect(&socket, &address)?;
    let stream = TcpStream::from(socket);
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    Ok(stream)
}

fn request(framing: Framing) -> String {
    let offer = match framing {
        Framing::Deflate(Takeover::Forbidden) => {
            "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; \
             client_no_context_takeover\r\n"
        }
        Framing::Deflate(Takeover::Used) => "Sec-WebSocket-Extensions: permessage-deflate\r\n",
        Framing::Plain | Framing::Raw => "",
    };
    format!(
        "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n{offer}\r\n"
    )
}

/// Reads up to the empty line. An echo server has nothing to say behind it.
fn read_response(link: &mut Link) -> std::io::Result<String> {
    let mut response = [0; RESPONSE_LEN_MAX];
    let mut len = 0;
    while !response[..len].ends_with(b"\r\n\r\n") {
        match link.read(&mut response[len..])? {
            0 => return Err(std::io::Error::other("the response has no end")),
            more => len += more,
        }
    }
    Ok(String::from_utf8_lossy(&response[..len]).into_owned())
}

/// The answer must agree to exactly what was offered, or the run would measure something else.
fn check(response: &str, framing: Framing) -> Result<(), String> {
    if !response.starts_with("HTTP/1.1 101 ") {
        let status = response.lines().next().unwrap_or_default();
        return Err(format!("the server answers `{status}`"));
    }
    if header(response, "sec-websocket-accept") != Some(ACCEPT) {
        return Err("Sec-WebSocket-Accept does not fit the key".to_owned());
    }
    let agreed = header(response, "sec-websocket-extensions").unwrap_or_default();
    let no_takeover = agreed.contains("server_no_context_takeover")
        && agreed.contains("client_no_context_takeover");
    let takeover = !agreed.contains("no_context_takeover");
    let fits = match framing {
        Framing::Plain | Framing::Raw => agreed.is_empty(),
        Framing::Deflate(Takeover::Forbidden) => no_takeover,
        Framing::Deflate(Takeover::Used) => agreed.starts_with("permessage-deflate") && takeover,
    };
    if fits {
        Ok(())
    } else {
        Err(format!(
            "the server agrees to `{agreed}`, which is not what was offered"
        ))
    }
}

fn header<'a>(response: &'a str, name: &str) -> Option<&'a str> {
    response.lines().find_map(|line| {
        let (field, value) = line.split_once(':')?;
        field.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(extensions: &str) -> String {
        format!(
            "HTTP/1.1 101 Switching Protocols\r\nsec-websocket-accept: {ACCEPT}\r\n{extensions}\r\n"
        )
    }

    #[test]
    fn an_answer_must_agree_to_the_offer() {
        let none = response("");
        let both = response(
            "Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover; \
             server_no_context_takeover\r\n",
        );
        let bare = response("Sec-WebSocket-Extensions: permessage-deflate\r\n");
        let forbidden = Framing::Deflate(Takeover::Forbidden);
        let used = Framing::Deflate(Takeover::Used);
        for (answer, framing, fits) in [
            (&none, Framing::Plain, true),
            (&bare, Framing::Plain, false),
            (&both, forbidden, true),
            (&bare, forbidden, false),
            (&none, forbidden, false),
            (&bare, used, true),
            (&both, used, false),
            (&none, used, false),
        ] {
            assert_eq!(
                check(answer, framing).is_ok(),
                fits,
                "{answer} for {framing:?}"
            );
        }
    }

    #[test]
    fn a_refusal_shows_its_status() {
        let error = check("HTTP/1.1 404 Not Found\r\n\r\n", Framing::Plain).unwrap_err();
        assert!(error.contains("404"));
    }
}
