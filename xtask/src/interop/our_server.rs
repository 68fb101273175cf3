//! A row in which our server is under test: a script of the peer runs its checks against
//! `sockeye echo`, and then every connection is judged by what was on the wire.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::interop::check::Check;
use crate::interop::rows::{Deflate, Row};
use crate::interop::tap::{Conversation, Tap};
use crate::interop::tools::PeerProgram;
use crate::interop::wire::{Compression, Ours, faults, path};
use crate::program::Program;

/// How long a script may take; each of its checks has a limit of its own.
const SCRIPT_LIMIT: Duration = Duration::from_secs(300);

/// Runs the row.
pub(crate) fn run(row: Row, sockeye: &Path, peer: &PeerProgram) -> Result<Vec<Check>, String> {
    let mut command = Command::new(sockeye);
    command.args(["echo", "--listen", "127.0.0.1:0"]);
    command.args(flags(row.deflate));
    let (_server, address) = Program::start_server(&mut command)?;
    let tap = Tap::start(&address)?;

    let script = Program::start(&mut peer.client(&format!("ws://{}", tap.address())))?;
    let (lines, success) = script.finish(SCRIPT_LIMIT)?;
    let mut checks: Vec<Check> = lines.iter().map(|line| Check::parse(line)).collect();
    if checks.is_empty() || !success {
        checks.push(Check::failed(
            "script",
            "it did not come to its end".to_owned(),
        ));
    }
    let conversations = tap.conversations()?;
    checks.extend(
        conversations
            .iter()
            .filter_map(|said| wire(said, row.deflate.agreed())),
    );
    Ok(checks)
}

fn flags(deflate: Deflate) -> &'static [&'static str] {
    match deflate {
        Deflate::Off | Deflate::OnlyTheirs => &[],
        Deflate::OnlyOurs | Deflate::Takeover => &["--deflate", "takeover"],
        Deflate::NoTakeover => &["--deflate", "no-takeover"],
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
