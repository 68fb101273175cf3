//! `scale`: whether cost grows with work and nothing else. Connections, message sizes, threads.

use crate::bench::contender::{CONTROL, Contender, OURS, YARDSTICK};
use crate::bench::figures::Figures;
use crate::bench::load::Bench;
use crate::bench::programs::connections_max;
use crate::bench::record::Record;
use crate::bench::report::{Table, grouped, ratio, with_interval};
use crate::bench::rounds::{Series, measure, order};
use crate::bench::scenario::{Framing, Scenario};
use crate::bench::statistics::median;

const CONNECTIONS: [(&str, usize); 5] = [
    ("scale-1", 1),
    ("scale-10", 10),
    ("scale-100", 100),
    ("scale-1000", 1000),
    ("scale-10000", 10_000),
];

const SMOKE_CONNECTIONS_MAX: usize = 100;

/// 1 KiB to 1 GiB.
const SIZES: [usize; 5] = [1 << 10, 1 << 15, 1 << 20, 1 << 25, 1 << 30];

const SMOKE_SIZE_MAX: usize = 1 << 20;

/// Enough in flight that every thread always has work.
const THREADS_SCENARIO: &str = "s3";

/// Measures all three and returns what went wrong.
pub(crate) fn run(bench: &Bench, record: &mut Record) -> Result<Vec<String>, String> {
    let mut faults = connections(bench, record)?;
    faults.extend(sizes(bench, record)?);
    faults.extend(threads(bench, record)?);
    Ok(faults)
}

fn connections(bench: &Bench, record: &mut Record) -> Result<Vec<String>, String> {
    println!("\nscale: 64 B binary, 1 in flight, on a growing number of connections");
    let mut table = Table::new(&[
        "connections",
        "raw ns/msg",
        "sockeye ns/msg",
        "ratio [95%]",
        "control",
    ]);
    let mut faults = Vec::new();
    let possible = connections_max();
    for (name, count) in CONNECTIONS {
        if count > possible {
            println!("SKIPPED {name}: only {possible} files may be open here");
        }
        if count > possible || bench.plan.smoke && count > SMOKE_CONNECTIONS_MAX {
            continue;
        }
        let scenario = Scenario::with_connections(name, count);
        let contenders = vec![
            Contender::raw(YARDSTICK, "raw-tokio"),
            Contender::ours(OURS, Framing::Plain, 1),
            Contender::raw(CONTROL, "raw-tokio"),
        ];
        let all = measure(bench, &scenario, contenders, &bench.cores.server);
        record.rounds(name, &all);
        faults.extend(all.iter().filter_map(|series| series.fault.clone()));
        if all.iter().any(|series| series.fault.is_some()) {
            continue;
        }
        if let [raw, ours, control] = &all[..] {
            let base = raw.cpu_per_message()?;
            let cpu = ours.cpu_per_message()?;
            table.row(vec![
                count.to_string(),
                grouped(median(&base)),
                grouped(median(&cpu)),
                with_interval(ratio(&cpu, &base)),
                with_interval(ratio(&control.cpu_per_message()?, &base)),
            ]);
        }
    }
    print!("{}", table.render());
    Ok(faults)
}

