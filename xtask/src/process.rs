//! Running other programs from the verbs: where the tree is, what ran, what it said.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// What a verb gives back: nothing, or one message for the terminal.
pub(crate) type Outcome = Result<(), String>;

/// How a message starts that reports a part as not run rather than as failed.
pub(crate) const SKIPPED: &str = "SKIPPED: ";

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
    // Whoever called it may build in the same folder.
    for (name, _) in std::env::vars_os() {
        if is_of_a_package(&name.to_string_lossy()) {
            command.env_remove(name);
        }
    }
    command
}

/// Whether `name` is of what cargo tells the programs that it runs, of their own package. Build
/// scripts of others look at it, such as ring's: with ours in it, they and all that depends on them
/// would be built again whenever a person's cargo and a verb's have their turns.
fn is_of_a_package(name: &str) -> bool {
    ["CARGO_MANIFEST_", "CARGO_PKG_"]
        .iter()
        .any(|start| name.starts_with(start))
}

/// Whether `flag` is given, which is the only argument that a verb knows.
pub(crate) fn is_given(args: &[String], flag: &str) -> Result<bool, String> {
    match args {
        [] => Ok(false),
        [own] if own == flag => Ok(true),
        _ => Err(format!(
            "unknown arguments {args:?}, only `{flag}` is known"
        )),
    }
}

/// Fails unless a verb that knows no arguments is given none.
pub(crate) fn nothing_given(args: &[String]) -> Outcome {
    match args {
        [] => Ok(()),
        _ => Err(format!("unknown arguments {args:?}, none are known")),
    }
}

/// Runs a command that ends in tests of Rust, and counts those of them that passed whose names
/// contain `part`: a run that finds none of them exits with 0 as well.
pub(crate) fn run_tests(command: &mut Command, part: &str) -> Result<usize, String> {
    let mut passed = 0;
    run_lines(command, |line| passed += usize::from(is_passed(line, part)))?;
    Ok(passed)
}

/// Whether a line of a test program says that such a test passed.
fn is_passed(line: &str, part: &str) -> bool {
    line.starts_with("test ") && line.contains(part) && line.ends_with("... ok")
}

/// Whether this is CI, where nothing may be skipped and nothing committed changes.
pub(crate) fn in_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| value == "true")
}

/// The message for something that is neither here nor could be installed: an error in CI, where
/// everything runs, and elsewhere a part that says that it was skipped.
pub(crate) fn missing(what: &str) -> String {
    if in_ci() {
        what.to_owned()
    } else {
        format!("{SKIPPED}{what}")
    }
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

/// Runs `command` like [`run`], and gives `each` the lines it prints as they pass.
pub(crate) fn run_lines(command: &mut Command, mut each: impl FnMut(&str)) -> Outcome {
    let shown = display(command);
    println!("> {shown}");
    let complain = |what: &str, error| format!("cannot {what} {shown}: {error}");
    let started = command.stdout(Stdio::piped()).spawn();
    let mut child = started.map_err(|error| complain("start", error))?;
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).split(b'\n') {
            let line = line.map_err(|error| complain("read from", error))?;
            let line = String::from_utf8_lossy(&line);
            println!("{line}");
            each(&line);
        }
    }
    let status = child.wait().map_err(|error| complain("wait for", error))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{shown} ended with {status}"))
    }
}

/// Whether `command` can be started and exits with 0; what it says is dropped.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    let quiet = command.stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
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

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    /// If this fails, a verb takes a slip for its flag, or does without what was asked for.
    #[test]
    fn verb_knows_its_flag_and_nothing_else() {
        let given = |args: &[&str]| {
            let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
            is_given(&args, "--accept")
        };
        assert_eq!(given(&[]), Ok(false));
        assert_eq!(given(&["--accept"]), Ok(true));
        assert_eq!(nothing_given(&[]), Ok(()));
        nothing_given(&["--accept".to_owned()]).unwrap_err();
        for wrong in [&["--acept"][..], &["--accept", "--accept"]] {
            assert!(given(wrong).unwrap_err().contains("only `--accept`"));
        }
    }

    /// If this fails, everything above ring is built once more after each verb.
    #[test]
    fn cargo_knows_nothing_of_our_own_package() {
        let command = cargo();
        let mut removed = command.get_envs().filter(|(_, value)| value.is_none());
        assert!(removed.any(|(name, _)| name == "CARGO_MANIFEST_DIR"));
        assert!(is_of_a_package("CARGO_PKG_NAME"));
        assert!(!is_of_a_package("CARGO_TARGET_DIR"));
    }

    /// If this fails, a run without any of the tests passes.
    #[test]
    fn only_tests_of_that_name_that_passed_count() {
        assert!(is_passed("test tls::guide_makes_keys ... ok", "guide_"));
        assert!(!is_passed(
            "test tls::guide_makes_keys ... FAILED",
            "guide_"
        ));
        assert!(!is_passed("test tls::other ... ok", "guide_"));
        assert!(!is_passed("test result: ok. 5 passed", "guide_"));
    }

    /// If this fails, a verb takes a failure for a pass.
    #[test]
    fn lines_pass_and_the_status_counts() {
        let mut lines = Vec::new();
        let outcome = run_lines(&mut shell("echo a; echo b; exit 3"), |line| {
            lines.push(line.to_owned());
        });
        assert_eq!(lines, ["a", "b"]);
        assert!(outcome.is_err_and(|message| message.contains("exit status: 3")));
    }

    /// If this fails, a tool that is missing is taken for one that is there.
    #[test]
    fn program_that_is_not_there_does_not_succeed() {
        assert!(succeeds(&mut shell("true")));
        assert!(!succeeds(&mut shell("false")));
        assert!(!succeeds(&mut Command::new("no-such-program-anywhere")));
    }
}
