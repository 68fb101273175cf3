//! A program that a verb talks to: it is told lines, it says lines, and it never outlives us.
//!
//! Every wait has a limit, so a peer that hangs fails its test instead of the whole run, and every
//! program is ended by its own id when its handle goes, also when the verb fails half way.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::process::Outcome;

/// How long a program may take from its start to the line that says where it listens. Compiling is
/// done by then; what remains is an interpreter's or a browser's start on a busy machine.
const START_LIMIT: Duration = Duration::from_secs(60);

/// What a server of ours, and every stand-in for one, prints when it can be connected to.
pub(crate) const LISTENING: &str = "listening on ";

/// A running program.
#[derive(Debug)]
pub(crate) struct Program {
    name: String,
    child: Child,
    lines: mpsc::Receiver<String>,
}

impl Program {
    /// Starts `command` with its standard input and output in our hands.
    pub(crate) fn start(command: &mut Command) -> Result<Self, String> {
        let name = command.get_program().to_string_lossy().into_owned();
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot start {name}: {error}"))?;
        let stdout = child.stdout.take();
        let (said, lines) = mpsc::channel();
        // A thread reads on, so that a talkative program never blocks on a full pipe.
        thread::spawn(move || forward_lines(stdout, &said));
        Ok(Self { name, child, lines })
    }

    /// Starts a server and waits until it says where it listens; gives that address as well.
    pub(crate) fn start_server(command: &mut Command) -> Result<(Self, String), String> {
        let server = Self::start(command)?;
        loop {
            match server.line(START_LIMIT)? {
                Some(line) => {
                    if let Some(address) = line.strip_prefix(LISTENING) {
                        let address = address.trim().to_owned();
                        return Ok((server, address));
                    }
                }
                None => return Err(format!("{} ended before it listened", server.name)),
            }
        }
    }

    /// The number that the kernel knows it by.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The next line that the program says; `None` when it says no more.
    pub(crate) fn line(&self, limit: Duration) -> Result<Option<String>, String> {
        match self.lines.recv_timeout(limit) {
            Ok(line) => Ok(Some(line)),
            Err(mpsc::RecvTimeoutError::Disconnected) => Ok(None),
            Err(mpsc::RecvTimeoutError::Timeout) => Err(format!(
                "{} said nothing for {} seconds",
                self.name,
                limit.as_secs()
            )),
        }
    }

    /// Gives the program a line on its standard input.
    pub(crate) fn tell(&mut self, line: &str) -> Outcome {
        let name = &self.name;
        let Some(stdin) = self.child.stdin.as_mut() else {
            return Err(format!("{name} takes no more input"));
        };
        writeln!(stdin, "{line}").map_err(|error| format!("cannot talk to {name}: {error}"))
    }

    /// Closes the program's standard input.
    pub(crate) fn end_input(&mut self) {
        drop(self.child.stdin.take());
    }

    /// Closes the program's standard input, collects what it still says, and waits for its end.
    /// The flag tells whether it exited with 0.
    pub(crate) fn finish(mut self, limit: Duration) -> Result<(Vec<String>, bool), String> {
        drop(self.child.stdin.take());
        let end = Instant::now() + limit;
        let mut said = Vec::new();
        while let Some(line) = self.line(end.saturating_duration_since(Instant::now()))? {
            said.push(line);
        }
        let status = self
            .child
            .wait()
            .map_err(|error| format!("cannot wait for {}: {error}", self.name))?;
        Ok((said, status.success()))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Both fail only for a program that has ended and been waited for already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs `command` to its end and gives what it said; fails when it does not exit with 0.
pub(crate) fn output_of(command: &mut Command, limit: Duration) -> Result<Vec<String>, String> {
    let program = Program::start(command)?;
    let name = program.name.clone();
    match program.finish(limit)? {
        (said, true) => Ok(said),
        (said, false) => Err(format!("{name} failed: {}", said.join("; "))),
    }
}

/// The host and the port of what a server of ours says to listen on, whatever the scheme.
pub(crate) fn host_and_port(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    rest.trim_end_matches('/')
}

fn forward_lines(stdout: Option<ChildStdout>, said: &mpsc::Sender<String>) {
    let Some(stdout) = stdout else { return };
    for line in BufReader::new(stdout).lines() {
        // A line that is not text is as good as the end: nobody we start says such a thing.
        let Ok(line) = line else { return };
        if said.send(line).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Program, output_of};
    use std::process::Command;
    use std::time::Duration;

    const LIMIT: Duration = Duration::from_secs(20);

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn server_says_other_things_first_address_found() {
        let mut command = shell("echo starting; echo listening on 127.0.0.1:7; read line");
        let (_server, address) = Program::start_server(&mut command).expect("it says so");
        assert_eq!(address, "127.0.0.1:7");
    }

    #[test]
    fn server_ends_early_is_an_error() {
        let error = Program::start_server(&mut shell("echo no")).expect_err("no address");
        assert_eq!(error, "sh ended before it listened");
    }

    #[test]
    fn program_is_told_and_answers() {
        let mut program =
            Program::start(&mut shell("while read x; do echo got $x; done; echo end"))
                .expect("a shell");
        program.tell("one").expect("it reads");
        assert_eq!(program.line(LIMIT), Ok(Some("got one".to_owned())));
        let (said, success) = program.finish(LIMIT).expect("it ends");
        assert_eq!((said, success), (vec!["end".to_owned()], true));
    }

    #[test]
    fn program_hangs_is_an_error_and_ends() {
        let program = Program::start(&mut shell("exec sleep 100")).expect("a shell");
        let id = program.child.id();
        let error = program
            .line(Duration::from_millis(10))
            .expect_err("silence");
        assert_eq!(error, "sh said nothing for 0 seconds");
        drop(program);
        let alive = Command::new("kill").args(["-0", &id.to_string()]).output();
        assert!(!alive.expect("kill runs").status.success());
    }

    #[test]
    fn program_fails_is_an_error_with_its_words() {
        let error = output_of(&mut shell("echo why; exit 3"), LIMIT).expect_err("status 3");
        assert_eq!(error, "sh failed: why");
    }
}
