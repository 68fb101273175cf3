//! A row in which our client is under test: it goes through its messages with the peer's server,
//! which says how each connection ended; then it meets what a server may do to it.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::interop::check::Check;
use crate::interop::frames::{Frame, close_frame};
use crate::interop::identity::{HOST, Identity};
use crate::interop::rows::{Peer, Row, Transport};
use crate::interop::tap::{Conversation, Tap};
use crate::interop::tools::PeerProgram;
use crate::interop::wire::{Ours, agreement_faults, faults};
use crate::program::Program;

/// How long our client may take for its list of messages.
const CLIENT_LIMIT: Duration = Duration::from_secs(120);

/// How long the server may take to say how a connection ended.
const CLOSED_LIMIT: Duration = Duration::from_secs(20);

/// Where the peer's server echoes.
const ECHO: &str = "/echo";

/// What our client says last when all went well; then come the extensions.
const ALL_WELL: &str = "ok extensions=";

/// What our client says when a server closes with 3001.
const CLOSED_3001: &str = "failed: the server closed early: 3001 (clean)";

/// What our client says when a server's certificate is none that it trusts.
const TLS_FAILED: &str = "failed: TLS failed: ";

/// Our client, and the server that it visits.
struct Tour<'a> {
    row: Row,
    client: &'a Path,
    identity: &'a Identity,
    address: String,
    server: Program,
}

/// What came of one connection of our client.
struct Visit {
    success: bool,
    /// The client's last line.
    last: String,
    /// What was on the wire, where that can be seen.
    said: Option<Conversation>,
}

/// Runs the row.
pub(crate) fn run(
    row: Row,
    client: &Path,
    peer: &PeerProgram,
    identity: &Identity,
) -> Result<Vec<Check>, String> {
    let shown = (row.transport == Transport::Tls).then_some(identity);
    let mut command = peer.server(row.deflate.is_theirs(), shown);
    let (server, address) = Program::start_server(&mut command)?;
    let tour = Tour {
        row,
        client,
        identity,
        address,
        server,
    };
    let mut checks = tour.echo()?;
    checks.extend(tour.goodbye()?);
    if row.peer.can_refuse() {
        checks.push(tour.refusal()?);
    }
    // The others' servers cannot be made to send such a thing.
    if row.peer == Peer::Ws {
        checks.extend(tour.invalid()?);
    }
    if row.transport == Transport::Tls {
        checks.push(tour.distrust()?);
    }
    Ok(checks)
}

