//! The servers of a bench: which there are, how each is started, and the ones that run.

use std::process::Command;
use std::time::Duration;

use crate::bench::programs::{Programs, pinned};
use crate::bench::scenario::Framing;
use crate::program::Program;

/// The server that all others are related to.
pub(crate) const YARDSTICK: &str = "raw-tokio";

/// The same program once more: how far its ratio is from 1 is what the machine adds.
pub(crate) const CONTROL: &str = "raw-tokio-control";

/// Ours.
pub(crate) const OURS: &str = "sockeye";

/// Other people's crates.
const RIVALS: [&str; 6] = [
    "fastwebsockets",
    "sockudo-ws",
    "tokio-tungstenite",
    "tokio-websockets",
    "web-socket",
    "yawc",
];

/// Those of them that can compress.
const DEFLATING_RIVALS: [&str; 2] = ["sockudo-ws", "yawc"];

/// Above every message that is sent, as the rivals have it too.
const MESSAGE_LEN_MAX: &str = "2G";

/// A server says where it listens as soon as it is loaded.
const START_LIMIT: Duration = Duration::from_secs(20);

const LISTENING: &str = "listening on ";

/// A server as a bench knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Contender {
    pub(crate) label: String,
    /// What the generator has to send it.
    pub(crate) framing: Framing,
    ours: bool,
    /// Its arguments, the name of a server of ours or of the rivals' program first.
    arguments: Vec<String>,
    /// So many processes share the connections.
    copies: usize,
}

/// A server that runs.
#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) contender: Contender,
    processes: Vec<Process>,
}

/// One process of a server.
#[derive(Debug)]
struct Process {
    pid: u32,
    address: String,
    program: Program,
}

impl Contender {
    /// A raw echo.
    pub(crate) fn raw(label: &str, server: &str) -> Self {
        Self {
            label: label.to_owned(),
            framing: Framing::Raw,
            ours: false,
            arguments: vec![server.to_owned()],
            copies: 1,
        }
    }

    /// Our echo server on its ordinary interface.
    pub(crate) fn ours(label: &str, framing: Framing, threads: usize) -> Self {
        let mut arguments: Vec<String> = [
            "echo",
            "--listen",
            "127.0.0.1:0",
            "--max-message",
            MESSAGE_LEN_MAX,
        ]
        .map(str::to_owned)
        .to_vec();
        arguments.extend(["--threads".to_owned(), threads.to_string()]);
        arguments.extend(deflate_arguments(framing));
        Self {
            label: label.to_owned(),
            framing,
            ours: true,
            arguments,
            copies: 1,
        }
    }

    fn rival(server: &str, framing: Framing) -> Self {
        let mut arguments = vec![server.to_owned()];
        arguments.extend(deflate_arguments(framing));
        Self {
            label: server.to_owned(),
            framing,
            ours: false,
            arguments,
            copies: 1,
        }
    }

    /// The same server by another name.
    pub(crate) fn labelled(self, label: String) -> Self {
        Self { label, ..self }
    }

    /// As many processes instead of one, which share nothing but the connections.
    pub(crate) fn copies(self, copies: usize) -> Self {
        Self { copies, ..self }
    }

    /// Everybody who can take `framing`: the yardstick and its control first.
    pub(crate) fn all(framing: Framing) -> Vec<Self> {
        let rivals = if framing.deflates() {
            &DEFLATING_RIVALS[..]
        } else {
            &RIVALS
        };
        let mut all = vec![
            Self::raw(YARDSTICK, "raw-tokio"),
            Self::raw(CONTROL, "raw-tokio"),
            Self::raw("raw-epoll", "raw-epoll"),
            Self::ours(OURS, framing, 1),
        ];
        all.extend(rivals.iter().map(|rival| Self::rival(rival, framing)));
        all
    }

    /// How it is started, without where.
    fn command_line(&self, programs: &Programs) -> Vec<String> {
        let program = if self.ours {
            &programs.sockeye
        } else {
            &programs.servers
        };
        let mut words = vec![program.to_string_lossy().into_owned()];
        words.extend(self.arguments.iter().cloned());
        words
    }

