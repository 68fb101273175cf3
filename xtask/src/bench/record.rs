//! The raw figures of a bench on disk: every run as the generator gave it, so that anyone can
//! compute other statistics from them.

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use crate::bench::figures::Figures;
use crate::bench::machine;
use crate::bench::rounds::Series;
use crate::process::root;

const HEADINGS: &str = "time,scenario,server,round,figures\n";

/// Collects the figures of a bench.
#[derive(Debug)]
pub(crate) struct Record {
    date: String,
    time: String,
    rows: String,
}

impl Record {
    /// Begins now.
    pub(crate) fn new() -> Self {
        let (date, time) = machine::now();
        Self {
            date,
            time,
            rows: String::new(),
        }
    }

    /// Adds all rounds of a scenario.
    pub(crate) fn rounds(&mut self, scenario: &str, all: &[Series]) {
        for series in all {
            for (round, figures) in series.rounds.iter().enumerate() {
                self.row(scenario, &series.label, round, figures);
            }
        }
    }

    /// Adds one run.
    pub(crate) fn row(&mut self, scenario: &str, server: &str, round: usize, figures: &Figures) {
        let row = format!(
            "{},{scenario},{server},{round},{}",
            self.time,
            figures.line()
        );
        // Writing to a string cannot fail.
        let _ = writeln!(self.rows, "{row}");
    }

    /// Writes everything behind what the day has on this machine already, and says where.
    pub(crate) fn save(&self) -> Result<PathBuf, String> {
        let directory = root().join("benches/record");
        let machine = machine::describe();
        let name = format!("{}-{}.csv", self.date, machine::file_name(&machine));
        let path = directory.join(name);
        let explain = |error| format!("cannot write {}: {error}", path.display());
        fs::create_dir_all(&directory).map_err(explain)?;
        let mut text = fs::read_to_string(&path).unwrap_or_default();
        if text.is_empty() {
            let _ = write!(text, "# {machine}\n{HEADINGS}");
        }
        let _ = writeln!(text, "# {} UTC, commit {}", self.time, machine::commit());
        text.push_str(&self.rows);
        fs::write(&path, text).map_err(explain)?;
        Ok(path)
    }
}
