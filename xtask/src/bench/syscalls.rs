//! System calls per message, counted by strace in a run of its own: it slows a server down tenfold,
//! but the counts are exact.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::bench::contender::Contender;
use crate::bench::load::Bench;
use crate::bench::scenario::Scenario;
use crate::install;
use crate::scratch::Scratch;

const READS: [&str; 4] = ["read", "readv", "recvfrom", "recvmsg"];
const WRITES: [&str; 4] = ["write", "writev", "sendto", "sendmsg"];
const WAITS: [&str; 5] = ["epoll_wait", "epoll_pwait", "epoll_pwait2", "poll", "ppoll"];

/// System calls per message, by what they are for.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Counts {
    pub(crate) reads: f64,
    pub(crate) writes: f64,
    pub(crate) waits: f64,
}

/// Where strace is, installing it where that is possible.
pub(crate) fn strace() -> Result<PathBuf, String> {
    install::program("strace", &["strace"])
}

/// Counts the calls of one server. The opening handshakes are among them: two calls for each
/// connection, which is under a hundredth of a message's share.
pub(crate) fn count(
    bench: &Bench,
    scenario: &Scenario,
    contender: Contender,
    strace: &Path,
) -> Result<Counts, String> {
    let summary = Scratch::file("strace");
    let path = summary.path().to_string_lossy().into_owned();
    let watcher = [
        &strace.to_string_lossy(),
        "--follow-forks",
        "--summary-only",
        "--output",
        &path,
    ];
    let server = contender.start_under(&watcher, &bench.programs, &bench.cores.server)?;
    let figures = bench.echo(scenario, &server, Duration::ZERO)?;
    server.end()?;
    let text = fs::read_to_string(summary.path())
        .map_err(|error| format!("strace left no summary: {error}"))?;
    Ok(parse(&text, figures.number("messages")?))
}

/// Adds up a summary's lines: `% time, seconds, usecs/call, calls, [errors], syscall`.
fn parse(text: &str, messages: f64) -> Counts {
    let mut counts = Counts::default();
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (Some(name), Some(calls)) = (words.last(), words.get(3)) else {
            continue;
        };
        let Ok(calls) = calls.parse::<f64>() else {
            continue;
        };
        let sum = match *name {
            name if READS.contains(&name) => &mut counts.reads,
            name if WRITES.contains(&name) => &mut counts.writes,
            name if WAITS.contains(&name) => &mut counts.waits,
            _ => continue,
        };
        *sum += calls / messages;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::{Counts, parse};

    #[test]
    fn calls_are_summed_by_kind_with_and_without_errors() {
        let text = "\
% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 50.00    0.020000           1       900           recvfrom
 40.00    0.020000           1       100         7 read
  5.00    0.010000           1      2000           sendto
  2.00    0.000100           1        50           epoll_wait
  1.00    0.000100           1        10           brk
------ ----------- ----------- --------- --------- ----------------
100.00    0.050100           1      3060         7 total
";
        let expected = Counts {
            reads: 1.0,
            writes: 2.0,
            waits: 0.05,
        };
        assert_eq!(parse(text, 1000.0), expected);
    }
}
