//! The configuration file and the environment as a person uses them: `config` prints one, `check`
//! reads it, `serve` obeys it (`log`, `stop`), and a mistake says where it is.
#![expect(
    clippy::unwrap_used,
    reason = "what does not work here fails the test that wants it"
)]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;

use crate::process::{Server, run, sockeye, stderr, stdout};

/// A file with this text, in the folder of the test.
fn file(name: &str, text: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("configuration");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn printed_default_passes_the_check() {
    let printed = stdout(&run(&["config"], b""));
    assert!(printed.contains("[limits]"), "{printed}");
    let path = file("default.toml", &printed);
    let output = run(&["check", &path], b"");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stdout(&output).contains("default.toml"));
}

#[test]
fn mistake_is_told_with_file_line_and_what_was_meant_by_check_and_by_serve() {
    let path = file(
        "wrong.toml",
        "\n[limits]\nconections_max = 5\nhead_timeout = 10\n",
    );
    for words in [&["check", &path][..], &["serve", "--config", &path]] {
        let output = run(words, b"");
        let message = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{message}");
        for part in [
            "wrong.toml:3: there is no setting `limits.conections_max`; did you mean \
             `limits.connections_max`?",
            "wrong.toml:4: `limits.head_timeout` is `10`, it must be a time from 1s to 1h",
        ] {
            assert!(message.contains(part), "{message}");
        }
    }
    let output = run(&["check", "/nowhere/a.toml"], b"");
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("/nowhere/a.toml"));
    let secret = file("secret", "short");
    let path = file("auth.toml", &format!("[auth]\nsecret_file = '{secret}'\n"));
    let output = run(&["check", &path], b"");
    assert_eq!(output.status.code(), Some(2));
    let message = stderr(&output);
    assert!(message.contains("at least 32 are required"), "{message}");
    let place = format!("auth.toml:2: `auth.secret_file`: keys in {secret}: ");
    assert!(message.contains(&place), "{message}");
    let output = run(
        &["serve", "--listen", "127.0.0.1:0", "--config", &path],
        b"",
    );
    assert!(stderr(&output).contains(&place), "{}", stderr(&output));
    let output = run(&["serve", "--auth-secret-file", &secret], b"");
    let flag = format!("--auth-secret-file: keys in {secret}: ");
    assert!(stderr(&output).contains(&flag), "{}", stderr(&output));
    let path = file(
        "cert.toml",
        "cert = '/nowhere/a.pem'\nkey = '/nowhere/b.pem'\n",
    );
    let message = stderr(&run(&["check", &path], b""));
    let place = "cert.toml:1: `cert`: cannot read the certificate /nowhere/a.pem";
    assert!(message.contains(place), "{message}");
    let damaged = file("damaged.pem", "\n-----BEGIN CERTIFICATE-----\n%%%\n");
    let path = file(
        "damaged.toml",
        &format!("threads = 1\ncert = '{damaged}'\nkey = '{damaged}'\n"),
    );
    let message = stderr(&run(&["check", &path], b""));
    for part in [
        "damaged.toml:2: `cert`: cannot use ",
        "the PEM of the certificate chain is damaged: in the block that begins at line 2",
    ] {
        assert!(message.contains(part), "{message}");
    }
}

/// If this fails, somebody looks for the fault of his key in his certificate, or a script that
/// calls the check takes it for another one than that of other files.
#[test]
fn fault_of_the_key_is_told_at_its_own_line() {
    let folder = crate::files::folder("key-fault");
    crate::files::certify(&folder, &["localhost"]);
    let cert = crate::files::path(&folder, "cert.pem");
    let encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nYQ==\n";
    let key = file("encrypted.pem", encrypted);
    let text = format!("threads = 1\ncert = '{cert}'\n\nkey = '{key}'\n[auth]\nsecret_file = ''\n");
    let path = file("encrypted.toml", &text);
    let output = run(&["check", &path], b"");
    let message = stderr(&output);
    assert_eq!(output.status.code(), Some(2), "{message}");
    let part = format!("encrypted.toml:4: `key`: cannot use {key}: the private key is encrypted");
    assert!(message.contains(&part), "{message}");
}

#[test]
fn mistake_in_the_environment_names_the_variable() {
    let mut command = sockeye(&["serve"]);
    let output = command.env("SOCKEYE_THREADS", "many").output().unwrap();
    let message = stderr(&output);
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(
        message.contains("SOCKEYE_THREADS: `threads` is `many`, it must"),
        "{message}"
    );
}

