//! A row in which our server is under test: a script of the peer runs its checks against
//! `sockeye echo`, and then every connection is judged by what was on the wire. Inside TLS that is
//! the peer's to see, whose word about the extensions is judged in every row.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::interop::check::Check;
use crate::interop::identity::{HOST, Identity};
use crate::interop::rows::{Row, Transport};
use crate::interop::tap::{Conversation, Tap};
use crate::interop::tools::PeerProgram;
use crate::interop::wire::{Compression, Ours, agreement_faults, faults, path};
use crate::program::Program;

/// How long a script may take; each of its checks has a limit of its own.
const SCRIPT_LIMIT: Duration = Duration::from_secs(300);

/// How the line of a script begins that says which extensions it saw.
const AGREED: &str = "agreed\t";

/// Runs the row.
pub(crate) fn run(
    row: Row,
    sockeye: &Path,
    peer: &PeerProgram,
    identity: &Identity,
) -> Result<Vec<Check>, String> {
    let mut command = Command::new(sockeye);
    command.args(["echo", "--listen", "127.0.0.1:0"]);
    if let Some(kind) = row.deflate.kind() {
        command.args(["--deflate", kind]);
    }
    if row.transport == Transport::Plain {
        let (_server, address) = Program::start_server(&mut command)?;
        let tap = Tap::start(&address)?;
        let mut checks = script(row, peer, identity, &format!("ws://{}", tap.address()))?;
        let conversations = tap.conversations()?;
        let judged = conversations
            .iter()
            .filter_map(|said| wire(said, row.deflate.agreed()));
        checks.extend(judged);
        Ok(checks)
    } else {
        command.arg("--cert").arg(identity.certificate());
        command.arg("--key").arg(identity.key());
        let (_server, address) = Program::start_server(&mut command)?;
        let (_, port) = address.rsplit_once(':').ok_or("an address has no port")?;
        script(row, peer, identity, &format!("wss://{HOST}:{port}"))
    }
}

/// Has the peer's script go through its checks with the server at `url`.
fn script(
    row: Row,
    peer: &PeerProgram,
    identity: &Identity,
    url: &str,
) -> Result<Vec<Check>, String> {
    let script = Program::start(&mut peer.client(url, identity))?;
    let (lines, success) = script.finish(SCRIPT_LIMIT)?;
    let mut checks: Vec<Check> = lines
        .iter()
        .map(|line| judge(line, row.seen_by_peer()))
        .collect();
    if !success {
        let fault = "it did not come to its end".to_owned();
        checks.push(Check::failed("script", fault));
    }
    if !lines.iter().any(|line| line.starts_with(AGREED)) {
        let fault = "it did not say which extensions there were".to_owned();
        checks.push(Check::failed("script", fault));
    }
    Ok(checks)
}

/// What a line of a script says.
fn judge(line: &str, agreed: Compression) -> Check {
    match line.strip_prefix(AGREED) {
        Some(extensions) => Check::of("extensions seen", &agreement_faults(extensions, agreed)),
        None => Check::parse(line),
    }
}

/// What the wire says of a connection; `None` for those that never came to exchange a frame,
/// because the peer wanted the refusal.
fn wire(said: &Conversation, agreed: Compression) -> Option<Check> {
    if said.from_client.is_empty() && path(said) == "/version" {
        return None;
    }
    let name = format!("wire of {}", path(said));
    Some(Check::of(&name, &faults(said, Ours::Server, agreed)))
}

#[cfg(test)]
mod tests {
    use super::judge;
    use crate::interop::wire::Compression;

    #[test]
    fn extensions_other_than_the_rows_fail_it() {
        let half = "agreed\tpermessage-deflate; server_no_context_takeover";
        for compression in [
            Compression::Off,
            Compression::On,
            Compression::OnWithoutTakeover,
        ] {
            assert!(judge(half, compression).fault.is_some());
        }
        let kept = "agreed\tpermessage-deflate";
        assert_eq!(judge(kept, Compression::On).fault, None);
        assert_eq!(judge("agreed\t", Compression::Off).fault, None);
    }
}
