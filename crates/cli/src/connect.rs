//! `sockeye connect`: a WebSocket in the terminal. Owns what is asked of the server, and what a
//! refusal looks like.

mod display;
mod input;
mod session;

use std::fmt::Write;
use std::io::IsTerminal;
use std::path::PathBuf;

use sockeye::{Client, ClientTls, DeflateOffer, Error, Response, WebSocket};

use crate::failure::{Failure, chain};
use crate::flags::{Flag, Operand, Syntax, Takes, Verb};
use crate::harmless::harmless;
use crate::limits::CA_LEN_MAX;
use crate::output::note;
use crate::runtime::runtime;
use crate::values::file;

/// Lines of a refusal's body that are shown.
const BODY_LINES_MAX: usize = 10;

/// Headers of a refusal that say what to do next.
const HEADERS_OF_INTEREST: [&str; 6] = [
    "Content-Type",
    "Location",
    "Retry-After",
    "Sec-WebSocket-Version",
    "Server",
    "WWW-Authenticate",
];

/// The flags of `sockeye connect`.
#[derive(Debug, Default)]
pub(crate) struct Connect {
    url: String,
    protocols: Vec<String>,
    headers: Vec<(String, String)>,
    origin: Option<String>,
    no_deflate: bool,
    ca: Option<PathBuf>,
    insecure: bool,
}

const FLAGS: [Flag<Connect>; 6] = [
    Flag {
        name: "protocol",
        takes: Takes::Value("NAME", |connect, value| {
            connect.protocols.push(value.to_owned());
            Ok(())
        }),
        help: "offer a subprotocol; repeat it for more, the best first",
    },
    Flag {
        name: "header",
        takes: Takes::Value("'NAME: VALUE'", |connect, value| {
            let (name, value) = value
                .split_once(':')
                .ok_or("be a name, a colon and a value")?;
            connect
                .headers
                .push((name.to_owned(), value.trim().to_owned()));
            Ok(())
        }),
        help: "send a header; repeat it for more",
    },
    Flag {
        name: "origin",
        takes: Takes::Value("ORIGIN", |connect, value| {
            connect.origin = Some(value.to_owned());
            Ok(())
        }),
        help: "send an Origin header, such as https://example.com",
    },
    Flag {
        name: "no-deflate",
        takes: Takes::Nothing(|connect| connect.no_deflate = true),
        help: "do not offer permessage-deflate",
    },
    Flag {
        name: "ca",
        takes: Takes::Value("FILE", |connect, value| {
            connect.ca = Some(value.into());
            Ok(())
        }),
        help: "trust these certificates (PEM) for wss, not the system's",
    },
    Flag {
        name: "insecure",
        takes: Takes::Nothing(|connect| connect.insecure = true),
        help: "accept any certificate for wss: anybody may read and change what is sent",
    },
];

impl Verb for Connect {
    const SYNTAX: Syntax<Self> = Syntax {
        verb: "connect",
        about: "a WebSocket in the terminal: lines become messages and back",
        operand: Some(Operand {
            name: "URL",
            set: |connect, value| {
                value.clone_into(&mut connect.url);
                Ok(())
            },
        }),
        flags: &FLAGS,
        keep: None,
        notes: "\
Each line of the input is sent as a text, except for
  /close [CODE [REASON]]   closes the connection; //close sends the text /close
The end of the input (Ctrl-D) closes it with 1000, Ctrl-C with 1001. What the server sends until its
own Close is still printed: texts with control characters escaped, binary messages as hex. How it
ended goes to standard error; it is a failure unless both sides said goodbye.
",
    };

    fn run(self) -> Result<(), Failure> {
        let client = self
            .client()
            .map_err(|error| Failure::usage(chain(&error)))?
            .tls(self.tls()?);
        runtime()?.block_on(async {
            let ws = client.connect().await.map_err(|error| explain(&error))?;
            greet(&ws, &self.url);
            let lines = input::lines(|| std::io::stdin().lock());
            let end = session::talk(ws, lines).await?;
            if end.was_clean {
                note(format_args!("closed: {end}"));
                Ok(())
            } else {
                Err(Failure::Run(format!("closed: {end}")))
            }
        })
    }
}

impl Connect {
    fn client(&self) -> sockeye::Result<Client> {
        let protocols = self.protocols.iter().map(String::as_str);
        let mut client = Client::new(&self.url)?.protocols(protocols)?;
        for (name, value) in &self.headers {
            client = client.header(name, value)?;
        }
        if let Some(origin) = &self.origin {
            client = client.origin(origin)?;
        }
        let offer = (!self.no_deflate).then(DeflateOffer::no_takeover);
        Ok(client.deflate(offer))
    }
}

impl Connect {
    /// Whom to trust behind `wss`.
    fn tls(&self) -> Result<ClientTls, Failure> {
        let tls = ClientTls::new();
        match &self.ca {
            _ if self.insecure => Ok(tls.danger_accept_any_certificate()),
            None => Ok(tls),
            Some(path) => tls
                .roots_pem(&file("the certificates", path, CA_LEN_MAX)?)
                .map_err(|error| Failure::run(format!("cannot use {}", path.display()), &error)),
        }
    }
}

/// Tells a person, and only a person, how to go on.
fn greet(ws: &WebSocket, url: &str) {
    if !std::io::stdin().is_terminal() {
        return;
    }
    let protocol = ws.protocol();
    let protocol = protocol.map_or(String::new(), |name| format!(", subprotocol {name}"));
    note(format_args!(
        "connected to {url}{protocol}; Ctrl-D or /close ends it"
    ));
}

/// Why there is no connection.
fn explain(error: &Error) -> Failure {
    Failure::Run(match error.response() {
        Some(response) => describe(response),
        None => chain(error),
    })
}

/// A refusal: its status, the headers that say what to do next, and how its body begins.
fn describe(response: &Response) -> String {
    let head = &response.head;
    let reason = harmless(head.reason());
    let mut text = format!("the server answered {} {reason}, not 101", head.status());
    for name in HEADERS_OF_INTEREST {
        for value in head.headers().all(name) {
            let value = harmless(&String::from_utf8_lossy(value)).into_owned();
            // Writing into a string does not fail.
            let _ = write!(text, "\n  {name}: {value}");
        }
    }
    let body = String::from_utf8_lossy(&response.body_start);
    for line in body.lines().take(BODY_LINES_MAX) {
        let _ = write!(text, "\n  {}", harmless(line));
    }
    text
}
