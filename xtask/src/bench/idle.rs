//! `idle` and `tls-idle`: what an open connection costs each server in memory.

use crate::bench::contender::{CONTROL, Contender, YARDSTICK};
use crate::bench::figures::Figures;
use crate::bench::load::Bench;
use crate::bench::programs::connections_max;
use crate::bench::record::Record;
use crate::bench::report::{Table, grouped};
use crate::bench::scenario::Framing;

const CONNECTIONS: usize = 10_000;
/// Each takes a handshake of TLS first.
const TLS_CONNECTIONS: usize = 4000;
const SMOKE_CONNECTIONS: usize = 200;
const SMOKE_TLS_CONNECTIONS: usize = 50;

/// One echo of each, in this order.
const SIZES: [usize; 2] = [64, 16 * 1024];

/// Measures everybody over TCP, each in a process of its own, and returns what went wrong.
pub(crate) fn run(bench: &Bench, record: &mut Record) -> Result<Vec<String>, String> {
    let connections = connections(bench, CONNECTIONS, SMOKE_CONNECTIONS);
    println!("\nidle: {connections} open connections, resident bytes for each");
    measure_all(bench, record, "idle", (contenders(bench), connections))
}

/// The same over TLS.
pub(crate) fn run_tls(bench: &Bench, record: &mut Record) -> Result<Vec<String>, String> {
    let connections = connections(bench, TLS_CONNECTIONS, SMOKE_TLS_CONNECTIONS);
    println!("\ntls-idle: {connections} open connections over TLS 1.3, resident bytes for each");
    let contenders = Contender::all_over_tls()
        .into_iter()
        .filter(|contender| wanted(bench, contender))
        .collect();
    measure_all(bench, record, "tls-idle", (contenders, connections))
}

fn measure_all(
    bench: &Bench,
    record: &mut Record,
    name: &str,
    (contenders, connections): (Vec<Contender>, usize),
) -> Result<Vec<String>, String> {
    let mut table = Table::new(&[
        "server",
        "after 64 B",
        "after 16 KiB",
        "over raw",
        "over raw",
    ]);
    let mut faults = Vec::new();
    let mut base = None;
    for contender in contenders {
        let label = contender.label.clone();
        match measure(bench, contender, connections) {
            Ok(figures) => {
                let base = base.get_or_insert_with(|| figures.clone());
                table.row(row(&label, &figures, base)?);
                record.row(name, &label, 0, &figures);
            }
            Err(fault) if label == YARDSTICK => return Err(fault),
            Err(fault) => {
                table.row(vec![label, "FAILED".to_owned()]);
                faults.push(fault);
            }
        }
    }
    print!("{}", table.render());
    Ok(faults)
}

/// As many as the machine lets a process have, up to what the scenario asks for.
fn connections(bench: &Bench, full: usize, smoke: usize) -> usize {
    let possible = connections_max();
    if bench.plan.smoke {
        return smoke.min(possible);
    }
    if possible < full {
        println!("LOWERED to {possible} connections: no more files may be open here");
    }
    full.min(possible)
}

/// Nobody needs the control: memory has no noise that it would show.
fn wanted(bench: &Bench, contender: &Contender) -> bool {
    contender.label == YARDSTICK || contender.label != CONTROL && bench.plan.wants(&contender.label)
}

/// Everybody without compression but the control, then those that compress.
fn contenders(bench: &Bench) -> Vec<Contender> {
    let mut all: Vec<Contender> = Contender::all(Framing::Plain)
        .into_iter()
        .filter(|contender| wanted(bench, contender))
        .collect();
    let deflating = Contender::all(Framing::DeflateNoTakeover).into_iter();
    all.extend(
        deflating
            .filter(|contender| contender.framing.deflates() && wanted(bench, contender))
            .map(|contender| {
                let label = format!("{} no-takeover", contender.label);
                contender.labelled(label)
            }),
    );
    all
}

fn measure(bench: &Bench, contender: Contender, connections: usize) -> Result<Figures, String> {
    let content = if contender.framing.deflates() {
        "json"
    } else {
        "binary"
    };
    let sizes = SIZES.map(|size| size.to_string()).join(",");
    let connections = connections.to_string();
    let words = [
        "idle",
        "--framing",
        contender.framing.word(),
        "--content",
        content,
        "--connections",
        &connections,
        "--size",
        &sizes,
    ];
    let arguments: Vec<String> = words.map(str::to_owned).to_vec();
    let server = contender.start(&bench.programs, &bench.cores.server)?;
    let lines = bench.load(&server, &arguments)?;
    lines
        .into_iter()
        .next()
        .ok_or_else(|| "the generator says nothing".to_owned())
}

fn row(label: &str, figures: &Figures, base: &Figures) -> Result<Vec<String>, String> {
    let mut cells = vec![label.to_owned()];
    let mut over = Vec::new();
    for size in SIZES {
        let key = format!("bytes_after_{size}");
        let bytes = figures.number(&key)?;
        cells.push(grouped(bytes));
        over.push(format!("{:+.0}", bytes - base.number(&key)?));
    }
    cells.extend(over);
    Ok(cells)
}

#[cfg(test)]
mod tests {
    use super::{Figures, row};
    use crate::bench::contender::OURS;

    #[test]
    fn a_row_shows_the_growth_and_what_it_is_over_the_yardstick() {
        let ours = Figures::new("bytes_after_64=1500 bytes_after_16384=1600");
        let base = Figures::new("bytes_after_64=1100 bytes_after_16384=1700");
        let cells = row(OURS, &ours, &base).unwrap();
        assert_eq!(cells, [OURS, "1,500", "1,600", "+400", "-100"]);
    }
}
