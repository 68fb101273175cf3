//! `cargo xtask pages`: the pages of `sockeye serve` in Chromium and Firefox, as people use them.
//! What is done there is in `conformance/browser`; this file installs, starts and counts.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::built::{Target, built};
use crate::install;
use crate::process::{Outcome, root};
use crate::program::Program;
use crate::scratch::Scratch;

const HELP: &str = "\
cargo xtask pages [OPTIONS]

  --screenshots FOLDER   leave pictures of the pages there
";

/// What the server's administrator says; it is one of this machine alone.
const TOKEN: &str = "the token of the pages that are tried here";

/// How long a script may take; each check has a limit of its own.
const SCRIPT_LIMIT: Duration = Duration::from_secs(900);

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
    let chromium = install::program("chromium", &["chromium"])?;
    let firefox = install::program("firefox-esr", &["firefox-esr"])?;
    // What drives Chromium is the other suite's.
    let node = install::node_packages(&root().join("conformance/interop"))?;
    install::node_packages(&root().join("conformance/browser"))?;
    let sockeye = built(Target::Sockeye)?;
    let (mut lines, is_whole) = alone(&sockeye, &node, &chromium, folder.as_deref())?;
    let mut script = Command::new(node);
    script.arg(root().join("conformance/browser/pages.mjs"));
    script.args([&sockeye, &chromium, &firefox]).args(folder);
    let (more, is_more_whole) = Program::start(&mut script)?.finish(SCRIPT_LIMIT)?;
    lines.extend(more);
    judge(&lines, is_whole && is_more_whole)
}

/// What one visitor after the other says of a server that stays, and whether it is all of it.
fn alone(
    sockeye: &Path,
    node: &Path,
    chromium: &Path,
    folder: Option<&Path>,
) -> Result<(Vec<String>, bool), String> {
    let token = Scratch::file("pages-token");
    fs::write(token.path(), TOKEN)
        .map_err(|error| format!("cannot write {}: {error}", token.path().display()))?;
    let mut server = Command::new(sockeye);
    server
        .args(["serve", "--listen", "127.0.0.1:0", "--log-level", "warn"])
        .arg("--frames-admin-token-file")
        .arg(token.path());
    let (_server, address) = Program::start_server(&mut server)?;
    let mut all = (Vec::new(), true);
    for (script, more) in [("echo_page.mjs", None), ("frames_page.mjs", Some(TOKEN))] {
        let mut command = Command::new(node);
        command
            .arg(root().join("conformance/browser").join(script))
            .arg(&address)
            .arg(chromium)
            .args(more)
            .args(folder);
        let (lines, is_whole) = Program::start(&mut command)?.finish(SCRIPT_LIMIT)?;
        all.0.extend(lines);
        all.1 &= is_whole;
    }
    Ok(all)
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
