//! Does the judge fail who deserves it? Both directions against a peer that checks nothing.

use std::collections::BTreeMap;

use crate::autobahn::case::Case;
use crate::autobahn::options::Direction;
use crate::autobahn::run::Job;
use crate::autobahn::suite::{Suite, file, reports};
use crate::autobahn::verdict::Found;
use crate::process::Outcome;
use crate::program::Program;

/// Cases, and whether `careless_peer.py` deserves to pass them.
const CASES: [(&str, bool); 12] = [
    // It echoes, answers pings and closes: a judge that failed everything would show here.
    ("1.1.2", true),
    ("2.2", true),
    ("5.3", true),
    ("7.1.1", true),
    // It ignores reserved bits, reserved opcodes, and the rules for fragments.
    ("3.1", false),
    ("4.1.1", false),
    ("5.1", false),
    // It takes any octets for text, and any code for a close code.
    ("6.3.1", false),
    ("6.4.1", false),
    ("7.3.1", true),
    ("7.9.1", false),
    // It knows no compression.
    ("12.1.1", false),
];

/// Runs the cases and fails when the judge and the table disagree.
pub(crate) fn run(suite: &Suite) -> Outcome {
    let mut wrong = Vec::new();
    for direction in [Direction::Server, Direction::Client] {
        let found = against_careless_peer(suite, direction)?;
        wrong.extend(disagreements(direction, &found)?);
    }
    if wrong.is_empty() {
        println!(
            "the judge tells good from bad in {} results",
            2 * CASES.len()
        );
        Ok(())
    } else {
        Err(format!("the judge is wrong: {}", wrong.join("; ")))
    }
}

fn against_careless_peer(suite: &Suite, direction: Direction) -> Result<Vec<Found>, String> {
    let cases: Result<Vec<Case>, _> = CASES.iter().map(|(case, _)| case.parse()).collect();
    let job = Job {
        suite,
        cases: cases?,
        workers: CASES.len(),
        // Most cases here run into their deadline, and must.
        grace: 1,
        reports: reports(direction).join("self-test"),
    };
    let peer = || {
        let mut command = suite.python();
        command.arg(file("careless_peer.py"));
        command
    };
    match direction {
        Direction::Server => {
            let (_server, address) = Program::start_server(&mut peer())?;
            job.server_cases(&format!("ws://{address}"))
        }
        Direction::Client => job.client_cases(peer),
    }
}

fn disagreements(direction: Direction, found: &[Found]) -> Result<Vec<String>, String> {
    let mut wrong = Vec::new();
    let found: BTreeMap<String, &Found> = found
        .iter()
        .map(|found| (found.case.to_string(), found))
        .collect();
    for (case, deserves) in CASES {
        let found = found
            .get(case)
            .ok_or_else(|| format!("no result of case {case}"))?;
        if found.faults().is_empty() != deserves {
            let judged = if deserves { "failed" } else { "passed" };
            wrong.push(format!(
                "{} {case} {judged} ({})",
                direction.name(),
                found.words
            ));
        }
    }
    Ok(wrong)
}
