//! The programs with an object of browsers, as npm carries them: which there are, and how each is
//! started with the script. Starts none.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::install::node_packages;
use crate::process::{SKIPPED, missing, root, succeeds};

/// Ours.
pub(super) const OURS: &str = "sockeye";

/// A program that runs the script.
#[derive(Debug)]
pub(super) struct Contender {
    pub(super) label: &'static str,
    /// Its path and its arguments, the script's last of all.
    pub(super) command_line: Vec<OsString>,
}

/// Where the scripts are, and the packages that they need.
fn folder() -> PathBuf {
    root().join("benches/script")
}

/// All of them, or why they are not here: `ws` in Node first, which the others are related to.
pub(super) fn all(sockeye: &Path) -> Vec<Result<Contender, String>> {
    let node = node_packages(&folder());
    let in_node = |label, script| {
        let node = node.clone()?;
        Ok(contender(label, node, &[], script))
    };
    vec![
        in_node("ws", "ws.cjs"),
        Ok(ours(sockeye)),
        in_node("undici", "undici.cjs"),
        node.clone().and_then(built_in),
        carried("deno", "@deno", "deno", &["run", "--allow-all"]),
        carried("bun", "@oven", "bin/bun", &[]),
    ]
}

fn contender(label: &'static str, program: PathBuf, words: &[&str], script: &str) -> Contender {
    let mut command_line = vec![program.into_os_string()];
    command_line.extend(words.iter().map(OsString::from));
    command_line.push(folder().join(script).into_os_string());
    Contender {
        label,
        command_line,
    }
}

fn ours(sockeye: &Path) -> Contender {
    let mut contender = contender(OURS, sockeye.to_owned(), &["run"], "echo.js");
    contender.command_line.push("--".into());
    contender
}

/// Node's own object, which it has from version 22 on.
fn built_in(node: PathBuf) -> Result<Contender, String> {
    let mut command = Command::new(&node);
    let asked = command.args(["--print", "typeof WebSocket"]).output();
    let has_one = asked.is_ok_and(|output| output.stdout.starts_with(b"function"));
    if has_one {
        return Ok(contender("node", node, &[], "own.mjs"));
    }
    // CI's Node is the system's, so that is no fault there.
    Err(format!("{SKIPPED}this Node has no object of its own"))
}

/// A program that one of npm's packages for this processor has in it.
fn carried(
    label: &'static str,
    scope: &str,
    path: &str,
    words: &[&str],
) -> Result<Contender, String> {
    let packages = folder().join("node_modules").join(scope);
    let found = packages.read_dir().into_iter().flatten().flatten();
    let program = found
        .map(|entry| entry.path().join(path))
        .find(|path| starts(path));
    let program = program.ok_or_else(|| missing(&format!("{label}: npm brought no program")))?;
    Ok(contender(label, program, words, "own.mjs"))
}

/// Whether it is made for this machine.
fn starts(program: &Path) -> bool {
    succeeds(Command::new(program).arg("--version"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Another program's script would be measured as ours.
    #[test]
    fn ours_runs_the_script_as_it_is_and_nothing_around_it() {
        let words = ours(Path::new("sockeye")).command_line;
        assert_eq!(words[..2], ["sockeye", "run"]);
        assert!(Path::new(&words[2]).ends_with("benches/script/echo.js"));
        assert!(folder().join("echo.js").is_file() && words[3] == "--");
    }

    /// A program for another processor would be taken for one that answers wrongly.
    #[test]
    fn package_without_a_program_that_starts_is_none() {
        let found = carried("none", "@no-such-scope-anywhere", "bin", &[]);
        assert!(found.is_err_and(|why| why.contains("none: npm brought no program")));
    }
}
