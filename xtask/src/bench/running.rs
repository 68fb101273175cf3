//! The servers that run: where they listen, and their end. Owns the words that they say at first.

use std::process::Command;
use std::time::Duration;

use crate::bench::scenario::Framing;
use crate::program::{LISTENING, Program};

/// A server says where it listens as soon as it is loaded.
const START_LIMIT: Duration = Duration::from_secs(20);

/// A server that runs.
#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) label: String,
    /// What the generator has to send it.
    pub(crate) framing: Framing,
    /// The certificate that it shows, if it speaks TLS.
    pub(crate) chain: Option<String>,
    pub(crate) processes: Vec<Process>,
}

/// One process of a server.
#[derive(Debug)]
pub(crate) struct Process {
    pid: u32,
    address: String,
    program: Program,
}

impl Process {
    /// Starts it and waits until it listens.
    pub(crate) fn start(command: &mut Command) -> Result<Self, String> {
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
    /// The generator's arguments that say where the server is, and how to trust it.
    pub(crate) fn place(&self) -> Vec<String> {
        let joined = |of: fn(&Process) -> String| {
            let words: Vec<String> = self.processes.iter().map(of).collect();
            words.join(",")
        };
        let mut words = vec![
            "--address".to_owned(),
            joined(|process| process.address.clone()),
            "--pid".to_owned(),
            joined(|process| process.pid.to_string()),
        ];
        if let Some(chain) = &self.chain {
            words.extend(["--ca".to_owned(), chain.clone()]);
        }
        words
    }

    /// Ends the server alone and waits for the program that it ran under.
    pub(crate) fn end(self) -> Result<(), String> {
        for process in self.processes {
            let pid = process.pid.to_string();
            let status = Command::new("kill").args(["-KILL", &pid]).status();
            if !status.is_ok_and(|status| status.success()) {
                return Err(format!("cannot end {}", self.label));
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

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::Process;

    #[test]
    fn server_is_known_by_its_process_and_address_and_one_that_says_nothing_is_none() {
        let start = |script| Process::start(Command::new("sh").args(["-c", script]));
        let process = start("echo 7; echo listening on 127.0.0.1:9; read x").unwrap();
        assert_eq!((process.pid, process.address.as_str()), (7, "127.0.0.1:9"));
        assert!(start("echo 7").unwrap_err().contains("before it listened"));
    }
}