    /// Starts it on `cores`.
    pub(crate) fn start(self, programs: &Programs, cores: &str) -> Result<Running, String> {
        let mut command = pinned(cores);
        command.args(self.command_line(programs));
        let processes = (0..self.copies).map(|_| Process::start(&mut command));
        let processes = processes.collect::<Result<_, _>>();
        self.running(processes)
    }

    /// Starts it on `cores` under a program that runs the rest of its line, such as strace.
    pub(crate) fn start_under(
        self,
        watcher: &[&str],
        programs: &Programs,
        cores: &str,
    ) -> Result<Running, String> {
        let launcher = pinned(cores);
        let mut command = Command::new(watcher[0]);
        command
            .args(&watcher[1..])
            .arg(launcher.get_program())
            .args(launcher.get_args())
            .args(self.command_line(programs));
        self.running(Process::start(&mut command).map(|process| vec![process]))
    }

    fn running(self, processes: Result<Vec<Process>, String>) -> Result<Running, String> {
        Ok(Running {
            processes: processes.map_err(|error| format!("{}: {error}", self.label))?,
            contender: self,
        })
    }
}

impl Process {
    fn start(command: &mut Command) -> Result<Self, String> {
        let program = Program::start(command)?;
        let pid = say(&program, |line| line.parse().ok())?;
        let address = say(&program, |line| {
            line.strip_prefix(LISTENING).map(str::to_owned)
        })?;
        Ok(Self {
            pid,
            address,
            program,
        })
    }
}

impl Running {
    /// The generator's arguments that say where the server is.
    pub(crate) fn place(&self) -> [String; 4] {
        let joined = |of: fn(&Process) -> String| {
            let words: Vec<String> = self.processes.iter().map(of).collect();
            words.join(",")
        };
        [
            "--address".to_owned(),
            joined(|process| process.address.clone()),
            "--pid".to_owned(),
            joined(|process| process.pid.to_string()),
        ]
    }

    /// Ends the server alone and waits for the program that it ran under.
    pub(crate) fn end(self) -> Result<(), String> {
        for process in self.processes {
            let pid = process.pid.to_string();
            let status = Command::new("kill").args(["-KILL", &pid]).status();
            if !status.is_ok_and(|status| status.success()) {
                return Err(format!("cannot end {}", self.contender.label));
            }
            process.program.finish(START_LIMIT)?;
        }
        Ok(())
    }
}

/// Waits for the line that `read` understands.
fn say<T>(program: &Program, read: impl Fn(&str) -> Option<T>) -> Result<T, String> {
    loop {
        match program.line(START_LIMIT)? {
            Some(line) => {
                if let Some(value) = read(&line) {
                    return Ok(value);
                }
            }
            None => return Err("it ended before it listened".to_owned()),
        }
    }
}

fn deflate_arguments(framing: Framing) -> Vec<String> {
    if framing.deflates() {
        vec!["--deflate".to_owned(), framing.word().to_owned()]
    } else {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::{CONTROL, Contender, OURS, YARDSTICK};
    use crate::bench::scenario::Framing;

    fn labels(framing: Framing) -> Vec<String> {
        Contender::all(framing)
            .into_iter()
            .map(|contender| contender.label)
            .collect()
    }

    #[test]
    fn yardstick_comes_first_then_its_control() {
        let labels = labels(Framing::Plain);
        assert_eq!(labels[..2], [YARDSTICK, CONTROL]);
        assert_eq!(labels.len(), 10);
    }

    #[test]
    fn only_servers_that_compress_are_compared_compressing() {
        assert_eq!(
            labels(Framing::DeflateTakeover)[3..],
            [OURS, "sockudo-ws", "yawc"]
        );
        let ours = Contender::ours(OURS, Framing::DeflateNoTakeover, 1);
        assert!(ours.arguments.join(" ").ends_with("--deflate no-takeover"));
    }
}
