//! Tables for the terminal.

use crate::bench::rounds::Series;
use crate::bench::statistics::{Estimate, estimate, median};
use crate::bench::syscalls::Counts;

/// A table whose columns are as wide as their longest cell.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// Begins with the row of headings.
    pub(crate) fn new(headings: &[&str]) -> Self {
        let mut table = Self::default();
        table.row(headings.iter().map(|&heading| heading.to_owned()).collect());
        table
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// The table as text: the first column to the left, numbers to the right.
    pub(crate) fn render(&self) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns)
            .map(|column| {
                let cells = self.rows.iter().filter_map(|row| row.get(column));
                cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
            })
            .collect();
        let line = |row: &Vec<String>| {
            let cells = row
                .iter()
                .zip(&widths)
                .enumerate()
                .map(|(column, (cell, &width))| {
                    if column == 0 {
                        format!("{cell:<width$}")
                    } else {
                        format!("{cell:>width$}")
                    }
                });
            cells.collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n"
        };
        self.rows.iter().map(line).collect()
    }
}

/// An estimate as `1.04 [1.02, 1.07]`.
pub(crate) fn with_interval(estimate: Estimate) -> String {
    match estimate.interval {
        Some((low, high)) => format!("{:.2} [{low:.2}, {high:.2}]", estimate.median),
        None => format!("{:.2} [too few rounds]", estimate.median),
    }
}

/// A number with its thousands apart.
pub(crate) fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The table of a row's scenario, every server related to the first one.
///
/// # Errors
///
/// The yardstick has no figures, or a line lacks one.
pub(crate) fn rounds(
    all: &[Series],
    counts: &[Option<Counts>],
    deflated: bool,
) -> Result<String, String> {
    let yardstick = all.first().ok_or("no server was measured")?;
    let base = yardstick.cpu_per_message()?;
    let mut headings = vec!["server", "msg/s", "MB/s", "p50 us", "p90", "p99", "p99.9"];
    headings.extend(["reads", "writes", "waits", "CPU ns/msg", "ratio [95%]"]);
    if deflated {
        headings.push("compression");
    }
    let mut table = Table::new(&headings);
    for (series, counts) in all.iter().zip(counts) {
        if series.fault.is_some() {
            table.row(vec![series.label.clone(), "FAILED".to_owned()]);
            continue;
        }
        let mut cells = row(series, *counts, &base)?;
        if deflated {
            let ratio = series.each(|figures| figures.quotient("payload_bytes", "reply_bytes"))?;
            cells.push(format!("{:.2}", median(&ratio)));
        }
        table.row(cells);
    }
    Ok(table.render())
}

fn row(series: &Series, counts: Option<Counts>, base: &[f64]) -> Result<Vec<String>, String> {
    let rate = series.each(|figures| figures.quotient("messages", "elapsed_ns"))?;
    let bytes = series.each(|figures| figures.quotient("payload_bytes", "elapsed_ns"))?;
    let mut cells = vec![
        series.label.clone(),
        grouped(median(&rate) * 1e9),
        grouped(median(&bytes) * 1e3),
    ];
    for key in ["p50_ns", "p90_ns", "p99_ns", "p999_ns"] {
        let latency = series.each(|figures| figures.number(key))?;
        cells.push(format!("{:.1}", median(&latency) / 1e3));
    }
    match counts {
        Some(Counts {
            reads,
            writes,
            waits,
        }) => {
            cells.extend([reads, writes, waits].map(|count| format!("{count:.3}")));
        }
        None => cells.extend(["-", "-", "-"].map(str::to_owned)),
    }
    let cpu = series.cpu_per_message()?;
    cells.push(grouped(median(&cpu)));
    cells.push(with_interval(ratio(&cpu, base)));
    Ok(cells)
}

/// The median of the quotients of each round: both halves of a quotient had the same machine.
pub(crate) fn ratio(values: &[f64], base: &[f64]) -> Estimate {
    let quotients: Vec<f64> = values
        .iter()
        .zip(base)
        .map(|(value, base)| value / base)
        .collect();
    estimate(&quotients)
}

#[cfg(test)]
mod tests {
    use super::{Table, grouped, ratio, with_interval};

    #[test]
    fn columns_line_up() {
        let mut table = Table::new(&["server", "ns"]);
        table.row(vec!["a".to_owned(), "1,000".to_owned()]);
        assert_eq!(table.render(), "server     ns\na       1,000\n");
    }

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(grouped(0.4), "0");
        assert_eq!(grouped(999.0), "999");
        assert_eq!(grouped(1_234_567.0), "1,234,567");
    }

    #[test]
    fn ratio_is_taken_per_round() {
        // Twice the base in every round, while the machine slows down tenfold.
        let base = [1.0, 2.0, 4.0, 6.0, 8.0, 10.0];
        let values = base.map(|value| 2.0 * value);
        assert_eq!(with_interval(ratio(&values, &base)), "2.00 [2.00, 2.00]");
    }
}
