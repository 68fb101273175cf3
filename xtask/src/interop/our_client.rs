//! A row in which our client is under test: it goes through its messages with the peer's server,
//! which says how each connection ended; then it meets what a server may do to it.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::interop::check::Check;
use crate::interop::frames::{Frame, close_frame};
use crate::interop::rows::{Peer, Row};
use crate::interop::tap::{Conversation, Tap};
use crate::interop::tools::PeerProgram;
use crate::interop::wire::{Ours, faults};
use crate::program::Program;

/// How long our client may take for its list of messages.
const CLIENT_LIMIT: Duration = Duration::from_secs(120);

/// How long the server may take to say how a connection ended.
const CLOSED_LIMIT: Duration = Duration::from_secs(20);

/// Where the peer's server echoes.
const ECHO: &str = "/echo";

/// What our client says last when all went well; then come the extensions.
const ALL_WELL: &str = "ok extensions=";

/// What came of one connection of our client.
struct Visit {
    success: bool,
    /// The client's last line.
    last: String,
    said: Conversation,
}

/// Runs the row.
pub(crate) fn run(row: Row, client: &Path, peer: &PeerProgram) -> Result<Vec<Check>, String> {
    let (server, address) = Program::start_server(&mut peer.server(row.deflate.is_theirs()))?;
    let visit = |path| visit(client, row, &address, path);
    let mut checks = echo(row, &server, &visit(ECHO)?)?;

    let goodbye = visit("/goodbye")?;
    checks.push(ends(&goodbye, 3001, "the server's close is answered"));
    checks.push(closed(&server, "closed\t/goodbye\t3001")?);

    let refused = visit("/refuse")?;
    let is_403 = refused.said.response.starts_with("HTTP/1.1 403 ");
    checks.push(expect(!refused.success && is_403, "a refusal is an error"));

    // The others' servers cannot be made to send such a thing.
    if row.peer == Peer::Ws {
        let invalid = visit("/invalid")?;
        checks.push(ends(&invalid, 1007, "text that is not UTF-8 is refused"));
    }
    Ok(checks)
}

fn visit(client: &Path, row: Row, address: &str, path: &str) -> Result<Visit, String> {
    let tap = Tap::start(address)?;
    let mut command = Command::new(client);
    command.arg(format!("ws://{}{path}", tap.address()));
    if row.deflate.is_ours() {
        command.arg("--deflate");
    }
    if path != ECHO {
        // It is meant to fail there, and to say so would only look like a fault.
        command.stderr(Stdio::null());
    }
    let (mut lines, success) = Program::start(&mut command)?.finish(CLIENT_LIMIT)?;
    let mut conversations = tap.conversations()?;
    let (Some(said), 0) = (conversations.pop(), conversations.len()) else {
        return Err(format!("our client made not one connection for {path}"));
    };
    let last = lines.pop().unwrap_or_default();
    Ok(Visit {
        success,
        last,
        said,
    })
}

/// The whole list of messages, seen from three sides.
fn echo(row: Row, server: &Program, visit: &Visit) -> Result<Vec<Check>, String> {
    let extensions = visit.last.strip_prefix(ALL_WELL);
    let compressed = extensions.is_some_and(|agreed| agreed.contains("permessage-deflate"));
    let agreed = row.deflate.is_ours() && row.deflate.is_theirs();
    Ok(vec![
        expect(
            visit.success && extensions.is_some(),
            "our client: every message came back",
        ),
        expect(compressed == agreed, "our client: compressed as agreed"),
        closed(server, "closed\t/echo\t1000\tdone")?,
        Check::of(
            "wire",
            &faults(&visit.said, Ours::Client, row.deflate.agreed()),
        ),
    ])
}

/// Our client must fail, and must have said why with `code`.
fn ends(visit: &Visit, code: u16, name: &str) -> Check {
    let close = close_frame(&visit.said.from_client).and_then(Frame::close_code);
    if visit.success {
        Check::failed(name, "our client says that all went well".to_owned())
    } else if close == Some(code) {
        Check::passed(name)
    } else {
        Check::failed(
            name,
            format!("our client closed with {close:?}, not {code}"),
        )
    }
}

/// The server's next word must begin like this.
fn closed(server: &Program, expected: &str) -> Result<Check, String> {
    let name = expected.replace('\t', " ");
    let line = server.line(CLOSED_LIMIT)?.unwrap_or_default();
    Ok(if line.starts_with(expected) {
        Check::passed(&name)
    } else {
        Check::failed(
            &name,
            format!("the server said `{}`", line.replace('\t', " ")),
        )
    })
}

fn expect(fulfilled: bool, name: &str) -> Check {
    if fulfilled {
        Check::passed(name)
    } else {
        Check::failed(name, "it is not so".to_owned())
    }
}
