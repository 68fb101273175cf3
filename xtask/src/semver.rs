//! `cargo xtask semver [--accept]`: what the libraries' types promise, against the revision in
//! `conformance/api/baseline`, by cargo-semver-checks. It sees what the committed lists of `api`
//! cannot: a type that is not `Send` any more, a bound, what a macro made.
//!
//! A break is right where the version says so, before 1.0 by its minor number. Until the first
//! release no version promised anything yet, and a break that `CHANGELOG.md` lists is accepted by
//! moving the baseline behind it. Never decides what the version should be.
//!
//! Not part of `test`: the tool takes minutes to build, and `api`, which is, shows every change of
//! what is written.

use std::fs;
use std::process::Command;

use crate::process::{self, Outcome, missing};
use crate::source;
use crate::tools;

/// The release of cargo-semver-checks that these flags were tried with.
const VERSION: &str = "0.51.0";

/// The libraries that others build on.
const PACKAGES: [&str; 3] = ["sockeye", "sockeye-proto", "sockeye-simd"];

/// Holds the revision, behind comments.
const BASELINE: &str = "conformance/api/baseline";

/// What the tool builds and remembers, apart from what others build.
const TARGET: &str = "target/semver";

/// Compares with the baseline, or makes the committed tree the baseline.
pub(crate) fn run(args: &[String]) -> Outcome {
    let text = source::read_text(&process::root(), BASELINE)?;
    let (comments, revision) = parts(&text)?;
    if process::is_given(args, "--accept")? {
        accept(&comments)
    } else {
        check(revision)
    }
}

fn check(revision: &str) -> Outcome {
    if !process::succeeds(git().args(["cat-file", "-e", &format!("{revision}^{{commit}}")])) {
        return Err(missing(&format!(
            "revision {revision} of {BASELINE} is not in this clone: git fetch --unshallow"
        )));
    }
    let mut command = tools::subcommand("semver-checks", VERSION)?;
    for package in PACKAGES {
        command.args(["--package", package]);
    }
    command.args(["--all-features", "--baseline-rev", revision]);
    command.env("CARGO_TARGET_DIR", process::root().join(TARGET));
    process::run(&mut command)
}

fn accept(comments: &str) -> Outcome {
    if !process::succeeds(git().args(["diff", "--quiet", "HEAD", "--", "crates"])) {
        return Err("crates/ has changes that no revision holds: commit them first".to_owned());
    }
    let output = git().args(["rev-parse", "HEAD"]).output();
    let output = output.map_err(|error| format!("cannot start git: {error}"))?;
    let revision = String::from_utf8_lossy(&output.stdout);
    let text = format!("{comments}{}\n", revision.trim());
    // What git said instead of a revision is not written down.
    parts(&text)?;
    fs::write(process::root().join(BASELINE), text)
        .map_err(|error| format!("cannot write {BASELINE}: {error}"))
}

fn git() -> Command {
    let mut command = Command::new("git");
    command.current_dir(process::root());
    command
}

/// The comments of a baseline, and the revision behind them.
fn parts(text: &str) -> Result<(String, &str), String> {
    let (comments, others): (Vec<&str>, Vec<&str>) =
        text.lines().partition(|line| line.starts_with('#'));
    let comments = comments.iter().flat_map(|line| [line, "\n"]).collect();
    match others.as_slice() {
        [revision] if revision.len() == 40 && revision.bytes().all(|b| b.is_ascii_hexdigit()) => {
            Ok((comments, revision))
        }
        _ => Err(format!("{BASELINE} names no revision: {others:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn baseline_names_a_revision() {
        let text = source::read_text(&process::root(), BASELINE).unwrap();
        parts(&text).unwrap();
    }

    #[test]
    fn baseline_is_one_whole_revision_behind_comments() {
        let revision = "0123456789abcdef0123456789abcdef01234567";
        let text = format!("# why\n# so\n{revision}\n");
        let (comments, found) = parts(&text).unwrap();
        assert_eq!((comments.as_str(), found), ("# why\n# so\n", revision));
        for wrong in ["", "# why\n", "0123456\n", "HEAD\n"] {
            assert!(parts(wrong).is_err(), "{wrong}");
        }
        assert!(parts(&format!("{revision}\n{revision}\n")).is_err());
    }
}
