//! `cargo xtask lint`: rustfmt, clippy with warnings as errors (also for each feature of the
//! library alone), the rules for dependencies, and tidy.

use crate::process::{self, Outcome};
use crate::{deny, features, tidy};

/// The main workspace, and those of their own beside it.
const WORKSPACES: [&str; 4] = [
    "Cargo.toml",
    "benches/Cargo.toml",
    "fuzz/Cargo.toml",
    "models/Cargo.toml",
];

/// Runs them all, so that one run tells everything that is wrong.
pub(crate) fn run(args: &[String]) -> Outcome {
    process::nothing_given(args)?;
    let mut outcomes = Vec::new();
    for component in ["fmt", "clippy"] {
        outcomes.push(installed(component).and_then(|()| {
            let each = WORKSPACES.map(|manifest| cargo(component, manifest));
            together(each.to_vec())
        }));
    }
    outcomes.push(features::run(&[]));
    outcomes.push(deny::run(&[]));
    outcomes.push(tidy::run(&[]));
    together(outcomes)
}

fn cargo(component: &str, manifest: &str) -> Outcome {
    let mut command = process::cargo();
    command.args([component, "--manifest-path", manifest]);
    process::run(
        match component {
            "fmt" => command.args(["--all", "--check"]),
            _ => command.args(["--workspace", "--all-targets", "--all-features"]),
        }
        .args(warnings_are_errors(component)),
    )
}

fn warnings_are_errors(component: &str) -> &'static [&'static str] {
    match component {
        "clippy" => &["--", "--deny", "warnings"],
        _ => &[],
    }
}

fn installed(component: &str) -> Outcome {
    if process::succeeds(process::cargo().args([component, "--version"])) {
        return Ok(());
    }
    let name = if component == "fmt" {
        "rustfmt"
    } else {
        component
    };
    Err(format!("{name} is missing: rustup component add {name}"))
}

/// The messages of all that failed in one.
fn together(outcomes: Vec<Outcome>) -> Outcome {
    let messages: Vec<String> = outcomes.into_iter().filter_map(Outcome::err).collect();
    if messages.is_empty() {
        Ok(())
    } else {
        Err(messages.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_failures_are_told() {
        assert_eq!(together(vec![Ok(()), Ok(())]), Ok(()));
        let outcomes = vec![Err("a".to_owned()), Ok(()), Err("b".to_owned())];
        assert_eq!(together(outcomes), Err("a; b".to_owned()));
    }

    #[test]
    fn missing_component_says_how_to_get_it() {
        let message = installed("no-such-component").unwrap_err();
        assert!(message.contains("rustup component add no-such-component"));
    }
}
