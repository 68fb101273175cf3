//! `cargo xtask chats`: other people's clients in the chats of `sockeye serve`. What they do there
//! is in `conformance/chats`; this file installs, starts and counts.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use crate::built::judged_server;
use crate::install;
use crate::pages::judge;
use crate::process::{Outcome, root};
use crate::program::{Program, host_and_port};

const HELP: &str = "\
cargo xtask chats [OPTIONS]

  --server PROGRAM   judge this program instead of `sockeye`; it is called like it
";

/// How long one client may take; each check has a limit of its own.
const SCRIPT_LIMIT: Duration = Duration::from_secs(300);

/// Runs the verb.
pub(crate) fn run(args: &[String]) -> Outcome {
    let Some(program) = judged_server(args, HELP)? else {
        return Ok(());
    };
    let interop = root().join("conformance/interop");
    let node = install::node_packages(&interop)?;
    let requirements = ["requirements-build.txt", "requirements.txt"];
    let requirements = requirements.map(|file| interop.join(file));
    let python = install::python_environment("interop", &requirements, &[], |_| Ok(()))?;
    let mut server = Command::new(program);
    server.args([
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--log-level",
        "warn",
        // The tutorial's five seconds are tested with a clock of our own.
        "--chat-greeting-delay",
        "100ms",
    ]);
    let (_server, address) = Program::start_server(&mut server)?;
    let site = host_and_port(&address);
    let clients: [(PathBuf, &str); 2] = [(node, "ws.mjs"), (python, "python_websockets.py")];
    let mut faults = Vec::new();
    for (interpreter, script) in clients {
        println!("{script}");
        let mut command = Command::new(interpreter);
        command
            .arg(root().join("conformance/chats").join(script))
            .arg(site);
        let (lines, success) = Program::start(&mut command)?.finish(SCRIPT_LIMIT)?;
        // The other one is asked all the same.
        if let Err(fault) = judge(&lines, success) {
            faults.push(format!("{script}: {fault}"));
        }
    }
    match faults.as_slice() {
        [] => Ok(()),
        faults => Err(faults.join("\n")),
    }
}
