//! `cargo xtask pages`: the pages of `sockeye serve` in Chromium, as a person uses them. What is
//! done there is in `conformance/browser`; this file installs, starts and counts.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use crate::install;
use crate::process::{Outcome, root};
use crate::program::{Program, built};

const HELP: &str = "\
cargo xtask pages [OPTIONS]

  --screenshots FOLDER   leave pictures of the pages there
";

/// How long all of it may take; each check has a limit of its own.
const SCRIPT_LIMIT: Duration = Duration::from_secs(300);

/// Runs the verb.
pub(crate) fn run(args: &[String]) -> Outcome {
    let folder = match args {
        [] => None,
        [option, folder] if option == "--screenshots" => Some(PathBuf::from(folder)),
        [option] if option == "--help" => {
            print!("{HELP}");
            return Ok(());
        }
        _ => return Err(format!("unknown options {args:?}; --help lists them")),
    };
    let browser = install::program("chromium", &["chromium"])?;
    // One installation of what drives the browser, the other suite's.
    let node = install::node_packages(&root().join("conformance/interop"))?;
    let mut server = Command::new(built(&["--package", "sockeye-cli", "--bin", "sockeye"])?);
    server.args(["serve", "--listen", "127.0.0.1:0", "--log-level", "warn"]);
    let (_server, address) = Program::start_server(&mut server)?;
    let mut script = Command::new(node);
    script
        .arg(root().join("conformance/browser/echo_page.mjs"))
        .arg(address)
        .arg(browser)
        .args(folder);
    let (lines, success) = Program::start(&mut script)?.finish(SCRIPT_LIMIT)?;
    judge(&lines, success)
}

/// Judges what a client's script said: `ok NAME` or `FAIL NAME WHY` for each check, with tabs
/// between.
pub(crate) fn judge(lines: &[String], success: bool) -> Outcome {
    for line in lines {
        println!("  {}", line.replace('\t', " "));
    }
    let passed = lines.iter().filter(|line| line.starts_with("ok\t")).count();
    let failed = lines.len() - passed;
    println!("\n{passed} passed, {failed} failed");
    if passed == 0 || !success {
        return Err("the script did not come to its end".to_owned());
    }
    match failed {
        0 => Ok(()),
        failed => Err(format!("{failed} checks failed")),
    }
}

#[cfg(test)]
mod tests {
    use super::judge;

    fn outcome(lines: &[&str], success: bool) -> Result<(), String> {
        let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        judge(&lines, success)
    }

    #[test]
    fn every_line_must_be_a_check_that_passed() {
        outcome(&["ok\tone", "ok\ttwo"], true).expect("all passed");
        outcome(&["ok\tone", "FAIL\ttwo\twhy"], true).expect_err("one failed");
        outcome(&["ok\tone", "Error: two"], true).expect_err("one is no check");
    }

    #[test]
    fn script_that_did_not_end_well_fails() {
        outcome(&["ok\tone"], false).expect_err("it died");
        outcome(&[], true).expect_err("it checked nothing");
    }
}
