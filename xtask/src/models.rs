//! `cargo xtask models`: locks of the library and the server in every order that threads can take
//! them, with loom.
//!
//! `models/` compiles the library's own sources with loom's locks, `models/server` those of the
//! server's mail; the models stand beside the code that they check, or there. A wakeup that goes
//! missing is a deadlock there, and every order is tried, up to a number of interruptions that the
//! models name.

use crate::process::{self, Outcome};

/// What the names of models have in common: other unit tests know nothing of loom.
const MODELS: &str = "models::";

/// Fewer than these were not found or not run.
const MODELS_MIN: usize = 11;

/// Runs all models.
pub(crate) fn run(_args: &[String]) -> Outcome {
    let mut command = process::cargo();
    command.args(["test", "--manifest-path", "models/Cargo.toml"]);
    command.args(["--workspace", "--lib"]);
    command.arg(MODELS);
    let mut passed = 0;
    process::run_lines(&mut command, |line| passed += usize::from(is_passed(line)))?;
    if passed < MODELS_MIN {
        return Err(format!(
            "only {passed} models ran, of {MODELS_MIN} at least"
        ));
    }
    Ok(())
}

/// Whether a line of the test program says that a model passed.
fn is_passed(line: &str) -> bool {
    line.starts_with("test ") && line.contains(MODELS) && line.ends_with("... ok")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_are_counted_and_other_lines_are_not() {
        assert!(is_passed("test driver::models::flush_ends ... ok"));
        assert!(!is_passed("test driver::models::flush_ends ... FAILED"));
        assert!(!is_passed("test outbox::tests::order ... ok"));
        assert!(!is_passed("test result: ok. 5 passed"));
    }
}
