//! `cargo xtask interop`: other people's clients against our server, our client against other
//! people's servers, over TCP and TLS, with and without compression.
//!
//! A row of the table is one peer in one direction over one transport with one way of compressing.
//! The peers are scripts in `conformance/interop` that say what they saw; over plain TCP a proxy
//! stands between them and us and reads along, so that what was agreed on and used is judged by one
//! piece of code for all.

mod check;
mod frames;
pub(crate) mod identity;
mod our_client;
mod our_server;
mod rows;
mod table;
mod tap;
mod tools;
mod wire;

use std::path::PathBuf;

use crate::built::{Target, built};
use crate::interop::check::Check;
use crate::interop::identity::Identity;
use crate::interop::rows::Row;
use crate::interop::table::{Line, Table};
use crate::interop::tools::{PeerProgram, Tools};
use crate::interop::wire::Ours;
use crate::process::{Outcome, SKIPPED, in_ci, root};

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
    /// Why peers could not be tried that had to be, each once.
    missing: Vec<String>,
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
            Err(missing) => total.skip(*row, &missing),
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
    both(total.close(), kept)
}

/// What either of two outcomes has to say.
fn both(one: Outcome, other: Outcome) -> Outcome {
    match (one, other) {
        (Err(one), Err(other)) => Err(format!("{one}\n{other}")),
        (one, other) => one.and(other),
    }
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
        let given = |program: &PathBuf| root().join(program);
        Ok(Trial {
            client: match &self.client {
                Some(program) => given(program),
                None => built(Target::Example("interop_client"))?,
            },
            server: match &self.server {
                Some(program) => given(program),
                None => built(Target::Sockeye)?,
            },
            identity: Identity::make(&built(Target::Example("interop_authority"))?)?,
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

    /// A peer that cannot be had ends no table: the others are tried. In CI everything must be
    /// there, so there it is a failure at the end; a person may do without.
    fn skip(&mut self, row: Row, missing: &str) {
        println!("  {row} {missing}");
        if missing.starts_with(SKIPPED) {
            self.skipped += 1;
            return;
        }
        let [peer, ..] = row.names();
        let what = format!("{peer}: {missing}");
        if !self.missing.contains(&what) {
            self.missing.push(what);
        }
    }

    fn close(&self) -> Outcome {
        println!(
            "\n{} passed, {} failed, {} skipped, {} peers missing",
            self.passed,
            self.failed,
            self.skipped,
            self.missing.len()
        );
        let mut faults = self.missing.clone();
        if self.failed > 0 {
            let failed = self.failed;
            faults.push(format!(
                "{failed} checks with other people's software failed"
            ));
        }
        match (faults.as_slice(), self.skipped) {
            ([], 0) if self.passed == 0 => Err("no row is selected".to_owned()),
            ([], 0) => Ok(()),
            ([], rows) => Err(format!("{SKIPPED}{rows} rows")),
            (faults, _) => Err(faults.join("\n")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Check, Options, Row, SKIPPED, Total, both, rows};

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

    /// Fails if the first peer that cannot be installed in CI keeps the others from being tried, or
    /// a run without it passes.
    #[test]
    fn peer_that_is_missing_ends_no_table_and_fails_the_verb_at_its_end() {
        let rows = rows::all();
        let mut total = Total::default();
        total.skip(rows[0], "no ruby");
        total.skip(rows[1], "no ruby");
        total.count(rows[2], "1", &[Check::passed("one")]);
        let said = total.close().expect_err("a peer is missing");
        assert_eq!(said, format!("{}: no ruby", rows[0].names()[0]));
        total.count(rows[2], "1", &[Check::failed("two", "no".to_owned())]);
        let said = total.close().expect_err("and a check failed");
        assert_eq!(said.lines().count(), 2, "{said}");
        let said = both(Err(said), Err("differs".to_owned())).expect_err("all of it");
        assert_eq!(said.lines().count(), 3, "{said}");
    }

    /// Fails if a run of a person who lacks a peer counts as passed.
    #[test]
    fn peer_that_a_person_lacks_is_skipped_and_said_so() {
        let row = rows::all()[0];
        let mut total = Total::default();
        total.skip(row, "SKIPPED: no ruby");
        total.count(row, "1", &[Check::passed("one")]);
        let said = total.close().expect_err("skipped");
        assert!(said.starts_with(SKIPPED), "{said}");
        both(Ok(()), Ok(())).expect("nothing to say");
    }

    #[test]
    fn verb_that_checked_nothing_fails() {
        Total::default().close().expect_err("nothing was checked");
    }
}
