//! `sockeye run` with scripts that expect a page: the chats of `conformance/page`, typed and read
//! line by line, and what the shell says to a script.
#![expect(
    clippy::unwrap_used,
    reason = "what does not work here fails the test that wants it"
)]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;

use crate::files::{certify, folder, path};
use crate::process::{Server, run, sockeye, stderr, stdout};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../conformance/page");

/// Runs a script and holds what it shows against `transcript`, typing the lines that begin with
/// `> ` when they are due.
fn talk(words: &[&str], transcript: &str) {
    let mut child = sockeye(&[&["run", "--timeout", "60"], words].concat())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take();
    let mut shown = BufReader::new(child.stdout.take().unwrap()).lines();
    for (number, line) in (1..).zip(transcript.lines()) {
        match line.strip_prefix("> ") {
            Some("END") => drop(stdin.take()),
            Some(typed) => writeln!(stdin.as_mut().unwrap(), "{typed}").unwrap(),
            None => assert_eq!(
                shown.next().transpose().unwrap().as_deref(),
                Some(line),
                "{words:?}, line {number}"
            ),
        }
    }
    let rest: Vec<String> = shown.map(Result::unwrap).collect();
    let mut errors = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut errors)
        .unwrap();
    let code = child.wait().unwrap().code();
    assert_eq!(
        (rest, errors.as_str(), code),
        (vec![], "", Some(0)),
        "{words:?}"
    );
}

/// Where the hosts of the pages are: `sockeye serve`, in the clear and with TLS.
struct Hosts {
    words: Vec<String>,
    _servers: [Server; 2],
}

impl Hosts {
    fn start(hosts: &[&str]) -> Self {
        let folder = folder("hosts");
        certify(&folder, hosts);
        let (cert, key) = (path(&folder, "cert.pem"), path(&folder, "key.pem"));
        let quick = ["serve", "--chat-greeting-delay", "0s"];
        let plain = Server::start(&quick);
        let secure = Server::start(&[&quick[..], &["--cert", &cert, "--key", &key]].concat());
        let mut words = vec!["--ca".to_owned(), cert];
        for (port, server) in [(80, &plain), (443, &secure)] {
            for host in hosts {
                let place = format!("{host}:{port}={}", server.address);
                words.extend(["--resolve".to_owned(), place]);
            }
        }
        Self {
            words,
            _servers: [plain, secure],
        }
    }

    /// The words for a script, `more` among them.
    fn words<'a>(&'a self, more: &[&'a str]) -> Vec<&'a str> {
        let words = self.words.iter().map(String::as_str);
        words.chain(more.iter().copied()).collect()
    }
}

/// Somebody who is in the JSON chat as `ann` already, until this goes.
struct Ann(std::process::Child);

impl Ann {
    fn join(hosts: &Hosts) -> Self {
        let script = folder("ann").join("ann.js");
        let text = r#"
            const chat = new WebSocket("ws://chat.example/chat", ["json"]);
            chat.onopen = () => chat.send('{"type":"username","name":"ann"}');
            chat.onmessage = (event) => console.log(JSON.parse(event.data).type);
        "#;
        fs::write(&script, text).unwrap();
        let words = hosts.words(&[script.to_str().unwrap()]);
        let words = [&["run", "--timeout", "60"][..], &words].concat();
        let mut child = sockeye(&words).spawn().unwrap();
        let said = BufReader::new(child.stdout.take().unwrap()).lines();
        let joined = said.map(Result::unwrap).any(|line| line == "username");
        assert!(joined, "ann is to get her name");
        Self(child)
    }
}

impl Drop for Ann {
    fn drop(&mut self) {
        // One that ended is not there to be killed.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The chats that people know from tutorials would not work in a terminal.
#[test]
fn chats_of_tutorials_work_in_a_terminal() {
    let hosts = Hosts::start(&["greeting.example", "chat.example", "echo.example"]);
    let _ann = Ann::join(&hosts);
    for (name, more) in [
        ("greeting", &[][..]),
        ("json_chat", &["--click-at-end", "leave"]),
        (
            "plain_chat",
            &[
                "--click-at-end",
                "leave",
                "--base",
                "https://chat.example/room",
            ],
        ),
        ("nickname_chat", &["--base", "http://chat.example/"]),
        ("demo", &["--click-at-end", "close"]),
        ("sender", &[]),
    ] {
        let script = format!("{FOLDER}/{name}.js");
        let transcript = fs::read_to_string(format!("{FOLDER}/{name}.txt")).unwrap();
        talk(&hosts.words(&[more, &[&*script]].concat()), &transcript);
    }
}

/// A script would not know what the shell tells it, or take the command's flags for its own.
#[test]
fn words_behind_two_dashes_are_the_scripts() {
    let script = folder("args").join("args.js");
    fs::write(&script, "console.log(JSON.stringify(scriptArgs))").unwrap();
    let script = script.to_str().unwrap();
    for (words, shown) in [
        (&["run", script][..], "[]\n"),
        (
            &["run", script, "--", "--timeout", "a b"],
            "[\"--timeout\",\"a b\"]\n",
        ),
        (&["run", "--timeout", "9", "--", script, "é"], "[\"é\"]\n"),
    ] {
        let output = run(words, b"");
        assert_eq!(stdout(&output), shown, "{}", stderr(&output));
    }
    let output = run(&["run", script, "--loud"], b"");
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("--loud"));
}

/// A page in several files would not run from wherever it is started.
#[test]
fn module_imports_from_its_folder() {
    let folder = folder("modules");
    let import = "import { a } from './part.mjs'; console.log(a, typeof this);";
    fs::write(folder.join("main.mjs"), import).unwrap();
    fs::write(folder.join("part.mjs"), "export const a = 1;").unwrap();
    fs::write(folder.join("up.mjs"), "import '../outside.mjs'").unwrap();
    fs::write(folder.join("classic.js"), import).unwrap();
    let run_in = |here: &Path, script: &str| {
        let mut command = sockeye(&["run", script]);
        command.current_dir(here).output().unwrap()
    };
    let main = folder.join("main.mjs");
    for script in ["main.mjs", "./main.mjs", main.to_str().unwrap()] {
        let output = run_in(&folder, script);
        assert_eq!(stdout(&output), "1 undefined\n", "{}", stderr(&output));
    }
    let output = run_in(folder.parent().unwrap(), "modules/main.mjs");
    assert_eq!(stdout(&output), "1 undefined\n", "{}", stderr(&output));
    for (script, told) in [
        ("up.mjs", "\"../outside.mjs\""),
        ("classic.js", "classic.js:1"),
    ] {
        let output = run_in(&folder, script);
        assert!(stderr(&output).contains(told), "{}", stderr(&output));
        assert_eq!(output.status.code(), Some(1));
    }
}

/// A script without a page would take the lines of whoever runs it in a loop.
#[test]
fn input_is_left_alone_by_scripts_without_a_text_input() {
    let script = folder("input").join("quiet.js");
    fs::write(&script, "setTimeout(() => console.log('done'), 20)").unwrap();
    let program = env!("CARGO_BIN_EXE_sockeye");
    let loop_ = "\"$0\" run \"$1\"; read line; echo \"$line\"";
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", loop_, program, script.to_str().unwrap()]);
    shell.stdin(std::process::Stdio::piped());
    let mut child = shell.stdout(std::process::Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"mine\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(stdout(&output), "done\nmine\n");
}
