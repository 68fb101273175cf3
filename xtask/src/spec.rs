//! `cargo xtask spec`: every requirement of the RFCs, and every step of the WHATWG WebSockets
//! standard, with the code that keeps it and the test that proves it.
//!
//! The requirements stand in `conformance/spec/*.toml` (`table`), the citations in comments
//! (`citation`); `report` sets the two side by side. The form of both is in CONTRIBUTING.md.

mod citation;
mod report;
mod table;

use crate::process::{self, Outcome};
use crate::source;

/// The tables, in the order in which they are printed.
const TABLES: [&str; 3] = [
    "conformance/spec/rfc6455.toml",
    "conformance/spec/rfc7692.toml",
    "conformance/spec/websockets.toml",
];

/// Prints the table; with `--check` only what is wrong, as an error. Another argument is the start
/// of the ids to print.
pub(crate) fn run(args: &[String]) -> Outcome {
    let check = args.iter().any(|arg| arg == "--check");
    let prefix = args.iter().find(|arg| !arg.starts_with('-'));
    if let Some(unknown) = args
        .iter()
        .find(|arg| arg.starts_with('-') && *arg != "--check")
    {
        return Err(format!("unknown flag `{unknown}`"));
    }
    let report = read()?;
    if !check {
        print!("{}", report.table(prefix.map_or("", String::as_str)));
    }
    println!("{}", report.summary());
    if check { report.check() } else { Ok(()) }
}

fn read() -> Result<report::Report, String> {
    let root = process::root();
    let mut requirements = Vec::new();
    for path in TABLES {
        let text = source::read_text(&root, path)?;
        let parsed = table::parse(&text).map_err(|error| format!("{path}: {error}"))?;
        requirements.extend(parsed);
    }
    let files = source::read(&root)?;
    let citing = files.iter().filter(|file| cites(&file.path));
    let comments = citing.flat_map(citation::read).collect();
    Ok(report::Report::new(requirements, comments))
}

/// The rules quote citations in their own texts and tests, which are not citations.
fn cites(path: &str) -> bool {
    !path.starts_with("xtask/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_well_formed() {
        let report = read().unwrap();
        assert!(report.table("6455-").lines().count() > report.table("7692-").lines().count());
    }
}
