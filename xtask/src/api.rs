//! `cargo xtask api [--accept]`: the public interface as committed lists, so that no change of it
//! goes unseen. Also an ordinary test.
//!
//! The lists come from the source: `unreachable_pub` is an error here, so that what says `pub` is
//! what users reach. Signatures, public fields, variants and implemented traits are in them; the
//! bodies of functions and the values of constants are not. What a macro makes shows as its call.
//! It reads no types: `cargo xtask semver` does.

mod listing;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::process::{self, Outcome};
use crate::source;

/// The crates whose interface others build on.
const CRATES: [&str; 2] = ["crates/net", "crates/proto"];

/// The list of a crate, in its folder.
const LIST: &str = "public-api.txt";

/// What to do about a difference.
const ADVICE: &str = "a line that is gone (-) or changed breaks who uses it, and needs a new major \
                      version (before 1.0: the minor) and a line under Changed or Removed in \
                      CHANGELOG.md; a line that is new (+) needs one under Added. Then accept it: \
                      cargo xtask api --accept";

/// Compares the lists, or writes them.
pub(crate) fn run(args: &[String]) -> Outcome {
    let root = process::root();
    if process::is_given(args, "--accept")? {
        accept(&root)
    } else {
        check(&root)
    }
}

fn accept(root: &Path) -> Outcome {
    for (folder, list) in current(root)? {
        let path = root.join(folder).join(LIST);
        let written = fs::write(&path, list.join("\n") + "\n");
        written.map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    }
    Ok(())
}

fn check(root: &Path) -> Outcome {
    let mut changes = Vec::new();
    for (folder, list) in current(root)? {
        let committed = source::read_text(root, &format!("{folder}/{LIST}"))?;
        changes.extend(differences(folder, &committed, &list));
    }
    if changes.is_empty() {
        println!("api: the public interface is the committed one");
        return Ok(());
    }
    Err(format!(
        "the public interface changed:\n{}\n{ADVICE}",
        changes.join("\n")
    ))
}

fn current(root: &Path) -> Result<Vec<(&'static str, Vec<String>)>, String> {
    let files = source::read(root)?;
    Ok(CRATES
        .map(|folder| (folder, listing::of(folder, &files)))
        .into())
}

/// What is in one of both only, as a diff shows it.
fn differences(folder: &str, committed: &str, list: &[String]) -> Vec<String> {
    let committed: BTreeSet<&str> = committed.lines().collect();
    let list: BTreeSet<&str> = list.iter().map(String::as_str).collect();
    let gone = committed.difference(&list);
    let added = list.difference(&committed);
    let gone = gone.map(|line| format!("{folder}: - {line}"));
    gone.chain(added.map(|line| format!("{folder}: + {line}")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_interface_is_the_committed_one() {
        assert_eq!(check(&process::root()), Ok(()));
    }

    #[test]
    fn what_is_gone_and_what_is_new_are_told_apart() {
        let list = ["a".to_owned(), "c".to_owned()];
        let found = differences("x", "a\nb\n", &list);
        assert_eq!(found, ["x: - b", "x: + c"]);
        assert!(differences("x", "c\na\n", &list).is_empty());
    }
}
