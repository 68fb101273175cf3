//! `sockeye run` when its script does not end by itself, or nobody takes what it prints: what its
//! servers see of that, and what the shell does.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "what does not work here fails the test that wants it"
)]

use std::io::{BufRead, BufReader, Read};
use std::process::Command;
use std::thread::{JoinHandle, spawn};

use crate::files::{folder, path};
use crate::process::{run, sockeye, stderr};
use crate::run::Script;

/// A server for so many clients, which says with which codes they left.
struct Server {
    url: String,
    codes: JoinHandle<Vec<u16>>,
}

impl Server {
    fn start(clients: usize) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("ws://{}/", listener.local_addr().unwrap());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let serve = async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            let mut codes = Vec::new();
            let mut open = Vec::new();
            for _ in 0..clients {
                let (tcp, _) = listener.accept().await.unwrap();
                open.push(sockeye::Acceptor::default().accept(tcp).await.unwrap());
            }
            for mut ws in open {
                // One that is cut off is a loss, whose code is 1006.
                let _ = ws.recv().await;
                codes.push(ws.close_event().unwrap().code.number());
            }
            codes
        };
        let codes = spawn(move || runtime.block_on(serve));
        Self { url, codes }
    }
}

/// A server would take each script that is stopped for a lost connection.
#[test]
fn stopped_script_says_goodbye_to_its_servers_and_those_of_its_workers() {
    for (ending, words, told, code) in [
        ("", &["--timeout", "1"][..], "the script took too long", 3),
        (
            "for (;;) {}",
            &["--timeout", "1"],
            "the script took too long",
            3,
        ),
        ("", &[], "the script was stopped", 1),
        ("for (;;) {}", &[], "the script was stopped", 1),
    ] {
        let server = Server::start(2);
        let folder = folder("goodbye");
        let open = format!("const ws = new WebSocket('{}');", server.url);
        let worker = format!("{open} ws.onopen = () => postMessage('');");
        std::fs::write(folder.join("worker.js"), worker).unwrap();
        let page = format!(
            "{open} ws.onopen = () => {{
                 new Worker('worker.js').onmessage = () => {{ console.log('open'); {ending} }};
             }};"
        );
        std::fs::write(folder.join("page.js"), page).unwrap();
        let script = path(&folder, "page.js");
        let mut child = sockeye(&[&["run"], words, &[&*script]].concat())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        assert_eq!(line, "open\n");
        if words.is_empty() {
            let id = child.id().to_string();
            let status = Command::new("kill").args(["-s", "INT", &id]).status();
            assert!(status.unwrap().success());
        }
        let mut messages = String::new();
        let mut errors = child.stderr.take().unwrap();
        errors.read_to_string(&mut messages).unwrap();
        assert_eq!(messages, format!("sockeye: {told}\n"), "{ending}");
        assert_eq!(child.wait().unwrap().code(), Some(code));
        assert_eq!(server.codes.join().unwrap(), [1001, 1001], "{ending}");
    }
}

/// A server would count all users of a test that is stopped as lost.
#[test]
fn stopped_users_say_goodbye_to_their_servers() {
    let server = Server::start(2);
    let script = Script::new(&format!(
        "new WebSocket('{}').onopen = () => console.log('connected');",
        server.url
    ));
    let mut child = sockeye(&["run", "--users", "2", script.path()])
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let is_said = |line: &std::io::Result<String>| line.as_ref().unwrap().contains("connected");
    assert_eq!(lines.by_ref().filter(is_said).take(2).count(), 2);
    let id = child.id().to_string();
    let status = Command::new("kill").args(["-s", "INT", &id]).status();
    assert!(status.unwrap().success());
    assert_eq!(server.codes.join().unwrap(), [1001, 1001]);
    assert_eq!(child.wait().unwrap().code(), Some(1));
    let words = "2 users were stopped";
    assert!(lines.any(|line| line.unwrap().contains(words)));
}

/// A terminal would wait for a script that cannot be stopped from inside.
#[test]
fn call_without_an_end_is_stopped_from_outside() {
    let script = Script::new("console.log(1); [].reverse.call({ length: 2 ** 53 - 1 })");
    let mut child = sockeye(&["run", script.path()]).spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut String::new()).unwrap();
    let id = child.id().to_string();
    for _ in 0..2 {
        let status = Command::new("kill").args(["-s", "INT", &id]).status();
        assert!(status.unwrap().success());
    }
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

/// A person who is asked would have to answer before they may leave.
#[test]
fn script_that_asks_is_stopped_at_once() {
    let script = Script::new("console.log(1); prompt('name?'); for (;;) {}");
    let mut child = sockeye(&["run", script.path()]).spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut String::new()).unwrap();
    let start = std::time::Instant::now();
    let id = child.id().to_string();
    let status = Command::new("kill").args(["-s", "INT", &id]).status();
    assert!(status.unwrap().success());
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    assert_eq!(
        (rest.as_str(), child.wait().unwrap().code()),
        ("name?\n", Some(1))
    );
    // Two seconds are what a script has that does not hear of it.
    assert!(start.elapsed().as_millis() < 1900, "{:?}", start.elapsed());
}

/// A shell script would take lines that are lost for a success.
#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_is_told_once_and_fails() {
    let script = Script::new("console.log('one'); console.log('two'); console.error('end')");
    let full = std::fs::File::options().write(true).open("/dev/full");
    let mut command = sockeye(&["run", script.path()]);
    let output = command.stdout(full.unwrap()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let messages = stderr(&output);
    let lines: Vec<&str> = messages.lines().collect();
    assert_eq!(lines.len(), 3, "{messages}");
    assert!(lines[0].starts_with("sockeye: cannot write to standard output: "));
    assert_eq!(
        lines[1..],
        ["end", "sockeye: not all of the output was written"]
    );
    let output = run(&["run", script.path()], b"");
    assert_eq!(output.status.code(), Some(0));
}
