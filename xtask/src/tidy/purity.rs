//! The pure crates see no clock, socket, thread, file, random source or executor.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::{Finding, Rule};
use super::paths::{self, Modules, NamedPath};
use crate::source::SourceFile;

static PURE: Rule = Rule {
    name: "pure-crate",
    reason: "what a pure crate does follows from its arguments alone, so that tests, fuzzers and \
             every runtime can drive it",
};

/// The crates that take time, bytes and randomness as arguments.
const PURE_CRATES: [&str; 3] = ["crates/dialect", "crates/hub", "crates/proto"];
const BANNED_PATHS: [&str; 9] = [
    "getrandom",
    "rand",
    "std::env",
    "std::fs",
    "std::io::stdin",
    "std::net",
    "std::process",
    "std::thread",
    "tokio",
];
const BANNED_CALLS: [&str; 2] = ["Instant::now", "SystemTime::now"];
const BANNED_WORDS: [&str; 3] = ["async", "await", "thread_local"];

/// Checks the pure crates among `files`, tests excepted.
pub(super) fn check(files: &[SourceFile]) -> Vec<Finding> {
    let mut modules: BTreeMap<&str, Modules> = BTreeMap::new();
    let pure = |file: &&SourceFile| PURE_CRATES.contains(&file.crate_dir()) && !file.test;
    let files: Vec<&SourceFile> = files.iter().filter(pure).collect();
    for file in &files {
        if let Some(module) = file.module() {
            modules.entry(file.crate_dir()).or_default().insert(module);
        }
    }
    let none = Modules::new();
    let findings = files.iter().flat_map(|file| {
        let modules = modules.get(file.crate_dir()).unwrap_or(&none);
        check_file(file, modules)
    });
    findings.collect()
}

fn check_file(file: &SourceFile, modules: &Modules) -> Vec<Finding> {
    let tokens = file.product_tokens();
    let module = file.module().unwrap_or_default();
    let mut found: BTreeSet<(usize, String)> = BTreeSet::new();
    for path in paths::named(&tokens, &module, modules) {
        if let Some(banned) = banned(&path) {
            found.insert((path.line, banned.to_owned()));
        }
    }
    for token in &tokens {
        if BANNED_WORDS.contains(&token.text.as_str()) {
            found.insert((token.line, token.text.clone()));
        }
    }
    let finding = |(line, what)| Finding::new(&PURE, &file.path, line, format!("names `{what}`"));
    found.into_iter().map(finding).collect()
}

fn banned(path: &NamedPath) -> Option<&'static str> {
    let joined = path.segments.join("::");
    let starts = |banned: &&&str| {
        let rest = joined.strip_prefix(**banned);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    };
    let calls = |call: &&&str| joined == **call || joined.ends_with(&format!("::{call}"));
    let banned = BANNED_PATHS.iter().find(starts);
    banned.or_else(|| BANNED_CALLS.iter().find(calls)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whats(path: &str, text: &str) -> Vec<String> {
        let found = check(&[SourceFile::new(path, text)]);
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn each_ban_is_found() {
        for text in [
            "use std::{fmt, net::TcpStream};",
            "use tokio::net;",
            "let x = std::time::Instant::now();",
            "let x = Instant::now();",
            "let x = SystemTime::now();",
            "let x = rand::random();",
            "use std::thread;",
            "async fn f() {}",
            "thread_local! { }",
        ] {
            assert_eq!(whats("crates/proto/src/a.rs", text).len(), 1, "{text}");
        }
    }

    #[test]
    fn durations_and_tests_are_free() {
        let text = "use std::time::Instant;\n#[cfg(test)]\nmod tests { use std::net::TcpStream; }";
        assert!(whats("crates/hub/src/a.rs", text).is_empty());
        assert!(whats("crates/proto/tests/a.rs", "use std::thread;").is_empty());
        assert!(whats("crates/proto/src/a.rs", "use crate::rand;\nuse random::x;").is_empty());
    }

    #[test]
    fn other_crates_may_use_sockets() {
        assert!(whats("crates/net/src/a.rs", "use tokio::net;").is_empty());
    }
}
