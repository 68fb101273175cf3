//! The command as a person runs it: started, fed, read, stopped.
#![expect(
    clippy::unwrap_used,
    reason = "what does not work here fails the test that wants it"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, Output, Stdio};

/// The command with `words`, not started yet.
pub(crate) fn sockeye(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockeye"));
    command
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// The same with no more than `hard` file descriptors, of which it is given `soft` unless it asks
/// for more.
pub(crate) fn limited(soft: usize, hard: usize, words: &[&str]) -> Command {
    let script = format!("ulimit -Sn {soft}; ulimit -Hn {hard}; exec \"$0\" \"$@\"");
    let mut command = Command::new("sh");
    command
        .args(["-c", &script, env!("CARGO_BIN_EXE_sockeye")])
        .args(words)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs it to its end with `input`.
pub(crate) fn run(words: &[&str], input: &[u8]) -> Output {
    let mut child = sockeye(words).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // In a thread, as the command may answer before it has read everything.
    let input = input.to_vec();
    let writing = std::thread::spawn(move || {
        // One that ends early does not read everything.
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().unwrap();
    writing.join().unwrap();
    output
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A server that runs until it is stopped or dropped.
pub(crate) struct Server {
    child: Child,
    out: BufReader<ChildStdout>,
    errors: BufReader<ChildStderr>,
    /// `ADDR:PORT`.
    pub(crate) address: String,
}

impl Server {
    /// Starts `words`, which listen on a free port and say so in their first line.
    pub(crate) fn start(words: &[&str]) -> Self {
        let words = [words, &["--listen", "127.0.0.1:0"]].concat();
        Self::spawn(&mut sockeye(&words))
    }

    /// Starts `words` with no more than `hard` file descriptors, of which it is given `soft` unless
    /// it asks for more.
    pub(crate) fn start_with_files(soft: usize, hard: usize, words: &[&str]) -> Self {
        let words = [words, &["--listen", "127.0.0.1:0"]].concat();
        Self::spawn(&mut limited(soft, hard, &words))
    }

    /// Starts `command`, which listens on a free port and says so.
    pub(crate) fn spawn(command: &mut Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let errors = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let address = line.trim().trim_start_matches("listening on ");
        let address = address.trim_start_matches("http://");
        let address = address.trim_start_matches("https://");
        let address = address.trim_end_matches('/');
        Self {
            address: address.to_owned(),
            child,
            out,
            errors,
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("ws://{}{path}", self.address)
    }

    /// A WebSocket at `path` that says nothing more, not even at its end.
    pub(crate) fn silent(&self, path: &str) -> TcpStream {
        let mut silent = TcpStream::connect(&self.address).unwrap();
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        );
        silent.write_all(request.as_bytes()).unwrap();
        let mut answer = [0; 12];
        silent.read_exact(&mut answer).unwrap();
        assert_eq!(&answer, b"HTTP/1.1 101");
        silent
    }

    /// Sends a signal by its name.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let status = Command::new("kill").args(["-s", name, &id]).status();
        assert!(status.unwrap().success());
    }

    /// Waits until it complains about `what`.
    pub(crate) fn read_error(&mut self, what: &str) {
        let mut lines = self.errors.by_ref().lines().map_while(Result::ok);
        assert!(
            lines.any(|line| line.contains(what)),
            "no word about {what}"
        );
    }

    /// Kills it: what it said until then, as [`wait`](Self::wait) tells it.
    pub(crate) fn stop(self) -> (Option<i32>, String) {
        self.signal("KILL");
        self.wait()
    }

    /// Waits for its end: the exit code, and the rest of what it printed.
    pub(crate) fn wait(mut self) -> (Option<i32>, String) {
        let mut text = String::new();
        self.out.read_to_string(&mut text).unwrap();
        let mut errors = String::new();
        self.errors.read_to_string(&mut errors).unwrap();
        (self.child.wait().unwrap().code(), text + &errors)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that ended is not there to be killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A client whose connection is open, and whose input stays open.
pub(crate) struct Talking {
    child: Child,
    _stdin: ChildStdin,
}

impl Talking {
    /// Connects to the echo at `url`, and waits until that answers.
    pub(crate) fn start(url: &str) -> Self {
        let mut child = sockeye(&["connect", url]).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(b"here\n").unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        assert_eq!(line, "here\n");
        Self {
            child,
            _stdin: stdin,
        }
    }

    /// Waits until it ends by itself: the exit code, and what it said of the end.
    pub(crate) fn end(&mut self) -> (Option<i32>, String) {
        let mut messages = String::new();
        let mut errors = self.child.stderr.take().unwrap();
        errors.read_to_string(&mut messages).unwrap();
        (self.child.wait().unwrap().code(), messages)
    }
}
