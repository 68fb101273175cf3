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
use crate::process::{Outcome, cargo, run as run_command};

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
    let mut faults = Vec::new();
    if plan.smoke {
        run_command(cargo().args(["test", "--quiet", "--manifest-path", "benches/Cargo.toml"]))?;
    }
    for (name, run) in ALONE {
        let before = plan.scenarios.len();
        plan.scenarios.retain(|scenario| scenario != name);
        if plan.scenarios.len() < before {
            faults.extend(run(&plan, &mut record)?);
        }
    }
    let is_recorded = plan.record;
    if !plan.scenarios.is_empty() {
        faults.extend(time(plan, &mut record)?);
    }
    if is_recorded {
        println!("\nraw figures: {}", record.save()?.display());
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(format!(
            "{} failed:\n  {}",
            faults.len(),
            faults.join("\n  ")
        ))
    }
}

/// Builds everything, runs the scenarios that are timed, and returns what went wrong.
fn time(plan: Plan, record: &mut Record) -> Result<Vec<String>, String> {
    let bench = Bench {
        programs: Programs::build()?,
        cores: Cores::here(),
        plan,
    };
    let mut faults = Vec::new();
    for name in &bench.plan.scenarios {
        let found = scenario(&bench, name, record)?;
        faults.extend(found.into_iter().map(|fault| format!("{name}: {fault}")));
    }
    Ok(faults)
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
