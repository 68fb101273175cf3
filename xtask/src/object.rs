//! `cargo xtask object`: the scripts of `conformance/object` in Chromium, which has to print what
//! their `.txt` files say. That `sockeye run` prints the same is an ordinary test of the command.

use std::process::Command;
use std::time::Duration;

use crate::built::{Target, built};
use crate::install;
use crate::pages::judge;
use crate::process::{Outcome, nothing_given, root};
use crate::program::{Program, host_and_port};

/// How long all of it may take; each script has a limit of its own.
const SCRIPT_LIMIT: Duration = Duration::from_secs(300);

/// Runs the verb.
pub(crate) fn run(args: &[String]) -> Outcome {
    nothing_given(args)?;
    let browser = install::program("chromium", &["chromium"])?;
    // One installation of what drives the browser, the other suite's.
    let node = install::node_packages(&root().join("conformance/interop"))?;
    let mut server = Command::new(built(Target::Sockeye)?);
    server.args(["serve", "--listen", "127.0.0.1:0"]);
    let (_server, address) = Program::start_server(&mut server)?;
    let site = host_and_port(&address);
    let mut script = Command::new(node);
    script
        .arg(root().join("conformance/object/same_scripts.mjs"))
        .arg(site)
        .arg(browser);
    let (lines, success) = Program::start(&mut script)?.finish(SCRIPT_LIMIT)?;
    judge(&lines, success)
}
