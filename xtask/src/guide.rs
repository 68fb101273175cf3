//! `cargo xtask guide`: what guides tell people to type and to write down, tried as it
//! stands there.
//!
//! They are tests of the command, which need a program that not every machine has: `cargo test`
//! ignores them, and says so.

use std::process::Command;

use crate::install;
use crate::process::{self, Outcome, missing};

/// What the names of these tests begin with.
const GUIDE: &str = "guide_";

/// Runs the verb.
pub(crate) fn run(args: &[String]) -> Outcome {
    process::nothing_given(args)?;
    let openssl = install::program("openssl", &["openssl"])?;
    let said = Command::new(&openssl).arg("version").output();
    let said = said.map_err(|error| format!("cannot start {}: {error}", openssl.display()))?;
    let version = String::from_utf8_lossy(&said.stdout).into_owned();
    if !is_new_enough(&version) {
        return Err(missing(&format!(
            "the guide needs OpenSSL 3, not {version}"
        )));
    }
    // What checks the unit; nothing is started by it.
    install::program("systemd-analyze", &["systemd"])?;
    let mut command = process::cargo();
    command.args([
        "test",
        "--package",
        "sockeye-cli",
        "--test",
        "command",
        GUIDE,
    ]);
    command.args(["--", "--ignored"]);
    match process::run_tests(&mut command, GUIDE)? {
        0 => Err("no such test ran".to_owned()),
        _ => Ok(()),
    }
}

/// Whether that is a version with the flags that the guide uses.
fn is_new_enough(version: &str) -> bool {
    let number = version.strip_prefix("OpenSSL ");
    let major = number.and_then(|number| number.split('.').next()?.parse::<u32>().ok());
    major.is_some_and(|major| major >= 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_that_lack_a_flag_are_told_from_others() {
        assert!(is_new_enough("OpenSSL 3.0.19 27 Jan 2026"));
        assert!(is_new_enough("OpenSSL 10.1.0"));
        for old in ["OpenSSL 1.1.1w 11 Sep 2023", "LibreSSL 3.3.6", ""] {
            assert!(!is_new_enough(old), "{old}");
        }
    }
}
