//! `cargo xtask msrv`: whether the oldest compiler that the manifest promises (`rust-version`) is
//! enough. That compiler itself says so, where rustup has it.
//!
//! Everywhere, clippy looks for what the standard library had later only. It knows nothing of later
//! syntax and nothing of dependencies (whose versions cargo chooses to fit), so that without the
//! compiler the check counts as skipped, not as passed.

use std::process::Command;

use crate::process::{self, Outcome, SKIPPED};
use crate::source;
use crate::toml;

/// Asks clippy, and then the compiler.
pub(crate) fn run(args: &[String]) -> Outcome {
    if let Some(unknown) = args.first() {
        return Err(format!("unknown argument `{unknown}`"));
    }
    let version = promised(&source::read_text(&process::root(), "Cargo.toml")?)?;
    let mut clippy = process::cargo();
    clippy.args(["clippy", "--workspace", "--all-features"]);
    process::run(clippy.args(["--", "--deny", "clippy::incompatible_msrv"]))?;
    if !process::succeeds(rustup(&version).args(["cargo", "--version"])) {
        return Err(format!(
            "{SKIPPED}clippy saw nothing later than {version}, which itself was not asked: \
             rustup toolchain install {version}"
        ));
    }
    let mut check = rustup(&version);
    check.args(["cargo", "check", "--workspace", "--all-features"]);
    // Beside the other compiler's files, or each would throw the other's away.
    check.args(["--target-dir", "target/msrv"]);
    process::run(&mut check)
}

/// The toolchain of that version. Never installs it.
fn rustup(version: &str) -> Command {
    let mut command = Command::new("rustup");
    command.current_dir(process::root()).args(["run", version]);
    // What runs this is another cargo with another compiler.
    command.env_remove("CARGO").env_remove("RUSTC");
    command.env_remove("RUSTUP_TOOLCHAIN");
    command
}

/// The `rust-version` of the workspace.
fn promised(manifest: &str) -> Result<String, String> {
    let tables = toml::parse(manifest).map_err(|error| format!("Cargo.toml: {error}"))?;
    let package = tables
        .iter()
        .find(|table| table.name == "workspace.package");
    let entry = package.and_then(|table| table.entry("rust-version"));
    let version = entry.and_then(|entry| entry.string());
    let version = version.ok_or("Cargo.toml promises no rust-version")?;
    Ok(version.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn promise_is_read_and_a_manifest_without_one_is_an_error() {
        let manifest = "[workspace.package]\nrust-version = \"1.89\"\n";
        assert_eq!(promised(manifest).unwrap(), "1.89");
        assert!(promised("[workspace.package]\nedition = \"2024\"\n").is_err());
    }

    #[test]
    fn promise_is_the_same_in_the_readme() {
        let root = process::root();
        let version = promised(&source::read_text(&root, "Cargo.toml").unwrap()).unwrap();
        let readme = source::read_text(&root, "README.md").unwrap();
        assert!(readme.contains(&format!("Rust {version} or later")));
    }
}
