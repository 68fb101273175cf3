//! `cargo xtask fuzz`.

use crate::process::Outcome;

/// Runs the verb.
pub(crate) fn run(_args: &[String]) -> Outcome {
    Err("not built yet".to_owned())
}