/// If this fails, nobody finds what is wrong with a setting that only shows when it is used.
#[test]
fn mistake_that_shows_late_has_the_line_of_its_item() {
    let path = file(
        "late.toml",
        "#\n#\napplications = [\"/=echo\",\n \"/frames=echo\"]\nlisten = ['127.0.0.1:0']\n",
    );
    let expected = "late.toml:4: `applications`: /frames=echo: the frame view stays there\n";
    for (words, code) in [
        (&["check", &path][..], 2),
        (&["serve", "--config", &path], 1),
    ] {
        let output = run(words, b"");
        let message = stderr(&output);
        assert_eq!(output.status.code(), Some(code), "{message}");
        assert!(message.ends_with(expected), "{message}");
    }
    let listening = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listening.local_addr().unwrap();
    let path = file(
        "taken.toml",
        &format!("listen = ['127.0.0.1:0',\n'{address}']\n"),
    );
    let message = stderr(&run(&["serve", "--config", &path], b""));
    let place = format!("taken.toml:2: `listen`: cannot listen on {address}: ");
    assert!(message.contains(&place), "{message}");
}

/// If this fails, a service that checks its file before it starts never starts, as the file is
/// right only together with its environment, or starts to fail after the check.
#[test]
fn check_reads_the_environment_and_flags_as_serve_does() {
    let path = file("partly.toml", "[websocket]\nmessage_len_max = '1K'\n");
    let check = |flags: &[&str], chars_max: &str| {
        let mut command = sockeye(&[&["check", &path], flags].concat());
        command.env("SOCKEYE_CHAT_TEXT_CHARS_MAX", chars_max);
        command.env("SOCKEYE_NO_SETTING", "1");
        command.output().unwrap()
    };
    let output = check(&[], "64");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stderr(&output).contains("SOCKEYE_NO_SETTING"));
    let output = check(&[], "many");
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("SOCKEYE_CHAT_TEXT_CHARS_MAX"));
    let output = check(&["--chat-text-chars-max", "65"], "64");
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("--chat-text-chars-max is 65"));
}

/// If this fails, somebody mends one file after the other, each behind another check.
#[test]
fn check_tells_all_that_shows_late_in_the_order_of_the_lines() {
    let text = "cert = '/nowhere/a.pem'\nkey = '/nowhere/b.pem'\n\
        listen = ['unix:/nowhere/c', '127.0.0.1:0', 'unix:/nowhere/d']\n\
        applications = ['/frames=echo']\n\
        [auth]\nsecret_file = '/nowhere/e'\njwks_file = '/nowhere/f'\n\
        [metrics]\ntoken_file = '/nowhere/g'\n\
        [frames]\nadmin_token_file = '/nowhere/h'\n";
    let path = file("all-late.toml", text);
    let output = run(&["check", &path], b"");
    let message = stderr(&output);
    assert_eq!(output.status.code(), Some(2), "{message}");
    let lines: Vec<_> = message.lines().collect();
    let expected = [
        (1, "/nowhere/a.pem"),
        (2, "/nowhere/b.pem"),
        (3, "unix:/nowhere/c"),
        (3, "unix:/nowhere/d"),
        (4, "/frames=echo"),
        (6, "/nowhere/e"),
        (7, "/nowhere/f"),
        (9, "/nowhere/g"),
        (11, "/nowhere/h"),
    ];
    assert_eq!(lines.len(), expected.len(), "{message}");
    for (line, (number, part)) in lines.iter().zip(expected) {
        assert!(
            line.contains(&format!("all-late.toml:{number}: ")),
            "{message}"
        );
        assert!(line.contains(part), "{message}");
    }
}

/// If this fails, a check takes all memory or waits without end for a secret that has no end, or a
/// key that is good for nothing is passed over in silence.
#[cfg(unix)]
#[test]
fn check_reads_no_device_and_tells_of_keys_that_are_passed_over() {
    for setting in ["secret_file", "jwks_file"] {
        let path = file("zero.toml", &format!("[auth]\n{setting} = '/dev/zero'\n"));
        let message = stderr(&run(&["check", &path], b""));
        let part = format!("zero.toml:2: `auth.{setting}`: keys in /dev/zero: it is no regular");
        assert!(message.contains(&part), "{message}");
    }
    let good = format!(
        "{{\"kty\":\"oct\",\"kid\":\"a\",\"k\":\"{}\"}}",
        "A".repeat(64)
    );
    let set = format!("{{\"keys\":[{good},{{\"kty\":\"oct\"}},{good}]}}");
    let set = file("some.json", &set);
    let path = file("some.toml", &format!("[auth]\njwks_file = '{set}'\n"));
    let output = run(&["check", &path], b"");
    let message = stderr(&output);
    assert_eq!(output.status.code(), Some(0), "{message}");
    for part in [
        "auth.jwks_file is passed over number=2",
        "has the `kid` of another number=3",
    ] {
        assert!(message.contains(part), "{message}");
    }
}

/// If this fails, of several mistakes only the first is told as ours.
#[test]
fn each_mistake_is_a_line_of_the_command() {
    let path = file("several.toml", "x = 1\nthreads = 0\n\"a\\u001b[31m\" = 1\n");
    let message = stderr(&run(&["check", &path], b""));
    let lines: Vec<_> = message.lines().collect();
    assert_eq!(lines.len(), 3, "{message}");
    for (line, number) in lines.iter().zip(1..) {
        let part = format!("several.toml:{number}: ");
        assert!(
            line.starts_with("sockeye: ") && line.contains(&part),
            "{line}"
        );
    }
    assert!(!message.contains('\u{1b}'), "{message:?}");
}

