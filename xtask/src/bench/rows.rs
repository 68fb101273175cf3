//! The rows of the table: every server under one kind of message.

use crate::bench::contender::{CONTROL, Contender};
use crate::bench::load::Bench;
use crate::bench::machine::noise;
use crate::bench::record::Record;
use crate::bench::report;
use crate::bench::rounds::{Series, measure};
use crate::bench::scenario::Scenario;
use crate::bench::syscalls::{self, Counts};
use crate::process::SKIPPED;

/// Measures one row and returns what went wrong.
pub(crate) fn run(
    bench: &Bench,
    scenario: &Scenario,
    record: &mut Record,
) -> Result<Vec<String>, String> {
    println!("\n{}: {}", scenario.name, scenario.describe());
    let (_, ticks, stolen) = noise();
    let contenders = bench.wanted(Contender::all_for(scenario));
    let mut all = measure(bench, scenario, contenders.clone(), &bench.cores.server);
    let (load, ticks_after, stolen_after) = noise();
    let steal = 100.0 * (stolen_after - stolen) / (ticks_after - ticks).max(1.0);
    println!(
        "{} rounds of {:?}, load {load}, {steal:.1}% stolen by other guests",
        bench.plan.rounds, bench.plan.measure
    );
    record.rounds(scenario.name, &all);
    if let Some(fault) = all.first().and_then(|yardstick| yardstick.fault.clone()) {
        return Err(fault);
    }
    let counts = count(bench, scenario, contenders, &mut all)?;
    let deflated = scenario.framing.deflates();
    print!("{}", report::rounds(&all, &counts, deflated)?);
    Ok(all.into_iter().filter_map(|series| series.fault).collect())
}

/// The system calls of all who have no fault so far; a fault found here joins the others. A person
/// may do without strace, and with a table that lacks these columns.
fn count(
    bench: &Bench,
    scenario: &Scenario,
    contenders: Vec<Contender>,
    all: &mut [Series],
) -> Result<Vec<Option<Counts>>, String> {
    let strace = match syscalls::strace() {
        Ok(strace) => strace,
        Err(why) if why.starts_with(SKIPPED) => {
            println!("system calls per message: {why}");
            return Ok(vec![None; all.len()]);
        }
        Err(why) => return Err(why),
    };
    let counts = contenders
        .into_iter()
        .zip(all)
        .map(|(contender, series)| {
            // The control is the same program.
            if series.fault.is_some() || contender.label == CONTROL {
                return None;
            }
            match syscalls::count(bench, scenario, contender, &strace) {
                Ok(counts) => Some(counts),
                Err(fault) => {
                    series.fault = Some(fault);
                    None
                }
            }
        })
        .collect();
    Ok(counts)
}
