//! `script`: an echo's client as a script with the object of browsers, the same one in every
//! program that has such an object: its CPU time per message beside that of `ws` in Node.

mod contender;
mod run;

use std::path::Path;

use crate::bench::figures::Figures;
use crate::bench::plan::Plan;
use crate::bench::programs::Cores;
use crate::bench::record::Record;
use crate::bench::report::{Table, grouped, ratio, with_interval};
use crate::bench::rounds::{Series, order};
use crate::bench::script::contender::{Contender, OURS};
use crate::bench::script::run::{Row, Server};
use crate::bench::statistics::median;
use crate::built::{Target, built};
use crate::process::SKIPPED;

/// The fewest messages per CPU second that a script of ours may echo, as a part of what it echoes
/// in Node with `ws`.
const OF_WS_MIN: f64 = 0.5;

/// How many connections, and how many messages in flight on each.
const ROWS: [Row; 4] = [
    Row {
        connections: 1,
        depth: 1,
    },
    Row {
        connections: 1,
        depth: 16,
    },
    Row {
        connections: 50,
        depth: 1,
    },
    Row {
        connections: 50,
        depth: 16,
    },
];

/// Measures all and returns what went wrong, or is too slow.
pub(crate) fn run(plan: &Plan, record: &mut Record) -> Result<Vec<String>, String> {
    println!("\nscript: 64 B text echoed by a script, messages per second of its CPU time");
    let sockeye = built(Target::Sockeye)?;
    let (contenders, mut faults) = contenders(plan, &sockeye)?;
    let cores = Cores::here();
    let server = Server::start(&sockeye, &cores.server)?;
    let mut table = Table::new(&["object", "connections", "in flight", "per CPU s", "of ws"]);
    for row in ROWS {
        let all = measure(plan, row, &contenders, |contender| {
            row.run(plan, contender, &server, &cores.load)
        });
        record.rounds(&row.name(), &all);
        let Some(base) = all.first().filter(|first| first.fault.is_none()) else {
            faults.extend(all.into_iter().filter_map(|series| series.fault));
            continue;
        };
        let base = rates(base)?;
        for series in &all {
            if let Some(fault) = &series.fault {
                faults.push(format!("{}, {}: {fault}", row.name(), series.label));
                continue;
            }
            let rates = rates(series)?;
            let ratio = ratio(&rates, &base);
            let words = [row.connections, row.depth].map(|count| count.to_string());
            let mut cells = vec![series.label.clone()];
            cells.extend(words);
            cells.extend([grouped(median(&rates)), with_interval(ratio)]);
            table.row(cells);
            if !plan.smoke {
                faults.extend(fault(&series.label, &row, ratio.median));
            }
        }
    }
    print!("{}", table.render());
    Ok(faults)
}

/// Those that are here and wanted, and why others could not be had, if that is an error. Without
/// the first of them, which all are related to, there is nothing to measure.
fn contenders(plan: &Plan, sockeye: &Path) -> Result<(Vec<Contender>, Vec<String>), String> {
    let mut here = Vec::new();
    let mut faults = Vec::new();
    for (at, found) in contender::all(sockeye).into_iter().enumerate() {
        match found {
            Ok(contender) if at == 0 || plan.wants(contender.label) => here.push(contender),
            Ok(_) => {}
            Err(fault) if at == 0 => return Err(fault),
            Err(why) if why.starts_with(SKIPPED) => println!("  {why}"),
            Err(fault) => faults.push(fault),
        }
    }
    Ok((here, faults))
}

/// All rounds of everybody, in turns; who fails is left out of those that remain.
fn measure(
    plan: &Plan,
    row: Row,
    contenders: &[Contender],
    run: impl Fn(&Contender) -> Result<Figures, String>,
) -> Vec<Series> {
    let begun = |contender: &Contender| Series {
        label: contender.label.to_owned(),
        rounds: Vec::new(),
        fault: None,
    };
    let mut all: Vec<Series> = contenders.iter().map(begun).collect();
    for round in 0..plan.rounds {
        for at in order(round, all.len()) {
            if all[at].fault.is_some() {
                continue;
            }
            match run(&contenders[at]) {
                Ok(figures) => all[at].rounds.push(figures),
                Err(fault) => all[at].fault = Some(fault),
            }
        }
    }
    println!("  {} done, {} rounds", row.name(), plan.rounds);
    all
}

/// Messages per second of CPU time, in each round.
fn rates(series: &Series) -> Result<Vec<f64>, String> {
    series.each(|figures| Ok(figures.quotient("messages", "cpu_ns")? * 1e9))
}

fn fault(label: &str, row: &Row, of_ws: f64) -> Option<String> {
    let is_slow = label == OURS && of_ws < OF_WS_MIN;
    is_slow.then(|| {
        let name = row.name();
        format!("{name}: a script echoes {of_ws:.2} of what it does with ws, under {OF_WS_MIN}")
    })
}

#[cfg(test)]
mod tests {
    use super::{OURS, ROWS, fault};

    /// A script that became slow would be noticed by nobody.
    #[test]
    fn only_ours_under_its_limit_fails() {
        assert_eq!(fault("undici", &ROWS[0], 0.1), None);
        assert_eq!(fault(OURS, &ROWS[0], 0.5), None);
        let found = fault(OURS, &ROWS[3], 0.49);
        assert!(found.is_some_and(|fault| fault.starts_with("script-50-16: ")));
    }
}
