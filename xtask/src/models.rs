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
pub(crate) fn run(args: &[String]) -> Outcome {
    process::nothing_given(args)?;
    let mut command = process::cargo();
    command.args(["test", "--manifest-path", "models/Cargo.toml"]);
    command.args(["--workspace", "--lib"]);
    command.arg(MODELS);
    let passed = process::run_tests(&mut command, MODELS)?;
    if passed < MODELS_MIN {
        return Err(format!(
            "only {passed} models ran, of {MODELS_MIN} at least"
        ));
    }
    Ok(())
}
