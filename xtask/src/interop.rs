//! `cargo xtask interop`: other people's clients against our server, our client against other
//! people's servers, with and without compression.
//!
//! A row of the table is one peer in one direction with one way of compressing. The peers are
//! scripts in `conformance/interop` that say what they saw; between them and us stands a proxy that
//! reads along, so that what was agreed on and used is judged by one piece of code for all.

mod check;
mod frames;
mod our_client;
mod our_server;
mod rows;
mod tap;
mod tools;
mod wire;

use std::path::{Path, PathBuf};

use crate::interop::check::Check;
use crate::interop::rows::{ROWS, Row};
use crate::interop::tools::{PeerProgram, Tools};
use crate::interop::wire::Ours;
use crate::process::{Outcome, SKIPPED, root};
use crate::program::built;

const HELP: &str = "\
cargo xtask interop [OPTIONS]

  --only WORD        only the rows whose line contains WORD (may be given again: all must match)
  --server PROGRAM   judge this program instead of `sockeye`; it is called like it
  --client PROGRAM   judge this program instead of our example `interop_client`
";

/// The verb's options.
#[derive(Debug, Default)]
struct Options {
    client: Option<PathBuf>,
    help: bool,
    only: Vec<String>,
    server: Option<PathBuf>,
}

/// What all rows count up to.
#[derive(Debug, Default)]
struct Total {
    passed: usize,
    failed: usize,
    skipped: usize,
}

/// Runs the verb.
pub(crate) fn run(args: &[String]) -> Outcome {
    let options = Options::parse(args)?;
    if options.help {
        print!("{HELP}");
        return Ok(());
    }
    let tools = Tools::install();
    let mut total = Total::default();
    for ours in [Ours::Server, Ours::Client] {
        let selected = |row: &Row| row.ours == ours && options.selects(*row);
        let rows: Vec<Row> = ROWS.into_iter().filter(selected).collect();
        if rows.is_empty() {
            continue;
        }
        let program = options.program(ours)?;
        for row in rows {
            match tools.command(row.peer) {
                Ok(peer) => total.count(row, &run_row(row, &program, &peer)),
                Err(missing) => total.skip(row, &missing)?,
            }
        }
    }
    total.close()
}

fn run_row(row: Row, program: &Path, peer: &PeerProgram) -> Vec<Check> {
    let checks = match row.ours {
        Ours::Client => our_client::run(row, program, peer),
        Ours::Server => our_server::run(row, program, peer),
    };
    // What keeps a row from running is a failure of that row, not the end of the table.
    checks.unwrap_or_else(|error| vec![Check::failed("running", error)])
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

    /// The program under test.
    fn program(&self, ours: Ours) -> Result<PathBuf, String> {
        let (given, target) = match ours {
            Ours::Client => (
                &self.client,
                ["--package", "sockeye", "--example", "interop_client"],
            ),
            Ours::Server => (
                &self.server,
                ["--package", "sockeye-cli", "--bin", "sockeye"],
            ),
        };
        match given {
            Some(program) => Ok(root().join(program)),
            None => built(&target),
        }
    }
}

impl Total {
    fn count(&mut self, row: Row, checks: &[Check]) {
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
    use super::{Check, Options, ROWS, Total};

    #[test]
    fn rows_selected_match_every_word() {
        let words = ["--only", "undici", "--only", "no-takeover"].map(str::to_owned);
        let options = Options::parse(&words).expect("options");
        let selected: Vec<String> = ROWS
            .into_iter()
            .filter(|row| options.selects(*row))
            .map(|row| {
                row.to_string()
                    .split_whitespace()
                    .collect::<Vec<_>>()
                    .join(" ")
            })
            .collect();
        assert_eq!(selected, ["our server undici no-takeover"]);
    }

    #[test]
    fn check_failed_fails_the_verb() {
        let mut total = Total::default();
        total.count(ROWS[0], &[Check::passed("one")]);
        total.close().expect("all passed");
        total.count(ROWS[0], &[Check::failed("two", "no".to_owned())]);
        total.close().expect_err("one failed");
    }

    #[test]
    fn verb_that_checked_nothing_fails() {
        Total::default().close().expect_err("nothing was checked");
    }
}
