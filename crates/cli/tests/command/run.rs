//! `sockeye run`: scripts against our own server, and what the shell sees of their end.
#![expect(
    clippy::unwrap_used,
    reason = "what does not work here fails the test that wants it"
)]

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::files::{folder, path};
use crate::process::{Server, run, stderr, stdout};

/// A script in a file that goes with it.
pub(crate) struct Script(PathBuf);

impl Script {
    pub(crate) fn new(text: &str) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("sockeye-run-{}-{number}.js", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, text).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &str {
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

/// A folder of scripts that goes with it.
struct Scripts(PathBuf);

impl Scripts {
    /// Copies of all in `folder`, each behind `set` but for modules, whose scope is their own.
    fn copy(folder: &str, set: &str) -> Self {
        let path = std::env::temp_dir().join(format!("sockeye-run-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        for file in std::fs::read_dir(folder).unwrap() {
            let file = file.unwrap().path();
            let copy = path.join(file.file_name().unwrap());
            if file.extension().is_some_and(|end| end == "js") {
                let text = std::fs::read_to_string(&file).unwrap();
                std::fs::write(copy, format!("{set}{text}")).unwrap();
            } else if file.extension().is_some_and(|end| end == "mjs") {
                std::fs::copy(&file, copy).unwrap();
            }
        }
        Self(path)
    }
}

impl Drop for Scripts {
    fn drop(&mut self) {
        // A folder that is left behind fails no test.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The scripts of a folder that say what they print.
fn names(folder: &str) -> Vec<String> {
    let files = std::fs::read_dir(folder).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let names: Vec<_> = names
        .filter_map(|name| Some(name.strip_suffix(".txt")?.to_owned()))
        .collect();
    assert!(names.len() >= 11, "{names:?}");
    names
}

/// The object would differ from a browser's: each line is what Chromium printed.
#[test]
fn scripts_print_what_they_print_in_chromium() {
    let server = Server::start(&[]);
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let refused = format!("ws://{}/", closed.local_addr().unwrap());
    drop(closed);
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../conformance/object");
    let set = format!("echo = '{}'; refused = '{refused}';", server.url("/echo"));
    let scripts = Scripts::copy(folder, &set);
    for name in names(folder) {
        let script = scripts.0.join(format!("{name}.js"));
        let output = run(&["run", "--timeout", "60", script.to_str().unwrap()], b"");
        let expected = std::fs::read_to_string(format!("{folder}/{name}.txt")).unwrap();
        let printed = stdout(&output);
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

/// A script's helpers would not be found, or start from where the shell is.
#[test]
fn worker_is_a_file_beside_the_script() {
    let worker = Script::new("onmessage = ({ data }) => { postMessage(data + 1); close(); }");
    let file = worker.0.file_name().unwrap().to_str().unwrap();
    let script = Script::new(&format!(
        "const worker = new Worker('{file}');
         worker.onmessage = ({{ data }}) => console.log(data);
         worker.postMessage(1);"
    ));
    let output = run(&["run", script.path()], b"");
    assert_eq!(
        (stdout(&output).as_str(), stderr(&output).as_str()),
        ("2\n", "")
    );
    assert_eq!(output.status.code(), Some(0));
}

/// A server would wait for ever for the Close of a socket that nobody has, or blame its client.
#[test]
fn collected_socket_sends_a_close_without_a_code_to_the_server() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("ws://{}/", listener.local_addr().unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let server = std::thread::spawn(move || {
        runtime.block_on(async move {
            listener.set_nonblocking(true).unwrap();
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            let (tcp, _) = listener.accept().await.unwrap();
            let mut ws = sockeye::Acceptor::default().accept(tcp).await.unwrap();
            let message = ws.recv().await.unwrap();
            let text = message.unwrap().as_text().map(str::to_owned);
            assert!(ws.recv().await.unwrap().is_none());
            // 1005: its Close had no code (RFC 6455, section 7.1.5).
            (text, ws.close_event().unwrap().code.number())
        })
    });
    let script = Script::new(&format!(
        "(() => {{
            const ws = new WebSocket('{url}');
            ws.onopen = () => {{ ws.send('the last word'); setTimeout(gc); }};
        }})();"
    ));
    let words = ["run", "--expose-gc", "--timeout", "60", script.path()];
    let output = run(&words, b"");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(
        server.join().unwrap(),
        (Some("the last word".to_owned()), 1005)
    );
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
        // What nobody caught counts for more than the time.
        (
            "setInterval(() => {}, 100); throw new Error('x')",
            &["--timeout", "0.1"],
            1,
            "1 exception was caught by nobody, the script took too long",
        ),
        (
            "reportError('x'); [].reverse.call({ length: 2 ** 53 - 1 })",
            &["--timeout", "0.1"],
            1,
            "1 exception was caught by nobody, the script took too long",
        ),
        // One call without an end, which no engine looks into.
        (
            "[].reverse.call({ length: 2 ** 53 - 1 })",
            &["--timeout", "0.1"],
            3,
            "took too long",
        ),
        ("", &["--timeout", "soon"], 2, "--timeout is `soon`"),
        ("", &["--base", "file:///a"], 2, "--base: "),
        ("", &["--base", "foo"], 2, " URL \"foo\" must"),
        ("", &["--origin", "foo"], 2, "--origin: "),
        ("", &["--resolve", "a"], 2, "--resolve is `a`"),
        (
            "",
            &["--resolve", "a:80=[::1]:1", "--resolve", "A:80=[::1]:2"],
            2,
            "once for each host",
        ),
        ("", &["--base", "WSS://a.b/"], 2, "with http or https"),
        (
            "",
            &["--origin", "http://b\u{fc}cher.de"],
            2,
            "xn--bcher-kva.de",
        ),
        // No answer but where it was looked for.
        (
            "new WebSocket('ws://h.i:80/').onclose = () => { throw 1; }",
            &["--resolve", "h.i:80=127.0.0.1:1"],
            1,
            "h.i: 127.0.0.1:1: ",
        ),
        ("", &["--click-at-end", "nope"], 0, "no element \"nope\""),
    ] {
        let script = Script::new(text);
        let output = run(&[&["run"], words, &[script.path()]].concat(), b"");
        let messages = stderr(&output);
        assert_eq!(output.status.code(), Some(code), "{text}: {messages}");
        assert!(messages.contains(told), "{text}: {messages}");
    }
    let script = Script::new("document.getElementById('a').onchange = () => {}");
    let output = run(&["run", script.path()], b"one\n\xff\ntwo\n");
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("not all of the input"));
    let output = run(&["run", "/nowhere/script.js"], b"");
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("/nowhere/script.js"));
}

/// A script that works in a browser would end in an exception, alone, as a user's or in a worker.
#[test]
fn scripts_call_as_deeply_as_in_a_browser() {
    let folder = folder("depth");
    let nested = "const nested = (left) => left === 0 ? 0 : 1 + nested(left - 1);";
    let page = format!(
        "{nested} nested(8000);
         new Worker('worker.js').onmessage = ({{ data }}) => {{ if (data !== 8000) throw data; }};"
    );
    std::fs::write(folder.join("page.js"), page).unwrap();
    let worker = format!("{nested} postMessage(nested(8000));");
    std::fs::write(folder.join("worker.js"), worker).unwrap();
    let script = path(&folder, "page.js");
    for words in [&["run", &script][..], &["run", "--users", "3", &script]] {
        let output = run(words, b"");
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    }
}
