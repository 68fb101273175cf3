//! `cargo xtask bench`: our server against raw echoes and other people's crates, in the same run,
//! under the same generator. docs/benchmarks.md says how, and how to read the figures.

mod broadcast;
mod certificate;
mod contender;
mod figures;
mod handshakes;
mod hub;
mod idle;
mod instructions;
mod load;
mod machine;
mod memory;
mod plan;
mod programs;
mod record;
mod report;
mod rooms;
mod rounds;
mod rows;
mod running;
mod scale;
mod scenario;
mod script;
mod statistics;
mod syscalls;

use crate::bench::load::Bench;
use crate::bench::plan::{HELP, Plan};
use crate::bench::programs::{Cores, Programs};
use crate::bench::record::Record;
use crate::bench::scenario::Scenario;
use crate::process::{Outcome, SKIPPED, cargo, run as run_command};

/// A scenario that needs none of the programs that the others do: what is asked for, and where its
/// figures go; gives what went wrong.
type Alone = fn(&Plan, &mut Record) -> Result<Vec<String>, String>;

const ALONE: [(&str, Alone); 5] = [
    ("instructions", |_, _| instructions::run()),
    ("broadcast", |plan, record| {
        broadcast::run(plan.smoke, record)
    }),
    ("hub", |plan, record| hub::run(plan.smoke, record)),
    ("rooms", |plan, record| rooms::run(plan.smoke, record)),
    ("script", script::run),
];

/// Runs the verb.
pub(crate) fn run(args: &[String]) -> Outcome {
    if args.iter().any(|word| word == "help" || word == "--help") {
        print!("{HELP}");
        return Ok(());
    }
    let mut plan = Plan::parse(args)?;
    println!("{}, commit {}", machine::describe(), machine::commit());
    let mut record = Record::new();
    let mut findings = Findings::default();
    if plan.smoke {
        run_command(cargo().args(["test", "--quiet", "--manifest-path", "benches/Cargo.toml"]))?;
    }
    for (name, run) in ALONE {
        let before = plan.scenarios.len();
        plan.scenarios.retain(|scenario| scenario != name);
        if plan.scenarios.len() < before {
            findings.add(name, run(&plan, &mut record));
        }
    }
    let is_recorded = plan.record;
    if !plan.scenarios.is_empty() {
        time(plan, &mut record, &mut findings)?;
    }
    if is_recorded {
        println!("\nraw figures: {}", record.save()?.display());
    }
    findings.outcome()
}

/// What went wrong, and what was skipped; the other scenarios run all the same.
#[derive(Debug, Default)]
struct Findings {
    faults: Vec<String>,
    skipped: Vec<String>,
}

impl Findings {
    /// Takes in what the scenario `name` found, or why it ended early.
    fn add(&mut self, name: &str, found: Result<Vec<String>, String>) {
        let (list, found) = match found {
            Ok(faults) => (&mut self.faults, faults),
            Err(why) => match why.strip_prefix(SKIPPED) {
                Some(why) => (&mut self.skipped, vec![why.to_owned()]),
                None => (&mut self.faults, vec![why]),
            },
        };
        list.extend(found.into_iter().map(|what| format!("{name}: {what}")));
    }

    fn outcome(&self) -> Outcome {
        let Self { faults, skipped } = self;
        if !faults.is_empty() {
            let count = faults.len();
            return Err(format!("{count} failed:\n  {}", faults.join("\n  ")));
        }
        if !skipped.is_empty() {
            return Err(format!("{SKIPPED}{}", skipped.join("; ")));
        }
        Ok(())
    }
}

/// Builds everything and runs the scenarios that are timed.
fn time(plan: Plan, record: &mut Record, findings: &mut Findings) -> Outcome {
    let bench = Bench {
        programs: Programs::build()?,
        cores: Cores::here(),
        plan,
    };
    for name in &bench.plan.scenarios {
        findings.add(name, scenario(&bench, name, record));
    }
    Ok(())
}

/// Runs one scenario and returns what went wrong with single servers.
fn scenario(bench: &Bench, name: &str, record: &mut Record) -> Result<Vec<String>, String> {
    if let Some(row) = Scenario::named(name) {
        return rows::run(bench, &row, record);
    }
    match name {
        "handshakes" => handshakes::run(bench, record),
        "idle" => idle::run(bench, record),
        "memory-bound" => memory::run(bench, record),
        "scale" => scale::run(bench, record),
        "tls-idle" => idle::run_tls(bench, record),
        _ => Err(format!("no scenario is called `{name}`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// If this fails, a bench that could not run passes, or one that broke hides the others'
    /// figures.
    #[test]
    fn skipped_scenario_is_told_and_a_broken_one_is_a_fault_beside_the_others() {
        let mut findings = Findings::default();
        findings.add("s2", Ok(Vec::new()));
        assert_eq!(findings.outcome(), Ok(()));
        findings.add("instructions", Err(format!("{SKIPPED}valgrind")));
        let skipped = findings.outcome().unwrap_err();
        assert_eq!(skipped, format!("{SKIPPED}instructions: valgrind"));
        findings.add("s3", Err("no server".to_owned()));
        findings.add("hub", Ok(vec!["slow".to_owned()]));
        let failed = findings.outcome().unwrap_err();
        assert_eq!(failed, "2 failed:\n  s3: no server\n  hub: slow");
    }
}
