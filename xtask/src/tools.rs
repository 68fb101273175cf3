//! Subcommands of cargo that others wrote: pinned releases from crates.io, built into
//! `target/tools` when first asked for. Never replaces what a person installed.

use std::process::Command;

use crate::process::{self, Outcome, missing};

/// Where our own copies go, from the root of the tree.
const FOLDER: &str = "target/tools";

/// `cargo NAME` of release `version`, built first where no such one is found. Our own copy is
/// found before any other.
pub(crate) fn subcommand(name: &str, version: &str) -> Result<Command, String> {
    if !is_there(name, version)? {
        install(name, version)?;
    }
    command(name)
}

fn is_there(name: &str, version: &str) -> Result<bool, String> {
    let said = command(name)?.arg("--version").output();
    let said = said.map(|output| output.stdout).unwrap_or_default();
    Ok(is_release(&String::from_utf8_lossy(&said), version))
}

/// Whether `said`, such as `cargo-fuzz 0.13.2`, ends with `version`.
fn is_release(said: &str, version: &str) -> bool {
    said.split_whitespace().last() == Some(version)
}

fn install(name: &str, version: &str) -> Outcome {
    let package = format!("cargo-{name}");
    let mut command = process::cargo();
    command.args(["install", &package, "--locked", "--version", version]);
    command.arg("--root").arg(process::root().join(FOLDER));
    process::run(&mut command)
        .map_err(|error| missing(&format!("{package} cannot be installed: {error}")))
}

fn command(name: &str) -> Result<Command, String> {
    let tools = process::root().join(FOLDER).join("bin");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = [tools].into_iter().chain(std::env::split_paths(&path));
    let path = std::env::join_paths(folders).map_err(|error| format!("PATH: {error}"))?;
    let mut command = process::cargo();
    command.arg(name).env("PATH", path);
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_release_is_not_the_pinned_one() {
        assert!(is_release("cargo-fuzz 0.13.2\n", "0.13.2"));
        assert!(!is_release("cargo-fuzz 0.13.20\n", "0.13.2"));
        assert!(!is_release("", "0.13.2"));
    }

    #[test]
    fn subcommand_that_nobody_wrote_is_not_there() {
        assert_eq!(is_there("no-such-subcommand-anywhere", "1.0.0"), Ok(false));
    }
}
