//! Running other programs from the verbs: where the tree is, what ran, what it said.

use std::path::PathBuf;
use std::process::Command;

/// What a verb gives back: nothing, or one message for the terminal.
pub(crate) type Outcome = Result<(), String>;

/// The root of the source tree.
pub(crate) fn root() -> PathBuf {
    let manifest = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    manifest
        .parent()
        .map_or_else(|| manifest.clone(), PathBuf::from)
}

/// `cargo` as it was called, in the root of the tree.
pub(crate) fn cargo() -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}

/// Runs `command` with our terminal and fails unless it exits with 0.
pub(crate) fn run(command: &mut Command) -> Outcome {
    println!("> {}", display(command));
    let status = command
        .status()
        .map_err(|error| format!("cannot start {}: {error}", display(command)))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{} ended with {status}", display(command)))
    }
}

fn display(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(
        command
            .get_args()
            .map(|word| word.to_string_lossy().into_owned()),
    );
    words.join(" ")
}
