//! `cargo xtask msrv`: whether the oldest compiler that the manifest promises (`rust-version`) is
//! enough. That compiler itself says so, never a lint: rustup's where it has it, else Debian's.
//!
//! It builds the workspace with all features, but for the program, whose JavaScript engine asks for
//! a later one, and the libraries with none; not the tests, whose dependencies may ask for one too.
//! It never touches what another compiler built.

mod debian;

use std::process::Command;

use crate::process::{self, Outcome, missing};
use crate::source;
use crate::toml;

/// Beside the other compiler's files, or each would throw the other's away.
const TARGET: &str = "target/msrv";

/// What is built, as arguments of `cargo check`.
const BUILDS: [&[&str]; 2] = [
    // The program and its JavaScript ask for a later compiler than Debian has, in their manifests.
    &[
        "--workspace",
        "--all-features",
        "--exclude=sockeye-cli",
        "--exclude=sockeye-js",
    ],
    &[
        "--package=sockeye",
        "--package=sockeye-proto",
        "--package=sockeye-simd",
        "--no-default-features",
    ],
];

/// Asks the compiler, fetching it first where it is not here.
pub(crate) fn run(args: &[String]) -> Outcome {
    process::nothing_given(args)?;
    let version = promised(&source::read_text(&process::root(), "Cargo.toml")?)?;
    let cargo = oldest(&version)?;
    for build in BUILDS {
        let mut check = cargo();
        check.args(["check", "--quiet", "--locked", "--target-dir", TARGET]);
        process::run(check.args(build))?;
    }
    println!("msrv: all but the program builds with Rust {version}");
    Ok(())
}

/// What makes commands of that version's cargo.
fn oldest(version: &str) -> Result<Box<dyn Fn() -> Command>, String> {
    let owned = version.to_owned();
    let rustup = move || {
        let mut command = Command::new("rustup");
        command.args(["run", &owned, "cargo"]);
        in_the_tree(command)
    };
    if process::succeeds(rustup().arg("--version")) {
        return Ok(Box::new(rustup));
    }
    let compiler = debian::compiler(version).map_err(|why| {
        missing(&format!(
            "no compiler of {version}, which alone can say whether it is enough \
             (rustup toolchain install {version}): {why}"
        ))
    })?;
    Ok(Box::new(move || in_the_tree(compiler.cargo())))
}

/// What runs this is another cargo with another compiler, which the command must not inherit.
fn in_the_tree(mut command: Command) -> Command {
    command.current_dir(process::root());
    for inherited in ["CARGO", "RUSTUP_TOOLCHAIN", "CARGO_TARGET_DIR"] {
        command.env_remove(inherited);
    }
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
        let manifest = "[workspace.package]\nrust-version = \"1.85\"\n";
        assert_eq!(promised(manifest).unwrap(), "1.85");
        assert!(promised("[workspace.package]\nedition = \"2024\"\n").is_err());
    }

    #[test]
    fn promise_is_the_same_in_the_readme() {
        let root = process::root();
        let version = promised(&source::read_text(&root, "Cargo.toml").unwrap()).unwrap();
        let readme = source::read_text(&root, "README.md").unwrap();
        // The line may break in between.
        let readme = readme.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(readme.contains(&format!("libraries with Rust {version} or later")));
    }
}
