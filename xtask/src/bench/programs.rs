//! The programs of a bench, built for release, and where they run: servers on one core, the
//! generator on another.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::bench::certificate::Certificate;
use crate::built::{Target, built};

/// Raises the number of open files as far as it goes, says the process id, and becomes the program:
/// the id stays the same.
const LAUNCHER: &str = "ulimit -n \"$(ulimit -Hn)\"; echo $$; exec \"$@\"";

/// Files that a program has open besides its connections.
const OTHER_FILES: usize = 100;

/// Everything that a bench starts, and what it is started with.
#[derive(Debug)]
pub(crate) struct Programs {
    pub(crate) load: PathBuf,
    pub(crate) servers: PathBuf,
    pub(crate) sockeye: PathBuf,
    pub(crate) certificate: Certificate,
}

impl Programs {
    /// Builds all of them: ours as it ships, the others in their own workspace.
    pub(crate) fn build() -> Result<Self, String> {
        println!("> building for release");
        let servers = built(Target::Bench("bench-servers"))?;
        Ok(Self {
            load: built(Target::Bench("bench-load"))?,
            sockeye: built(Target::Sockeye)?,
            certificate: Certificate::make(&servers)?,
            servers,
        })
    }
}

/// The cores that a bench uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cores {
    /// Every server of one thread.
    pub(crate) server: String,
    /// Servers of two threads, and those of one that they are compared with.
    pub(crate) server_pair: String,
    pub(crate) load: String,
}

impl Cores {
    /// Shares out `count` cores. With two, the second thread of a server has to share the
    /// generator's; with one, everything shares.
    pub(crate) fn of(count: usize) -> Self {
        let (pair, load) = match count {
            0 | 1 => ("0", "0"),
            2 => ("0,1", "1"),
            _ => ("0,2", "1"),
        };
        Self {
            server: "0".to_owned(),
            server_pair: pair.to_owned(),
            load: load.to_owned(),
        }
    }

    /// Those of this machine.
    pub(crate) fn here() -> Self {
        Self::of(std::thread::available_parallelism().map_or(1, usize::from))
    }
}

/// A command that runs on `cores`, may open as many files as the machine allows, says its process
/// id first, and is ended by the kernel when we are, however that happens.
pub(crate) fn pinned(cores: &str) -> Command {
    let mut command = if ends_with_parent() {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "taskset"]);
        command
    } else {
        Command::new("taskset")
    };
    command.args(["--cpu-list", cores, "sh", "-c", LAUNCHER, "sh"]);
    command
}

/// Older versions of `setpriv` lack the flag; our own handles end the programs all the same, unless
/// we are killed.
fn ends_with_parent() -> bool {
    Command::new("setpriv")
        .args(["--pdeathsig", "KILL", "true"])
        .output()
        .is_ok_and(|output| output.status.success())
}

/// How many connections a program of ours may have open.
pub(crate) fn connections_max() -> usize {
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    // Every Unix allows at least this many.
    let files = parse_open_files(&limits).unwrap_or(1024);
    files.saturating_sub(OTHER_FILES)
}

/// The hard limit, in `Max open files SOFT HARD files`.
fn parse_open_files(limits: &str) -> Option<usize> {
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))?;
    match line.split_whitespace().nth(1)? {
        "unlimited" => Some(usize::MAX),
        limit => limit.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Cores, parse_open_files};

    #[test]
    fn two_cores_are_shared_and_three_are_not() {
        assert_eq!(Cores::of(1).load, "0");
        assert_eq!(Cores::of(2).server_pair, "0,1");
        let many = Cores::of(8);
        assert_eq!(
            (many.server_pair.as_str(), many.load.as_str()),
            ("0,2", "1")
        );
    }

    #[test]
    fn hard_limit_is_the_second_number() {
        let limits = "Limit Soft Hard Units\nMax open files            1024    20000    files\n";
        assert_eq!(parse_open_files(limits), Some(20_000));
        assert_eq!(
            parse_open_files("Max open files 1 unlimited files"),
            Some(usize::MAX)
        );
        assert_eq!(parse_open_files(""), None);
    }
}
