//! Each module has tests of its own.
//!
//! A module counts as tested if it has an inline test module, a `tests.rs` of its own or of a
//! folder it is in, or a file in the crate's `tests/` that names it or such a folder: by its path,
//! as `` `name` `` in its header, or as `name::` in its code. Modules without functions need none.

use super::finding::{Finding, Rule};
use crate::source::{SourceFile, at};

static UNTESTED: Rule = Rule {
    name: "module-without-tests",
    reason: "whoever changes a module must know which tests to read and to extend",
};

/// Checks the crates among `files`.
pub(super) fn check(files: &[SourceFile]) -> Vec<Finding> {
    let wanting = files
        .iter()
        .filter(|file| needs_tests(file) && !is_tested(file, files));
    let finding = |file: &SourceFile| {
        let what = "neither inline tests, nor `tests.rs`, nor a file in `tests/` that names it";
        Finding::new(&UNTESTED, &file.path, 1, what.to_owned())
    };
    wanting.map(finding).collect()
}

/// A module of a crate that defines a function.
fn needs_tests(file: &SourceFile) -> bool {
    let in_crate = file.path.starts_with("crates/") && file.module().is_some();
    in_crate
        && !file.test
        && file.name() != "main.rs"
        && file.tokens.iter().any(|token| token.text == "fn")
}

fn is_tested(file: &SourceFile, files: &[SourceFile]) -> bool {
    let module = file.module().unwrap_or_default();
    let folders: Vec<&[String]> = (1..=module.len()).map(|len| &module[..len]).collect();
    let covers = |test: &SourceFile| match test.module() {
        Some(tests) => tests
            .split_last()
            .is_some_and(|(_, folder)| folders.contains(&folder)),
        None => module.iter().any(|name| names(test, name)),
    };
    let mut tests = files
        .iter()
        .filter(|test| test.test && test.crate_dir() == file.crate_dir());
    folders.is_empty() || file.lines.iter().any(|line| line.test) || tests.any(covers)
}

fn names(test: &SourceFile, name: &str) -> bool {
    let quoted = format!("`{name}`");
    let header = test
        .lines
        .iter()
        .take_while(|line| line.comment.starts_with("//!"));
    let in_code =
        |index| at(&test.tokens, index, &["::", name]) || at(&test.tokens, index, &[name, "::"]);
    test.path
        .split('/')
        .any(|part| part.trim_end_matches(".rs") == name)
        || header
            .into_iter()
            .any(|line| line.comment.contains(&quoted))
        || (0..test.tokens.len()).any(in_code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> usize {
        let file = |(path, text): &(&str, &str)| SourceFile::new(path, text);
        check(&files.iter().map(file).collect::<Vec<_>>()).len()
    }

    const MODULE: (&str, &str) = ("crates/x/src/frame/header.rs", "fn f() {}");

    #[test]
    fn module_without_tests_is_found() {
        assert_eq!(found(&[MODULE]), 1);
        assert_eq!(found(&[MODULE, ("crates/y/tests/header.rs", "")]), 1);
        assert_eq!(
            found(&[MODULE, ("crates/x/tests/close.rs", "//! Of close.")]),
            1
        );
    }

    #[test]
    fn any_of_the_three_places_will_do() {
        assert_eq!(
            found(&[("crates/x/src/a.rs", "fn f() {}\n#[test]\nfn t() {}")]),
            0
        );
        assert_eq!(
            found(&[MODULE, ("crates/x/src/frame/header/tests.rs", "")]),
            0
        );
        assert_eq!(found(&[MODULE, ("crates/x/tests/header.rs", "")]), 0);
        assert_eq!(
            found(&[MODULE, ("crates/x/tests/wire.rs", "//! Tests `header`.")]),
            0
        );
    }

    #[test]
    fn modules_without_functions_need_none() {
        assert_eq!(
            found(&[("crates/x/src/limits.rs", "pub const A: u8 = 1;")]),
            0
        );
        assert_eq!(found(&[("crates/x/src/lib.rs", "fn f() {}")]), 0);
    }
}
