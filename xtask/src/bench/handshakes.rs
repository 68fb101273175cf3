//! `handshakes`: what it costs each server to open a connection, over TCP and over TLS.

use crate::bench::contender::Contender;
use crate::bench::load::Bench;
use crate::bench::record::Record;
use crate::bench::report::{Table, grouped, ratio, with_interval};
use crate::bench::rounds::{Series, measure_with};
use crate::bench::statistics::median;

/// Measures both and returns what went wrong.
pub(crate) fn run(bench: &Bench, record: &mut Record) -> Result<Vec<String>, String> {
    let mut faults = opening(bench, record, "handshakes", false)?;
    faults.extend(opening(bench, record, "handshakes-tls", true)?);
    Ok(faults)
}

fn opening(
    bench: &Bench,
    record: &mut Record,
    name: &str,
    tls: bool,
) -> Result<Vec<String>, String> {
    let below = if tls { "TLS 1.3, not resumed" } else { "TCP" };
    println!(
        "\n{name}: opening handshakes over {below}, 32 at a time, each connection reset at once"
    );
    let contenders = bench.wanted(Contender::all_opening(tls));
    let all = measure_with(bench, contenders, &bench.cores.server, |server| {
        bench.handshakes(server)
    });
    record.rounds(name, &all);
    if let Some(fault) = all.first().and_then(|yardstick| yardstick.fault.clone()) {
        return Err(fault);
    }
    print!("{}", table(&all)?);
    Ok(all.into_iter().filter_map(|series| series.fault).collect())
}

/// The table, every server related to the first one.
fn table(all: &[Series]) -> Result<String, String> {
    let mut table = Table::new(&[
        "server",
        "CPU ns/handshake",
        "handshakes per CPU second",
        "ratio [95%]",
    ]);
    let base = all.first().ok_or("no server was measured")?;
    let base = base.cpu_per("handshakes")?;
    for series in all {
        if series.fault.is_some() {
            table.row(vec![series.label.clone(), "FAILED".to_owned()]);
            continue;
        }
        let cpu = series.cpu_per("handshakes")?;
        table.row(vec![
            series.label.clone(),
            grouped(median(&cpu)),
            grouped(1e9 / median(&cpu)),
            with_interval(ratio(&cpu, &base)),
        ]);
    }
    Ok(table.render())
}

#[cfg(test)]
mod tests {
    use super::{Series, table};
    use crate::bench::figures::Figures;

    #[test]
    fn row_shows_the_cost_of_one_and_what_it_is_to_the_yardstick() {
        let series = |label: &str, line| Series {
            label: label.to_owned(),
            rounds: vec![Figures::new(line)],
            fault: None,
        };
        let all = [
            series("raw", "handshakes=100 server_cpu_ns=1000000"),
            series("ours", "handshakes=50 server_cpu_ns=1000000"),
        ];
        let text = table(&all).unwrap();
        let cells: Vec<&str> = text.lines().nth(2).unwrap().split_whitespace().collect();
        assert_eq!(cells[..4], ["ours", "20,000", "50,000", "2.00"]);
    }
}
