//! `sockeye run --users`: many users of one script, and what is told of them.

use std::io::{BufRead, BufReader};

use crate::process::{Server, run, sockeye, stderr, stdout};
use crate::run::Script;

/// The whole number behind `"name":` in a summary.
fn number(json: &str, name: &str) -> u64 {
    let (_, rest) = json.split_once(&format!("\"{name}\":")).expect(name);
    let digits = rest.find(|letter: char| !letter.is_ascii_digit());
    let digits = digits.and_then(|end| rest.get(..end)).expect(name);
    digits.parse().expect(name)
}

/// A load test of the size that is promised would not fit in one process, or count wrong.
#[test]
fn thousand_users_talk_in_one_process() {
    let server = Server::start(&["echo"]);
    let script = Script::new(
        "const ws = new WebSocket('/');
         ws.onopen = () => { ws.send(name); ws.send('again'); };
         let count = 0;
         ws.onmessage = () => { count += 1; if (count === 2) ws.close(1000); };",
    );
    let base = format!("http://{}/", server.address);
    let words = [
        "run", "--users", "1000", "--ramp", "500ms", "--json", "--base", &base,
    ];
    let output = run(&[&words[..], &[script.path()]].concat(), b"");
    let json = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{json} {}", stderr(&output));
    assert_eq!(json.lines().count(), 1, "{json}");
    for (name, count) in [
        ("started", 1000),
        ("finished", 1000),
        ("tried", 1000),
        ("opened", 1000),
        ("closed", 1000),
        ("lost", 0),
        ("sent", 2000),
        ("received", 2000),
        // The second of the two messages has no `send` of its own before it.
        ("latency_ms\":{\"count", 1000),
    ] {
        assert_eq!(number(&json, name), count, "{name}: {json}");
    }
}

/// Users would see each other's variables, or not know who they are.
#[test]
fn users_have_globals_and_names_of_their_own() {
    let script = Script::new(
        "globalThis.seen = (globalThis.seen ?? 0) + 1;
         setTimeout(() => console.log('seen', seen, 'by', name), 5);",
    );
    let output = run(&["run", "--users", "3", script.path()], b"");
    assert_eq!(output.status.code(), Some(0));
    let told = stderr(&output);
    for user in 1..=3 {
        let line = format!("user {user}: seen 1 by {user}");
        assert!(told.contains(&line), "{told}");
    }
    let summary = stdout(&output);
    assert!(
        summary.starts_with("users        3 started: 3 finished"),
        "{summary}"
    );
}

/// What a thousand pages show would hide what their scripts log; a page's script would fail as a
/// user's, or wait for somebody who is not there.
#[test]
fn users_have_pages_of_their_own_that_nobody_sees() {
    let script = Script::new(
        "const nick = prompt('Your name');
         const line = document.createElement('p');
         line.textContent = 'shown';
         document.body.appendChild(line);
         document.write('<b>shown</b>');
         const input = document.getElementById('input');
         input.value += name;
         onload = () => alert('shown');
         new URL(location.href);
         console.log(nick, input.value, scriptArgs.join());",
    );
    let words = ["run", "--users", "3", "--base", "http://example.com/"];
    let words = [&words[..], &[script.path(), "--", "--a", "b"]].concat();
    let output = run(&words, b"typed by nobody\n");
    let told = stderr(&output);
    assert_eq!(output.status.code(), Some(0), "{told}");
    for user in 1..=3 {
        let line = format!("user {user}: null {user} --a,b\n");
        assert!(told.contains(&line), "{told}");
    }
    let shown = stdout(&output);
    assert!(
        !told.contains("shown") && !shown.contains("shown"),
        "{told}{shown}"
    );
}

/// A test that went wrong would look like one that did not.
#[test]
fn outcome_of_a_test_is_the_outcome_of_its_users() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let refused = format!(
        "globalThis.ws = new WebSocket('ws://{}/')",
        closed.local_addr().expect("a port")
    );
    drop(closed);
    let forgotten = refused.replace("globalThis.ws =", "");
    for (text, words, code, told) in [
        (
            "if (name === '2') throw new Error('second')",
            &[][..],
            1,
            "1 user failed, 1 exception was caught by nobody",
        ),
        (refused.as_str(), &[], 1, "4 connections failed"),
        // Of those that their script forgets as well.
        (forgotten.as_str(), &[], 1, "4 connections failed"),
        (
            "for (;;) {}",
            &["--timeout", "0.05"],
            3,
            "4 users took too long",
        ),
        // Who failed did not only take too long.
        (
            "setInterval(() => {}, 100); if (name === '3') throw new Error('x')",
            &["--timeout", "0.1"],
            1,
            "1 exception was caught by nobody, 4 users took too long",
        ),
        (
            "if (name === '1') reportError('x'); [].reverse.call({ length: 2 ** 53 - 1 })",
            &["--timeout", "0.05"],
            1,
            "1 exception was caught by nobody, ",
        ),
        // One call without an end, which no engine looks into.
        (
            "[].reverse.call({ length: 2 ** 53 - 1 })",
            &["--timeout", "0.05"],
            3,
            "users took too long",
        ),
    ] {
        let script = Script::new(text);
        let words = [&["run", "--users", "4"], words, &[script.path()]].concat();
        let output = run(&words, b"");
        assert_eq!(output.status.code(), Some(code), "{text}");
        assert!(
            stderr(&output).contains(told),
            "{text}: {}",
            stderr(&output)
        );
    }
    let script = Script::new("throw new Error('on purpose')");
    let output = run(&["run", "--users", "4", "--json", script.path()], b"");
    let expected = "\"errors\":[{\"error\":\"Uncaught Error: on purpose\",\"count\":4}]";
    assert!(stdout(&output).contains(expected), "{}", stdout(&output));
    for words in [
        &["--users", "0"][..],
        &["--users", "2", "--ramp", "x"],
        &["--json"],
        &["--users", "2", "--click-at-end", "a"],
    ] {
        let output = run(&[&["run"], words, &[script.path()]].concat(), b"");
        assert_eq!(output.status.code(), Some(2), "{words:?}");
    }
}

/// Who stops a test would not learn what it found until then.
#[cfg(unix)]
#[test]
fn interrupt_stops_the_users_and_tells_what_they_did() {
    let script = Script::new(
        "console.log('here'); setInterval(() => {}, 1000); if (name === '1') throw 'first'",
    );
    // The second one is to come long after the interrupt.
    let words = ["run", "--users", "2", "--ramp", "9000s", script.path()];
    let mut child = sockeye(&words).spawn().expect("it starts");
    let errors = BufReader::new(child.stderr.take().expect("it is piped"));
    let mut lines = errors.lines().map_while(Result::ok);
    let here = lines
        .by_ref()
        .filter(|line| line.ends_with("here"))
        .take(1)
        .count();
    assert_eq!(here, 1);
    let id = child.id().to_string();
    let kill = std::process::Command::new("kill")
        .args(["-s", "INT", &id])
        .status();
    assert!(kill.expect("kill is there").success());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(1));
    let never = "1 stopped; 1 never started, as the test was stopped\n";
    assert!(stdout(&output).contains(never), "{}", stdout(&output));
    let verdict = "1 exception was caught by nobody, 1 user was stopped, 1 never started";
    assert!(lines.any(|line| line.contains(verdict)));
}
