//! `sockeye run`: scripts against our own server, and what the shell sees of their end.
#![expect(
    clippy::unwrap_used,
    reason = "what does not work here fails the test that wants it"
)]

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::process::{Server, run, stderr, stdout};

/// A script in a file that goes with it.
struct Script(PathBuf);

impl Script {
    fn new(text: &str) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("sockeye-run-{}-{number}.js", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, text).unwrap();
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        // A file that is left behind fails no test.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// A script that works in a browser would not work in the terminal.
#[test]
fn script_talks_to_the_server_that_its_host_is_pointed_to() {
    let server = Server::start(&[]);
    let script = Script::new(
        r#"
        const ws = new WebSocket("/echo");
        ws.onopen = () => ws.send(JSON.stringify({ hello: "world" }));
        ws.onmessage = (event) => { console.log(event.data); ws.close(1000, "done"); };
        ws.onclose = (event) => console.log(ws.url, event.code, event.wasClean);
        "#,
    );
    let place = format!("chat.example:80={}", server.address);
    let words = ["run", "--base", "http://chat.example/", "--resolve", &place];
    let output = run(&[&words[..], &[script.path()]].concat(), b"");
    let expected = "{\"hello\":\"world\"}\nws://chat.example/echo 1000 true\n";
    assert_eq!(
        (stdout(&output).as_str(), stderr(&output).as_str()),
        (expected, "")
    );
    assert_eq!(output.status.code(), Some(0));
}

/// The object would differ from a browser's: each line is what Chromium printed.
#[test]
fn scripts_print_what_they_print_in_chromium() {
    let server = Server::start(&[]);
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let refused = format!("ws://{}/", closed.local_addr().unwrap());
    drop(closed);
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../conformance/object");
    for name in ["shape", "exceptions", "order", "failures"] {
        let read = |kind| std::fs::read_to_string(format!("{folder}/{name}.{kind}")).unwrap();
        let set = format!("echo = '{}'; refused = '{refused}';\n", server.url("/echo"));
        let script = Script::new(&(set + &read("js")));
        let output = run(&["run", "--timeout", "60", script.path()], b"");
        let (printed, expected) = (stdout(&output), read("txt"));
        for (number, (line, expected)) in printed.lines().zip(expected.lines()).enumerate() {
            assert_eq!(line, expected, "{name}.js, line {}", number + 1);
        }
        assert_eq!(
            printed.lines().count(),
            expected.lines().count(),
            "{name}.js"
        );
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    }
}

/// A shell script would take a failure for a success.
#[test]
fn exit_code_says_how_the_script_ended() {
    for (text, words, code, told) in [
        ("console.log('fine')", &[][..], 0, ""),
        ("console.error('on purpose')", &[], 0, "on purpose"),
        ("\nnull.x", &[], 1, ".js:2"),
        ("throw 1; ", &[], 1, "1 exception was caught by nobody"),
        ("for (;;) {}", &["--timeout", "0.1"], 3, "took too long"),
        ("", &["--timeout", "soon"], 2, "--timeout is `soon`"),
        ("", &["--base", "file:///a"], 2, "URL"),
        ("", &["--resolve", "a"], 2, "--resolve is `a`"),
    ] {
        let script = Script::new(text);
        let output = run(&[&["run"], words, &[script.path()]].concat(), b"");
        let messages = stderr(&output);
        assert_eq!(output.status.code(), Some(code), "{text}: {messages}");
        assert!(messages.contains(told), "{text}: {messages}");
    }
    let output = run(&["run", "/nowhere/script.js"], b"");
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("/nowhere/script.js"));
}