/// If this fails, a server that is told its secret by a path which is no UTF-8 starts without one,
/// and lets everybody in.
#[cfg(unix)]
#[test]
fn variable_of_ours_that_is_no_text_stops_the_server_with_its_name() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let mut command = sockeye(&["serve", "--listen", "127.0.0.1:0"]);
    let value = OsStr::from_bytes(b"/etc/s\xe9cret");
    let output = command
        .env("SOCKEYE_AUTH_SECRET_FILE", value)
        .env(OsStr::from_bytes(b"SOCKEYE_AUTH_\xe9"), "1")
        .env("OTHER", value)
        .output()
        .unwrap();
    let message = stderr(&output);
    assert_eq!(output.status.code(), Some(2), "{message}");
    let ours = "SOCKEYE_AUTH_SECRET_FILE: this is no UTF-8";
    assert!(message.contains(ours), "{message}");
    let name = "SOCKEYE_AUTH_\u{fffd}: this is no UTF-8";
    assert!(message.contains(name), "{message}");
    assert!(!message.contains("OTHER"), "{message}");
}

/// The file is named by a variable, says JSON, and a variable overrides its level.
#[test]
fn server_obeys_file_environment_and_flags() {
    let path = file(
        "json.toml",
        "threads = 1\nlisten = ['127.0.0.1:1']\n[log]\nlevel = 'error'\nformat = 'json'\n",
    );
    let mut command = sockeye(&["serve", "--listen", "127.0.0.1:0"]);
    command
        .env("SOCKEYE_CONFIG", path)
        .env("SOCKEYE_LOG_LEVEL", "info");
    let server = Server::spawn(&mut command);
    assert!(
        !server.address.ends_with(":1"),
        "the flag wins: {}",
        server.address
    );
    let output = run(&["connect", &server.url("/echo")], b"hello\n");
    assert_eq!(stdout(&output), "hello\n");
    server.signal("TERM");
    let (code, printed) = server.wait();
    assert_eq!(code, Some(0), "{printed}");
    let line = printed.lines().find(|line| line.contains("\"closed\""));
    let line = line.unwrap_or_else(|| panic!("no line about the end: {printed}"));
    for part in [
        "{\"",
        "\"level\":\"INFO\"",
        "\"path\":\"/echo\"",
        "\"why\":\"client\"",
    ] {
        assert!(line.contains(part), "{part}: {line}");
    }
}

#[cfg(unix)]
#[test]
fn second_signal_ends_a_server_that_drains() {
    let words = ["serve", "--threads", "1", "--drain-delay", "1h"];
    let mut server = Server::start(&words);
    server.signal("TERM");
    server.read_error("draining");
    server.signal("TERM");
    let (code, printed) = server.wait();
    assert_eq!(code, Some(0), "{printed}");
    assert!(printed.contains("at once"), "{printed}");
}

/// Signed with 32 times `s`.
const TOKEN: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqbyIsImV4cCI6OTk5OTk5OTk5OX0.\
    FSE4DHv1nARlNOzne64dfcwh5otkwKkM5alA_E7baSQ";

/// What the server answers at `/me` to a request with this header.
fn me(server: &Server, header: &str) -> String {
    let mut stream = TcpStream::connect(&server.address).unwrap();
    let get = format!("GET /me HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{header}\r\n\r\n");
    stream.write_all(get.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// A key that leaked is replaced without a restart; and no log helps to leak a token.
#[cfg(unix)]
#[test]
fn keys_are_read_again_at_the_signal_and_no_token_is_in_the_log() {
    let secret = file("members", &"s".repeat(32));
    let words = [
        "serve",
        "--auth-secret-file",
        &secret,
        "--log-level",
        "trace",
    ];
    let mut server = Server::start(&words);
    let header = format!("Authorization: Bearer {TOKEN}");
    let cookie = format!("Cookie: sockeye_token={TOKEN}");
    for header in [&header, &cookie] {
        let answer = me(&server, header);
        assert!(answer.contains("\"user\":\"jo\""), "{answer}");
    }
    file("members", &"t".repeat(32));
    server.signal("HUP");
    server.read_error("keys of tokens were read again");
    let answer = me(&server, &header);
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    file("members", "short");
    server.signal("HUP");
    let stays = "keys of tokens stay: --auth-secret-file: ";
    server.read_error(stays);
    server.signal("TERM");
    let (_, printed) = server.wait();
    assert!(printed.contains("stopped"), "{printed}");
    assert!(
        !printed.contains("eyJ") && !printed.contains("sss"),
        "{printed}"
    );
}
