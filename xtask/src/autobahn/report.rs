//! What a run found, for people: a table by section, and every case that is not accepted.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::autobahn::expected::Expected;
use crate::autobahn::options::Direction;
use crate::autobahn::verdict::Found;
use crate::process::{Outcome, root};

/// What each section of the suite is about.
const SECTIONS: [(u16, &str); 11] = [
    (1, "framing"),
    (2, "pings and pongs"),
    (3, "reserved bits"),
    (4, "opcodes"),
    (5, "fragmentation"),
    (6, "UTF-8"),
    (7, "closing"),
    (9, "limits and speed"),
    (10, "automatic fragments"),
    (12, "deflate, payloads"),
    (13, "deflate, parameters"),
];

/// The judged cases of one direction.
#[derive(Debug)]
pub(crate) struct Report {
    direction: Direction,
    details: PathBuf,
    /// Each case with the reasons why it is not accepted.
    cases: Vec<(Found, Vec<String>)>,
}

#[derive(Default)]
struct Row {
    passed: usize,
    failed: usize,
    millis: u64,
}

impl Report {
    /// Judges what was found, against `expected` where there is something to compare with.
    pub(crate) fn new(
        direction: Direction,
        found: Vec<Found>,
        expected: Option<&Expected>,
        details: &Path,
    ) -> Self {
        let judged = |found: Found| {
            let mut reasons = found.faults();
            if let Some(expected) = expected {
                reasons.extend(found.differences(expected.of(&found.case)));
            }
            (found, reasons)
        };
        Self {
            direction,
            details: details.to_owned(),
            cases: found.into_iter().map(judged).collect(),
        }
    }

    fn failed(&self) -> usize {
        let failed = |case: &&(Found, Vec<String>)| !case.1.is_empty();
        self.cases.iter().filter(failed).count()
    }

    /// Prints the table and the cases that are not accepted.
    pub(crate) fn print(&self) {
        println!(
            "\n{} under test: {} cases",
            self.direction.name(),
            self.cases.len()
        );
        for (section, row) in self.rows() {
            let name = SECTIONS.iter().find(|(number, _)| *number == section);
            println!(
                "  {section:>2}.*  {:<20} {:>4} passed {:>4} failed {:>7} ms",
                name.map_or("", |(_, name)| name),
                row.passed,
                row.failed,
                row.millis
            );
        }
        for (found, reasons) in self.cases.iter().filter(|(_, reasons)| !reasons.is_empty()) {
            println!(
                "  FAIL {}: {} ({})",
                found.case,
                reasons.join("; "),
                found.words
            );
            let details = self.details.join(format!("{}.json", found.case));
            if details.exists() {
                println!(
                    "       {}",
                    details.strip_prefix(root()).unwrap_or(&details).display()
                );
            }
        }
    }

    fn rows(&self) -> BTreeMap<u16, Row> {
        let mut rows: BTreeMap<u16, Row> = BTreeMap::new();
        for (found, reasons) in &self.cases {
            let row = rows.entry(found.case.section()).or_default();
            row.millis += found.millis;
            if reasons.is_empty() {
                row.passed += 1;
            } else {
                row.failed += 1;
            }
        }
        rows
    }
}

/// Prints the closing line over all directions.
pub(crate) fn total(reports: &[Report]) -> Outcome {
    let cases: usize = reports.iter().map(|report| report.cases.len()).sum();
    let failed: usize = reports.iter().map(Report::failed).sum();
    println!("\n{} passed, {failed} failed", cases - failed);
    if failed == 0 {
        Ok(())
    } else {
        Err(format!("{failed} of {cases} cases are not as they must be"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Report, total};
    use crate::autobahn::expected::Expected;
    use crate::autobahn::options::Direction;
    use crate::autobahn::verdict::Found;
    use std::path::Path;

    fn report(line: &str, expected: Option<&Expected>) -> Report {
        let found = vec![Found::parse(line).expect("a result")];
        Report::new(Direction::Server, found, expected, Path::new("none"))
    }

    #[test]
    fn run_good_passes() {
        total(&[report("1.1.1\tOK\tOK\t1000\t5\t", None)]).expect("nothing to complain about");
    }

    #[test]
    fn run_with_a_fault_fails() {
        let reports = [
            report("1.1.1\tOK\tOK\t1000\t5\t", None),
            report("6.4.3\tNON-STRICT\tOK\t1007\t5\t", None),
        ];
        assert_eq!(
            total(&reports),
            Err("1 of 2 cases are not as they must be".to_owned())
        );
    }

    #[test]
    fn run_good_but_unexpected_fails() {
        let mut expected = Expected::default();
        expected.update(&[Found::parse("7.9.1\tOK\tOK\t1002\t5\t").expect("a result")]);
        total(&[report("7.9.1\tOK\tOK\t1002\t7\t", Some(&expected))]).expect("as expected");
        total(&[report("7.9.1\tOK\tOK\t1000\t7\t", Some(&expected))]).expect_err("another code");
        total(&[report("7.9.2\tOK\tOK\t1002\t7\t", Some(&expected))]).expect_err("unknown case");
    }
}