/// Every size in every round, on a connection of its own per round.
fn sizes(bench: &Bench, record: &mut Record) -> Result<Vec<String>, String> {
    println!("\nscale: one connection, messages of growing size, 64 KiB or one message in flight");
    let smoke = bench.plan.smoke;
    let wanted = SIZES
        .iter()
        .filter(|&&size| !smoke || size <= SMOKE_SIZE_MAX);
    let sizes: Vec<String> = wanted.map(ToString::to_string).collect();
    let servers = [
        Contender::raw(YARDSTICK, "raw-tokio"),
        Contender::ours(OURS, Framing::Plain, 1),
    ]
    .into_iter()
    .map(|contender| contender.start(&bench.programs, &bench.cores.server))
    .collect::<Result<Vec<_>, _>>()?;
    let mut lines: Vec<Vec<Vec<Figures>>> = vec![Vec::new(); servers.len()];
    for round in 0..bench.plan.rounds {
        for index in order(round, servers.len()) {
            let server = &servers[index];
            let framing = server.framing.word();
            let milliseconds = bench.plan.measure.as_millis().to_string();
            let words = [
                "big",
                "--framing",
                framing,
                "--measure-ms",
                &milliseconds,
                "--size",
            ];
            let mut arguments: Vec<String> = words.map(str::to_owned).to_vec();
            arguments.push(sizes.join(","));
            match bench.load(server, &arguments) {
                Ok(figures) => lines[index].push(figures),
                Err(fault) => return Ok(vec![fault]),
            }
        }
    }
    let mut table = Table::new(&["bytes", "raw ns/KiB", "sockeye ns/KiB", "ratio [95%]"]);
    for (index, size) in sizes.iter().enumerate() {
        let name = format!("scale-size-{size}");
        let base = cost_of_size(&lines[0], index)?;
        let cost = cost_of_size(&lines[1], index)?;
        for (server, lines) in servers.iter().zip(&lines) {
            for (round, figures) in lines.iter().enumerate() {
                record.row(&name, &server.label, round, &figures[index]);
            }
        }
        table.row(vec![
            grouped(size.parse().unwrap_or(f64::NAN)),
            format!("{:.1}", median(&base)),
            format!("{:.1}", median(&cost)),
            with_interval(ratio(&cost, &base)),
        ]);
    }
    print!("{}", table.render());
    Ok(Vec::new())
}

/// The CPU time of a KiB of the size at `index`, in each round.
fn cost_of_size(rounds: &[Vec<Figures>], index: usize) -> Result<Vec<f64>, String> {
    rounds
        .iter()
        .map(|lines| {
            let figures = lines.get(index).ok_or("the generator left out a size")?;
            Ok(figures.quotient("server_cpu_ns", "payload_bytes")? * 1024.0)
        })
        .collect()
}

/// What threads of one process cost each other. On one core, two against one: the same work with
/// more of everything that threads share. On two cores, against two processes, which share nothing:
/// a machine without a third core for the generator slows both alike.
fn threads(bench: &Bench, record: &mut Record) -> Result<Vec<String>, String> {
    let server = |label, threads| Contender::ours(label, Framing::Plain, threads);
    let on_one = vec![
        server("1 thread", 1),
        server("1 thread again", 1),
        server("2 threads", 2),
    ];
    let on_two = vec![
        server("2 processes", 1).copies(2),
        server("2 processes again", 1).copies(2),
        server("2 threads", 2),
    ];
    let mut faults = Vec::new();
    for (name, contenders, cores) in [
        ("one core", on_one, &bench.cores.server),
        ("two cores", on_two, &bench.cores.server_pair),
    ] {
        println!("\nscale: CPU per message with 2 threads on {name}, messages as in s3");
        faults.extend(compare_threads(bench, record, contenders, cores)?);
    }
    Ok(faults)
}

fn compare_threads(
    bench: &Bench,
    record: &mut Record,
    contenders: Vec<Contender>,
    cores: &str,
) -> Result<Vec<String>, String> {
    let scenario = Scenario::named(THREADS_SCENARIO).ok_or("the threads have no scenario")?;
    let all = measure(bench, &scenario, contenders, cores);
    record.rounds(&format!("scale-threads-{}", cores.replace(',', "-")), &all);
    let faults: Vec<String> = all
        .iter()
        .filter_map(|series| series.fault.clone())
        .collect();
    if faults.is_empty() {
        print!("{}", threads_table(&all)?);
    }
    Ok(faults)
}

fn threads_table(all: &[Series]) -> Result<String, String> {
    let base = all
        .first()
        .ok_or("no server was measured")?
        .cpu_per_message()?;
    let mut table = Table::new(&["sockeye", "CPU ns/msg", "ratio [95%]"]);
    for series in all {
        let cpu = series.cpu_per_message()?;
        let estimate = with_interval(ratio(&cpu, &base));
        table.row(vec![series.label.clone(), grouped(median(&cpu)), estimate]);
    }
    Ok(table.render())
}
