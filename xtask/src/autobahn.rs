//! `cargo xtask autobahn`: the Autobahn suite against our server and against our client.
//!
//! The suite's 517 cases send what a peer may and may not send, and judge two things: what came
//! back, and how the connection ended. We count a case as passed only when both are as good as the
//! suite can say and as `conformance/autobahn/expected-*.json` says they were.

mod case;
mod expected;
mod options;
mod report;
mod run;
mod self_test;
mod suite;
mod verdict;

use std::path::PathBuf;
use std::process::Command;

use crate::autobahn::case::Case;
use crate::autobahn::expected::Expected;
use crate::autobahn::options::{Direction, Mode, Options, Selection};
use crate::autobahn::report::Report;
use crate::autobahn::run::Job;
use crate::autobahn::suite::Suite;
use crate::built::{Target, built};
use crate::process::{Outcome, root};
use crate::program::Program;

const HELP: &str = "\
cargo xtask autobahn [OPTIONS]

  --direction server|client|both  what is under test (both)
  --cases all|ci|PATTERN,..       517 cases, what CI runs, or such as 6.4.*,9.1.1 (ci)
  --update                        write what was found to conformance/autobahn/expected-*.json
  --jobs N                        fuzzers side by side (cores + 1)
  --grace SECONDS                 added to the suite's deadlines, for a busy machine (20)
  --url ws://HOST:PORT            judge this server instead of ours
  --client PROGRAM                judge this client instead of ours; it gets the fuzzer's URL
  --ci                            the self-test, then --cases ci: what `cargo xtask test` runs
  --self-test                     prove that the judge fails peers that deserve it
";

/// Runs the verb.
pub(crate) fn run(args: &[String]) -> Outcome {
    let options = Options::parse(args)?;
    match options.mode {
        Mode::Ci => ci_selection(),
        Mode::Help => {
            print!("{HELP}");
            Ok(())
        }
        Mode::Judge => run_directions(&options, &Suite::install()?),
        Mode::SelfTest => self_test::run(&Suite::install()?),
    }
}

/// What `cargo xtask test` runs: the judge against peers that must fail, then both directions.
pub(crate) fn ci_selection() -> Outcome {
    let suite = Suite::install()?;
    self_test::run(&suite)?;
    run_directions(&Options::default(), &suite)
}

fn run_directions(options: &Options, suite: &Suite) -> Outcome {
    let mut reports = Vec::new();
    for direction in [Direction::Server, Direction::Client] {
        if options.covers(direction) {
            let report = judge(direction, options, suite)?;
            report.print();
            reports.push(report);
        }
    }
    report::total(&reports)
}

fn judge(direction: Direction, options: &Options, suite: &Suite) -> Result<Report, String> {
    let cases = selected(&options.cases, suite)?;
    let job = Job {
        suite,
        cases,
        workers: options.jobs,
        grace: options.grace,
        reports: suite::reports(direction),
    };
    let found = match direction {
        Direction::Server => {
            let (_server, url) = server_under_test(options)?;
            job.server_cases(&url)?
        }
        Direction::Client => {
            let client = client_under_test(options)?;
            job.client_cases(|| Command::new(&client))?
        }
    };
    if options.is_stand_in(direction) {
        return Ok(Report::new(direction, found, None, &job.reports));
    }
    let file = suite::expected_file(direction);
    let mut expected = Expected::read(&file)?;
    if options.update {
        expected.update(&found);
        expected.write(&file)?;
    }
    Ok(Report::new(direction, found, Some(&expected), &job.reports))
}

/// The selected cases, the costly ones first, so that no worker is left alone with one at the end.
fn selected(selection: &Selection, suite: &Suite) -> Result<Vec<Case>, String> {
    let mut cases = suite.cases()?;
    cases.retain(|(case, _)| selection.includes(case));
    if cases.is_empty() {
        return Err("no case of the suite is selected".to_owned());
    }
    cases.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
    Ok(cases.into_iter().map(|(case, _)| case).collect())
}

/// Our echo server, or nothing to hold when somebody else's was given; and the URL in any case.
fn server_under_test(options: &Options) -> Result<(Option<Program>, String), String> {
    if let Some(url) = &options.url {
        return Ok((None, url.clone()));
    }
    let binary = built(Target::Sockeye)?;
    let mut command = Command::new(binary);
    command.args(["echo", "--listen", "127.0.0.1:0", "--deflate", "takeover"]);
    let (server, address) = Program::start_server(&mut command)?;
    Ok((Some(server), format!("ws://{address}")))
}

fn client_under_test(options: &Options) -> Result<PathBuf, String> {
    match &options.client {
        Some(program) => Ok(root().join(program)),
        None => built(Target::Example("autobahn_client")),
    }
}
