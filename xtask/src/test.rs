//! `cargo xtask test`: everything that CI runs, and a count at the end.
//!
//! Every part runs, whatever came of those before it. A part that did not run is neither passed
//! nor failed: it is named as skipped, and in CI it is a failure.

use std::time::{Duration, Instant};

use crate::process::{self, Outcome, SKIPPED};
use crate::{
    autobahn, bench, built, chats, deny, features, fuzz, guide, interop, models, msrv, object,
    pages, proxies, spec,
};

/// A part after `cargo test`, as it would be called by hand.
struct Part {
    verb: &'static str,
    args: &'static [&'static str],
    run: fn(&[String]) -> Outcome,
}

/// What needs no program built for release, or builds what it needs elsewhere.
const WITHOUT_PROGRAMS: [Part; 6] = [
    Part {
        verb: "spec",
        args: &["--check"],
        run: spec::run,
    },
    Part {
        verb: "deny",
        args: &[],
        run: deny::run,
    },
    Part {
        verb: "features",
        args: &[],
        run: features::run,
    },
    Part {
        verb: "msrv",
        args: &[],
        run: msrv::run,
    },
    Part {
        verb: "fuzz",
        args: &["--smoke"],
        run: fuzz::run,
    },
    Part {
        verb: "models",
        args: &[],
        run: models::run,
    },
];

/// What starts our programs as they ship.
const WITH_PROGRAMS: [Part; 8] = [
    Part {
        verb: "autobahn",
        args: &["--ci"],
        run: autobahn::run,
    },
    Part {
        verb: "interop",
        args: &[],
        run: interop::run,
    },
    Part {
        verb: "guide",
        args: &[],
        run: guide::run,
    },
    Part {
        verb: "chats",
        args: &[],
        run: chats::run,
    },
    Part {
        verb: "proxies",
        args: &[],
        run: proxies::run,
    },
    Part {
        verb: "pages",
        args: &[],
        run: pages::run,
    },
    Part {
        verb: "object",
        args: &[],
        run: object::run,
    },
    Part {
        verb: "bench",
        args: &["--smoke"],
        run: bench::run,
    },
];

/// What ran, counted, with a line for each part.
#[derive(Debug, Default)]
struct Tally {
    passed: usize,
    failed: usize,
    ignored: usize,
    skipped: usize,
    lines: Vec<String>,
}

/// Runs all parts.
pub(crate) fn run(args: &[String]) -> Outcome {
    process::nothing_given(args)?;
    let mut tally = Tally::default();
    let start = Instant::now();
    let mut command = process::cargo();
    command.args(["test", "--workspace", "--all-features", "--no-fail-fast"]);
    let outcome = process::run_lines(&mut command, |line| tally.count_suite(line));
    tally.end_suites(outcome, start.elapsed());
    let building = built::ahead();
    tally.run(&WITHOUT_PROGRAMS);
    // It has nothing to tell; what was not built is built again.
    let _ = building.join();
    tally.run(&WITH_PROGRAMS);
    println!("\n{}", tally.summary());
    tally.outcome()
}

impl Tally {
    /// Counts a line such as `test result: ok. 4 passed; 0 failed; 1 ignored; ...`.
    fn count_suite(&mut self, line: &str) {
        let Some(result) = line.trim().strip_prefix("test result: ") else {
            return;
        };
        let mut words = result
            .split([' ', ';', '.'])
            .filter(|word| !word.is_empty());
        let mut before = words.next().unwrap_or("");
        for word in words {
            let count = before.parse().unwrap_or(0);
            match word {
                "passed" => self.passed += count,
                "failed" => self.failed += count,
                "ignored" => self.ignored += count,
                _ => {}
            }
            before = word;
        }
    }

    /// Takes in how `cargo test` as a whole ended.
    fn end_suites(&mut self, outcome: Outcome, took: Duration) {
        if let Err(message) = outcome {
            // What does not compile or dies has no count of its own.
            self.failed = self.failed.max(1);
            self.lines.push(format!("FAILED: {message}"));
        }
        let Self {
            passed,
            failed,
            ignored,
            ..
        } = self;
        let line = format!(
            "cargo test ({} s): {passed} passed, {failed} failed, {ignored} ignored",
            took.as_secs()
        );
        self.lines.push(line);
    }

    /// Runs parts and counts them.
    fn run(&mut self, parts: &[Part]) {
        for part in parts {
            let args: Vec<String> = part.args.iter().map(|arg| (*arg).to_owned()).collect();
            let name = [&[part.verb], part.args].concat().join(" ");
            println!("\n== {name}");
            let start = Instant::now();
            let outcome = (part.run)(&args);
            let seconds = start.elapsed().as_secs();
            self.count_part(&format!("{name} ({seconds} s)"), outcome);
        }
    }

    fn count_part(&mut self, name: &str, outcome: Outcome) {
        let (count, line) = match outcome {
            Ok(()) => (&mut self.passed, format!("{name}: passed")),
            Err(why) if why.starts_with(SKIPPED) => (&mut self.skipped, format!("{name}: {why}")),
            Err(why) => (&mut self.failed, format!("{name}: FAILED: {why}")),
        };
        *count += 1;
        self.lines.push(line);
    }

    fn summary(&self) -> String {
        let mut lines = self.lines.clone();
        let mut total = format!("{} passed, {} failed", self.passed, self.failed);
        if self.skipped > 0 {
            total = format!("{total}, {} SKIPPED", self.skipped);
        }
        lines.push(total);
        lines.join("\n")
    }

    fn outcome(&self) -> Outcome {
        match self.failed {
            0 => Ok(()),
            failed => Err(format!("{failed} failed, see above")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RESULT: &str = "test result: FAILED. 12 passed; 1 failed; 2 ignored; 0 measured; 0 \
                          filtered out; finished in 0.25s";

    /// If this fails, a test that failed is not seen in CI.
    #[test]
    fn suites_are_added_up() {
        let mut tally = Tally::default();
        tally.count_suite(RESULT);
        tally.count_suite("running 3 tests");
        tally.count_suite("test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured");
        tally.end_suites(Err("cargo test ended with 101".to_owned()), Duration::ZERO);
        assert_eq!((tally.passed, tally.failed, tally.ignored), (15, 1, 2));
        assert!(tally.summary().ends_with("\n15 passed, 1 failed"));
        assert!(tally.outcome().is_err());
    }

    /// If this fails, tests that do not compile pass.
    #[test]
    fn run_that_dies_without_a_count_has_failed() {
        let mut tally = Tally::default();
        tally.end_suites(Err("it did not compile".to_owned()), Duration::ZERO);
        assert_eq!(tally.failed, 1);
    }

    /// If this fails, what nobody ran looks as if it had passed.
    #[test]
    fn skipped_part_is_not_passed() {
        let mut tally = Tally::default();
        tally.count_part("a", Ok(()));
        tally.count_part("b", Err(format!("{SKIPPED}no network")));
        assert_eq!((tally.passed, tally.failed), (1, 0));
        assert_eq!(tally.outcome(), Ok(()));
        let summary = "a: passed\nb: SKIPPED: no network\n1 passed, 0 failed, 1 SKIPPED";
        assert_eq!(tally.summary(), summary);
    }
}