impl Tour<'_> {
    /// The whole list of messages, seen from three sides.
    fn echo(&self) -> Result<Vec<Check>, String> {
        let visit = self.visit(ECHO)?;
        let compression = self.row.deflate.agreed();
        let extensions = visit.last.strip_prefix(ALL_WELL);
        let mut checks = vec![
            expect(
                visit.success && extensions.is_some(),
                "our client: every message came back",
                &visit.last,
            ),
            Check::of(
                "our client: compressed as agreed",
                &agreement_faults(extensions.unwrap_or_default(), compression),
            ),
            self.closed("closed\t/echo\t1000\tdone")?,
        ];
        if let Some(said) = &visit.said {
            checks.push(Check::of("wire", &faults(said, Ours::Client, compression)));
        }
        Ok(checks)
    }

    /// The server closes: our client must see that, and answer with the same code.
    fn goodbye(&self) -> Result<Vec<Check>, String> {
        let visit = self.visit("/goodbye")?;
        // What answers its own close libwebsockets shows to nobody.
        let seen = match self.row.peer {
            Peer::Libwebsockets => "unseen",
            _ => "3001",
        };
        let told = !visit.success && visit.last.starts_with(CLOSED_3001);
        let mut checks = vec![
            self.closed(&format!("closed\t/goodbye\t{seen}"))?,
            expect(told, "the server's close is no error", &visit.last),
        ];
        checks.extend(visit.closed_with(3001, "the server's close is answered"));
        Ok(checks)
    }

    /// The server sends text that is none: it must hear why our client closed.
    fn invalid(&self) -> Result<Vec<Check>, String> {
        let visit = self.visit("/invalid")?;
        let failed = !visit.success;
        let mut checks = vec![
            self.closed("closed\t/invalid\t1007")?,
            expect(failed, "text that is not UTF-8 is an error", &visit.last),
        ];
        checks.extend(visit.closed_with(1007, "text that is not UTF-8 is refused"));
        Ok(checks)
    }

    fn refusal(&self) -> Result<Check, String> {
        let visit = self.visit("/refuse")?;
        let is_403 = visit.last == "failed: the server answered 403, not 101";
        let fulfilled = !visit.success && is_403;
        Ok(expect(fulfilled, "a refusal is an error", &visit.last))
    }

    /// Our client, when nobody told it to trust the authority.
    fn distrust(&self) -> Result<Check, String> {
        let mut command = Command::new(self.client);
        command.arg(self.url(&self.address, ECHO)?);
        let (mut lines, success) = Program::start(&mut command)?.finish(CLIENT_LIMIT)?;
        let last = lines.pop().unwrap_or_default();
        let fulfilled = !success && last.starts_with(TLS_FAILED);
        Ok(expect(fulfilled, "an unknown authority is refused", &last))
    }

    fn visit(&self, path: &str) -> Result<Visit, String> {
        if self.row.transport == Transport::Tls {
            return self.visit_at(&self.address, path, None);
        }
        let tap = Tap::start(&self.address)?;
        self.visit_at(&tap.address().to_string(), path, Some(tap))
    }

    fn visit_at(&self, address: &str, path: &str, tap: Option<Tap>) -> Result<Visit, String> {
        let mut command = Command::new(self.client);
        command.arg(self.url(address, path)?);
        if self.row.transport == Transport::Tls {
            command.arg("--ca").arg(self.identity.authority());
        }
        if let Some(kind) = self.row.deflate.kind() {
            command.args(["--deflate", kind]);
        }
        let (mut lines, success) = Program::start(&mut command)?.finish(CLIENT_LIMIT)?;
        let said = tap.map(|tap| only_conversation(tap, path)).transpose()?;
        let last = lines.pop().unwrap_or_default();
        Ok(Visit {
            success,
            last,
            said,
        })
    }

    fn url(&self, address: &str, path: &str) -> Result<String, String> {
        if self.row.transport == Transport::Plain {
            return Ok(format!("ws://{address}{path}"));
        }
        let (_, port) = address.rsplit_once(':').ok_or("an address has no port")?;
        Ok(format!("wss://{HOST}:{port}{path}"))
    }

    /// The server's next word must begin like this.
    fn closed(&self, expected: &str) -> Result<Check, String> {
        let line = self.server.line(CLOSED_LIMIT)?.unwrap_or_default();
        let name = expected.replace('\t', " ");
        let fulfilled = line.starts_with(expected);
        Ok(expect(fulfilled, &name, &line.replace('\t', " ")))
    }
}

impl Visit {
    /// On the wire, where it can be seen, our Close frame must have had `code`.
    fn closed_with(&self, code: u16, name: &str) -> Option<Check> {
        let said = self.said.as_ref()?;
        let close = close_frame(&said.from_client).and_then(Frame::close_code);
        let seen = format!("our client closed with {close:?}");
        Some(expect(close == Some(code), name, &seen))
    }
}

/// What was said on the one connection that our client made.
fn only_conversation(tap: Tap, path: &str) -> Result<Conversation, String> {
    let mut conversations = tap.conversations()?;
    match (conversations.pop(), conversations.len()) {
        (Some(said), 0) => Ok(said),
        _ => Err(format!("our client made not one connection for {path}")),
    }
}

fn expect(fulfilled: bool, name: &str, said: &str) -> Check {
    if fulfilled {
        Check::passed(name)
    } else {
        Check::failed(name, format!("it is not so: `{said}`"))
    }
}
