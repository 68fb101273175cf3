//! `cargo xtask interop`: other people's clients against our server, our client against other
//! people's servers, over TCP and TLS, with and without compression.
//!
//! A row of the table is one peer in one direction over one transport with one way of compressing.
//! The peers are scripts in `conformance/interop` that say what they saw; over plain TCP a proxy
//! stands between them and us and reads along, so that what was agreed on and used is judged by one
//! piece of code for all.

mod check;
mod frames;
mod identity;
mod our_client;
mod our_server;
mod rows;
mod table;
mod tap;
mod tools;
mod wire;

use std::path::PathBuf;

use crate::interop::check::Check;
use crate::interop::identity::Identity;
use crate::interop::rows::Row;
use crate::interop::table::{Line, Table};
use crate::interop::tools::{PeerProgram, Tools};
use crate::interop::wire::Ours;
use crate::process::{Outcome, SKIPPED, in_ci, root};
use crate::program::built;

const HELP: &str = "\
cargo xtask interop [OPTIONS]

  --only WORD        only the rows whose line contains WORD (may be given again: all must match)
  --server PROGRAM   judge this program instead of `sockeye`; it is called like it
  --client PROGRAM   judge this program instead of our example `interop_client`

Rewrites the table in docs/interop.md; with CI=true it compares it instead, all but the versions.
";

/// The verb's options.
#[derive(Debug, Default)]
struct Options {
    client: Option<PathBuf>,
    help: bool,
    only: Vec<String>,
    server: Option<PathBuf>,
}

/// What is under test, and what it is tried with.
struct Trial {
    client: PathBuf,
    server: PathBuf,
    identity: Identity,
}

/// What all rows count up to.
#[derive(Debug, Default)]
struct Total {
    passed: usize,
    failed: usize,
    skipped: usize,
    lines: Vec<Line>,
}

/// Runs the verb.
pub(crate) fn run(args: &[String]) -> Outcome {
    let options = Options::parse(args)?;
    if options.help {
        print!("{HELP}");
        return Ok(());
    }
    let rows = rows::all();
    let mut table = Table::committed()?;
    let trial = options.trial()?;
    let mut tools = Tools::default();
    let mut total = Total::default();
    for row in rows.iter().filter(|row| options.selects(**row)) {
        match tools.peer(row.peer) {
            Ok(peer) => total.count(*row, &peer.version, &trial.run(*row, &peer)),
            Err(missing) => total.skip(*row, &missing)?,
        }
    }
    // Another program's results are not ours to write down.
    if options.client.is_some() || options.server.is_some() {
        return total.close();
    }
    let kept = if in_ci() {
        compare(&table, &rows, &total.lines)
    } else {
        table.rewrite(&rows, &total.lines)
    };
    total.close().and(kept)
}

/// What differs from the committed table is an error that names it.
fn compare(table: &Table, rows: &[Row], ran: &[Line]) -> Outcome {
    let differences = table.differences(rows, ran);
    if differences.is_empty() {
        return Ok(());
    }
    let list = differences.join("\n  ");
    Err(format!(
        "docs/interop.md is not what this run found:\n  {list}"
    ))
}

impl Trial {
    fn run(&self, row: Row, peer: &PeerProgram) -> Vec<Check> {
        let checks = match row.ours {
            Ours::Client => our_client::run(row, &self.client, peer, &self.identity),
            Ours::Server => our_server::run(row, &self.server, peer, &self.identity),
        };
        // What keeps a row from running is a failure of that row, not the end of the table.
        checks.unwrap_or_else(|error| vec![Check::failed("running", error)])
    }
}

impl Options {
    fn parse(args: &[String]) -> Result<Self, String> {
        let mut options = Self::default();
        let mut args = args.iter();
        while let Some(option) = args.next() {
            let mut value = || args.next().ok_or_else(|| format!("{option} needs a value"));
            match option.as_str() {
                "--client" => options.client = Some(PathBuf::from(value()?)),
                "--help" => options.help = true,
                "--only" => options.only.push(value()?.clone()),
                "--server" => options.server = Some(PathBuf::from(value()?)),
                _ => return Err(format!("unknown option `{option}`; --help lists them")),
            }
        }
        Ok(options)
    }

    fn selects(&self, row: Row) -> bool {
        let line = row.to_string();
        self.only.iter().all(|word| line.contains(word.as_str()))
    }

    /// The programs under test, and the certificates of this run.
    fn trial(&self) -> Result<Trial, String> {
        let example = |name| built(&["--package", "sockeye", "--example", name]);
        let given = |program: &PathBuf| root().join(program);
        Ok(Trial {
            client: match &self.client {
                Some(program) => given(program),
                None => example("interop_client")?,
            },
            server: match &self.server {
                Some(program) => given(program),
                None => built(&["--package", "sockeye-cli", "--bin", "sockeye"])?,
            },
            identity: Identity::make(&example("interop_authority")?)?,
        })
    }
}

impl Total {
    fn count(&mut self, row: Row, version: &str, checks: &[Check]) {
        let failed: Vec<&Check> = checks
            .iter()
            .filter(|check| check.fault.is_some())
            .collect();
        let passed = checks.len() - failed.len();
        println!("  {row} {passed:>4} passed {:>3} failed", failed.len());
        for check in &failed {
            let fault = check.fault.as_deref().unwrap_or_default();
            println!("    FAIL {}: {fault}", check.name);
        }
        self.passed += passed;
        self.failed += failed.len();
        self.lines.push(Line::of(row, version, checks));
    }

    /// In CI everything must be there; a person may go on without.
    fn skip(&mut self, row: Row, missing: &str) -> Outcome {
        if !missing.starts_with(SKIPPED) {
            return Err(format!("{row}: {missing}"));
        }
        println!("  {row} {missing}");
        self.skipped += 1;
        Ok(())
    }

    fn close(&self) -> Outcome {
        println!(
            "\n{} passed, {} failed, {} skipped",
            self.passed, self.failed, self.skipped
        );
        match (self.failed, self.skipped) {
            (0, 0) if self.passed == 0 => Err("no row is selected".to_owned()),
            (0, 0) => Ok(()),
            (0, rows) => Err(format!("{SKIPPED}{rows} rows")),
            (failed, _) => Err(format!(
                "{failed} checks with other people's software failed"
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Check, Options, Row, Total, rows};

    #[test]
    fn rows_selected_match_every_word() {
        let words =
            ["--only", "undici", "--only", "no-takeover", "--only", "TLS"].map(str::to_owned);
        let options = Options::parse(&words).expect("options");
        let all = rows::all().into_iter();
        let selected: Vec<_> = all.filter(|row| options.selects(*row)).collect();
        let names: Vec<_> = selected.into_iter().map(Row::names).collect();
        assert_eq!(names, [["undici", "our server", "TLS", "no-takeover"]]);
    }

    #[test]
    fn check_failed_fails_the_verb() {
        let row = rows::all()[0];
        let mut total = Total::default();
        total.count(row, "1", &[Check::passed("one")]);
        total.close().expect("all passed");
        total.count(row, "1", &[Check::failed("two", "no".to_owned())]);
        total.close().expect_err("one failed");
    }

    #[test]
    fn verb_that_checked_nothing_fails() {
        Total::default().close().expect_err("nothing was checked");
    }
}
