//! Our own programs, built by cargo when a verb asks for one, or ahead of it.

use std::path::PathBuf;
use std::process::Command;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::process::{cargo, root, succeeds};
use crate::program::output_of;

/// How long cargo may take, from nothing and with everything else running.
const BUILD_LIMIT: Duration = Duration::from_secs(1800);

/// A program of ours.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target {
    Sockeye,
    /// An example of the library.
    Example(&'static str),
    /// The program of a package of `benches/`.
    Bench(&'static str),
}

/// What `xtask test` needs built for release, in the order in which it asks for it. What is
/// missing here is built all the same, later.
const NEEDED: [Target; 11] = [
    Target::Sockeye,
    Target::Example("autobahn_client"),
    Target::Example("interop_client"),
    Target::Example("interop_authority"),
    Target::Bench("bench-instructions"),
    Target::Bench("bench-publication"),
    Target::Bench("bench-broadcast"),
    Target::Bench("bench-hub"),
    Target::Bench("bench-rooms"),
    Target::Bench("bench-servers"),
    Target::Bench("bench-load"),
];

impl Target {
    /// What cargo calls it.
    fn words(self) -> Vec<&'static str> {
        match self {
            Self::Sockeye => vec!["--package", "sockeye-cli", "--bin", "sockeye"],
            Self::Example(name) => vec!["--package", "sockeye", "--example", name],
            Self::Bench(package) => {
                let manifest = "benches/Cargo.toml";
                vec!["--manifest-path", manifest, "--package", package]
            }
        }
    }
}

/// Builds `program` for release and gives its path.
pub(crate) fn built(program: Target) -> Result<PathBuf, String> {
    built_as(&["--release"], program)
}

/// The same as tests have it, for verbs that measure nothing: it is there after `cargo test`.
pub(crate) fn built_for_tests(program: Target) -> Result<PathBuf, String> {
    built_as(&[], program)
}

/// What a verb with the option `--server PROGRAM` alone is to judge: that program, or `sockeye`.
/// `None` if only `help` was asked for, which it prints.
pub(crate) fn judged_server(args: &[String], help: &str) -> Result<Option<PathBuf>, String> {
    match args {
        [] => built(Target::Sockeye).map(Some),
        [option, program] if option == "--server" => Ok(Some(root().join(program))),
        [option] if option == "--help" => {
            print!("{help}");
            Ok(None)
        }
        _ => Err(format!("unknown options {args:?}; --help lists them")),
    }
}

/// Builds what `xtask test` needs for release while parts run that need none of it: linking takes
/// minutes of one core. It says nothing; what fails here fails again, in its own words, where it is
/// needed.
pub(crate) fn ahead() -> JoinHandle<()> {
    thread::spawn(|| {
        for program in NEEDED {
            succeeds(build(&["--release"], program).arg("--quiet"));
        }
    })
}

fn build(profile: &[&str], program: Target) -> Command {
    let mut command = cargo();
    command.arg("build").args(profile).args(program.words());
    command
}

fn built_as(profile: &[&str], program: Target) -> Result<PathBuf, String> {
    let mut command = build(profile, program);
    // Cargo knows best where it put the program; messages for people go to standard error.
    command.arg("--message-format=json-render-diagnostics");
    let messages = output_of(&mut command, BUILD_LIMIT)?;
    let executable = messages
        .iter()
        .rev()
        .find_map(|message| executable(message));
    executable.ok_or_else(|| format!("cargo built no program for {program:?}"))
}

/// The program that a message of cargo names. A path with a character that JSON escapes is none
/// that we could start, and is not found.
fn executable(message: &str) -> Option<PathBuf> {
    let (_, rest) = message.split_once("\"executable\":\"")?;
    let (path, _) = rest.split_once('"')?;
    (!path.contains('\\')).then(|| PathBuf::from(path))
}

#[cfg(test)]
mod tests {
    use super::executable;
    use std::path::Path;

    /// If this fails, a verb starts nothing, or something else than what it built.
    #[test]
    fn cargo_message_names_the_program() {
        let message = r#"{"reason":"compiler-artifact","executable":"/t/release/x","fresh":true}"#;
        assert_eq!(
            executable(message).as_deref(),
            Some(Path::new("/t/release/x"))
        );
        assert_eq!(
            executable(r#"{"reason":"compiler-artifact","executable":null}"#),
            None
        );
    }
}
