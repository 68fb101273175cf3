//! One run of the script: the process, what it says, and its CPU time between two of its lines.
//! Judges nothing.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use super::contender::Contender;
use crate::bench::figures::Figures;
use crate::bench::plan::Plan;
use crate::bench::programs::pinned;
use crate::program::Program;

/// More than a phase, and the start of any of the programs.
const LINE_LIMIT: Duration = Duration::from_secs(60);

/// How long the script does nothing after a phase, in milliseconds.
const PAUSE_MS: u64 = 200;

/// How long after its last message a script's time is read: booked by then, and still asleep.
const SETTLE: Duration = Duration::from_millis(60);

/// What the script does.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub(super) connections: usize,
    /// Messages in flight on each.
    pub(super) depth: usize,
}

/// The echo server of all runs.
#[derive(Debug)]
pub(super) struct Server {
    url: String,
    /// Ends with it.
    _program: Program,
}

impl Server {
    /// Starts our own on `cores`, with one thread.
    pub(super) fn start(sockeye: &Path, cores: &str) -> Result<Self, String> {
        let mut command = pinned(cores);
        command.arg(sockeye);
        command.args(["echo", "--listen", "127.0.0.1:0", "--threads", "1"]);
        let (program, address) = Program::start_server(&mut command)?;
        let url = format!("ws://{address}/");
        Ok(Self {
            url,
            _program: program,
        })
    }
}

impl Row {
    pub(super) fn name(&self) -> String {
        format!("script-{}-{}", self.connections, self.depth)
    }

    /// Runs the script once in `contender`, on `cores`.
    pub(super) fn run(
        self,
        plan: &Plan,
        contender: &Contender,
        server: &Server,
        cores: &str,
    ) -> Result<Figures, String> {
        let mut command = pinned(cores);
        command.args(&contender.command_line).arg(&server.url);
        command.args(self.words(plan));
        read(&mut command)
    }

    /// The script's arguments behind the address.
    fn words(self, plan: &Plan) -> [String; 5] {
        // Compilers take as long to see what is hot as the phase that is measured.
        let phase = u64::try_from(plan.measure.as_millis()).unwrap_or(u64::MAX);
        let (connections, depth) = (self.connections as u64, self.depth as u64);
        [connections, depth, phase, phase, PAUSE_MS].map(|number| number.to_string())
    }
}

/// The figures of the run that `command` starts.
fn read(command: &mut Command) -> Result<Figures, String> {
    let program = Program::start(command)?;
    let pid = wait(&program, "").map(|pid| pid.trim().to_owned())?;
    wait(&program, "end warm ")?;
    let before = settled_cpu_ns(&pid)?;
    let messages = wait(&program, "end measured ")?;
    // A thread that ended takes its time with it.
    let cpu_ns = settled_cpu_ns(&pid)?.saturating_sub(before);
    let (_, is_well) = program.finish(LINE_LIMIT)?;
    if !is_well {
        return Err("it did not end well".to_owned());
    }
    Ok(Figures::new(&format!(
        "messages={messages} cpu_ns={cpu_ns}"
    )))
}

/// What stands behind `what` in the first line that begins with it.
fn wait(program: &Program, what: &str) -> Result<String, String> {
    loop {
        let line = program.line(LINE_LIMIT)?;
        let line = line.ok_or_else(|| format!("it ended before it said `{what}`"))?;
        if let Some(fault) = line.strip_prefix("fault ") {
            return Err(fault.to_owned());
        }
        if let Some(rest) = line.strip_prefix(what) {
            return Ok(rest.to_owned());
        }
    }
}

/// The CPU time of all threads of a process that sleeps, in nanoseconds.
fn settled_cpu_ns(pid: &str) -> Result<u64, String> {
    sleep(SETTLE);
    let tasks = format!("/proc/{pid}/task");
    let threads = fs::read_dir(&tasks).map_err(|error| format!("{tasks}: {error}"))?;
    let mut sum = 0;
    for thread in threads.flatten() {
        // A thread of a pool may end under our eyes.
        let text = fs::read_to_string(thread.path().join("schedstat")).unwrap_or_default();
        let ns = text.split_whitespace().next();
        sum += ns.and_then(|ns| ns.parse::<u64>().ok()).unwrap_or(0);
    }
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(script: &str) -> Result<Figures, String> {
        read(Command::new("sh").args(["-c", script]))
    }

    /// A program that stops half way, or echoes wrongly, would have a figure.
    #[test]
    fn run_has_a_figure_only_if_the_script_came_to_its_end() {
        let said = "echo $$; echo end warm 5; echo end measured 7; read x; true";
        assert_eq!(run(said).unwrap().number("messages"), Ok(7.0));
        assert!(run(&format!("{said}; exit 1")).is_err());
        assert!(
            run("echo $$; echo end warm 5")
                .unwrap_err()
                .contains("end measured")
        );
        let fault = run("echo $$; echo fault closed with 1006; read x");
        assert_eq!(fault.unwrap_err(), "closed with 1006");
    }
}
