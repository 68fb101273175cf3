//! `instructions`: how many user instructions our server spends on a message, over a transport in
//! memory. The count is the same on a busy machine, so a change of a few per cent shows in CI.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::bench::figures::Figures;
use crate::bench::report::{Table, grouped};
use crate::built::{Target, built};
use crate::install;
use crate::process::root;
use crate::program::output_of;
use crate::scratch::Scratch;

/// What is counted.
const PROGRAMS: [&str; 2] = ["bench-instructions", "bench-publication"];

/// What is committed.
const EXPECTED: &str = "benches/instructions/expected.txt";

const HEADING: &str = "\
# User instructions per message, callgrind, transport in memory: our echo on its ordinary interface,
# and a publication in a room of 1 and of 10 (p1, p10).
# `UPDATE=1 cargo xtask bench instructions` writes this file; a rise above 5% fails.
";

/// A rise by more than this fails.
const RISE_MAX: f64 = 0.05;

/// Two runs, so that what a process does once cancels out.
const READS: [u32; 2] = [200, 2200];

const RUN_LIMIT: Duration = Duration::from_secs(120);

/// Counts every case and returns those that rose.
pub(crate) fn run() -> Result<Vec<String>, String> {
    println!("\ninstructions: user instructions per message, transport in memory");
    let valgrind = install::program("valgrind", &["valgrind"])?;
    let path = root().join(EXPECTED);
    let expected = fs::read_to_string(&path).unwrap_or_default();
    let update = std::env::var_os("UPDATE").is_some_and(|value| value == "1");
    let mut table = Table::new(&["messages as in", "instructions", "expected", "change"]);
    let mut text = HEADING.to_owned();
    let mut faults = Vec::new();
    for package in PROGRAMS {
        let program = built(Target::Bench(package))?;
        for line in output_of(&mut Command::new(&program), RUN_LIMIT)? {
            let figures = Figures::new(&line);
            let case = figures.word("case")?;
            let count = count(
                &valgrind,
                &program,
                case,
                figures.number("messages_per_read")?,
            )?;
            let _ = writeln!(text, "{case} {count:.0}");
            let before = committed(&expected, case);
            let change = before.map_or(0.0, |before| count / before - 1.0);
            table.row(vec![
                case.to_owned(),
                grouped(count),
                before.map_or_else(|| "-".to_owned(), grouped),
                format!("{:+.1}%", 100.0 * change),
            ]);
            if !update {
                faults.extend(fault(case, before, change));
            }
        }
    }
    print!("{}", table.render());
    if update {
        fs::write(&path, text).map_err(|error| format!("cannot write {EXPECTED}: {error}"))?;
    }
    Ok(faults)
}

fn fault(case: &str, before: Option<f64>, change: f64) -> Option<String> {
    if before.is_none() {
        return Some(format!("{case} is not in {EXPECTED}; UPDATE=1 writes it"));
    }
    (change > RISE_MAX).then(|| {
        format!(
            "{case} takes {:.1}% more instructions than {EXPECTED} says",
            100.0 * change
        )
    })
}

/// The committed number for a case.
fn committed(expected: &str, case: &str) -> Option<f64> {
    expected
        .lines()
        .find_map(|line| line.strip_prefix(case)?.strip_prefix(' '))
        .and_then(|count| count.trim().parse().ok())
}

/// The instructions of one message: the difference of two runs, by the difference of their work.
fn count(
    valgrind: &Path,
    program: &Path,
    case: &str,
    messages_per_read: f64,
) -> Result<f64, String> {
    let [few, many] = READS;
    let all = |reads| collect(valgrind, program, case, reads);
    let difference = all(many)? - all(few)?;
    Ok(difference / (f64::from(many - few) * messages_per_read))
}

/// All instructions of one run.
fn collect(valgrind: &Path, program: &Path, case: &str, reads: u32) -> Result<f64, String> {
    let log = Scratch::file("callgrind");
    let mut command = Command::new(valgrind);
    command
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(format!("--log-file={}", log.path().display()))
        .arg(program)
        .args([case, &reads.to_string()]);
    output_of(&mut command, RUN_LIMIT)?;
    let text = fs::read_to_string(log.path())
        .map_err(|error| format!("callgrind left no log: {error}"))?;
    parse(&text).ok_or_else(|| format!("callgrind collected nothing: {text}"))
}

/// The number in `==PID== Collected : NUMBER`.
fn parse(log: &str) -> Option<f64> {
    let (_, rest) = log.split_once("Collected :")?;
    rest.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{committed, fault, parse};

    #[test]
    fn total_is_found_in_the_log() {
        assert_eq!(
            parse("==7== Events : Ir\n==7== Collected : 3355127\n"),
            Some(3_355_127.0)
        );
        assert_eq!(parse("valgrind: no such program"), None);
    }

    #[test]
    fn committed_numbers_are_found_by_whole_name() {
        let text = "# s6 1\ns6 3300\ns6u 4000\n";
        assert_eq!(committed(text, "s6"), Some(3300.0));
        assert_eq!(committed(text, "s6u"), Some(4000.0));
        assert_eq!(committed(text, "s2"), None);
    }

    #[test]
    fn only_a_rise_above_the_limit_fails() {
        assert_eq!(fault("s2", Some(1.0), 0.049), None);
        assert_eq!(fault("s2", Some(1.0), -0.5), None);
        assert!(fault("s2", Some(1.0), 0.051).is_some_and(|fault| fault.contains("5.1%")));
        assert!(fault("s2", None, 0.0).is_some_and(|fault| fault.contains("UPDATE=1")));
    }
}
