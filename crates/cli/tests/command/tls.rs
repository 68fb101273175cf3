//! `certificate`: servers that speak TLS, and `sockeye connect` with a `wss` URL.
#![expect(
    clippy::unwrap_used,
    reason = "what does not work here fails the test that wants it"
)]

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::files::{certify, folder, path};
use crate::process::{Server, run, sockeye, stderr, stdout};

/// Files of a certificate for this machine that is its own issuer, and of its key.
struct Files {
    folder: PathBuf,
}

impl Files {
    /// In a folder named after the test.
    fn new(test: &str) -> Self {
        let files = Self {
            folder: folder(test),
        };
        files.replace();
        files
    }

    /// Other ones in the same files.
    fn replace(&self) {
        certify(&self.folder, &["localhost", "127.0.0.1"]);
    }

    fn path(&self, name: &str) -> String {
        path(&self.folder, name)
    }
}

#[test]
fn lines_come_back_through_tls_from_each_server() {
    let files = Files::new("lines");
    let (cert, key) = (files.path("cert.pem"), files.path("key.pem"));
    for verb in [
        &["serve"][..],
        &["serve", "--threads", "2"],
        &["echo"],
        &["echo", "--lend", "--threads", "2"],
    ] {
        let words = [verb, &["--cert", &cert, "--key", &key]].concat();
        let server = Server::start(&words);
        let url = format!("wss://{}/echo", server.address);
        let output = run(&["connect", &url, "--ca", &cert], b"one\ntwo\n");
        assert_eq!(stdout(&output), "one\ntwo\n", "{}", stderr(&output));
        assert_eq!(stderr(&output), "closed: 1000 (clean)\n");
        let output = run(&["connect", &url, "--insecure"], b"three\n");
        assert_eq!(stdout(&output), "three\n", "{}", stderr(&output));
    }
}

/// Only the client with the new certificate is let in after the signal.
#[cfg(unix)]
#[test]
fn certificate_is_read_again_at_the_signal_and_stays_if_it_cannot_be_used() {
    let files = Files::new("reload");
    let (cert, key) = (files.path("cert.pem"), files.path("key.pem"));
    let mut server = Server::start(&["serve", "--cert", &cert, "--key", &key]);
    let url = format!("wss://{}/echo", server.address);
    let old = files.path("old.pem");
    fs::copy(&cert, &old).unwrap();
    files.replace();
    server.signal("HUP");
    server.read_error("was read again");
    let output = run(&["connect", &url, "--ca", &old], b"old\n");
    assert_eq!(stdout(&output), "", "{}", stderr(&output));
    let output = run(&["connect", &url, "--ca", &cert], b"new\n");
    assert_eq!(stdout(&output), "new\n", "{}", stderr(&output));

    fs::copy(&cert, &old).unwrap();
    fs::write(&cert, "not a certificate").unwrap();
    server.signal("HUP");
    server.read_error("the certificate stays: --cert: ");
    let output = run(&["connect", &url, "--ca", &old], b"still\n");
    assert_eq!(stdout(&output), "still\n", "{}", stderr(&output));
}

#[test]
fn certificate_that_nobody_vouches_for_is_refused_and_says_why() {
    let files = Files::new("refused");
    let (cert, key) = (files.path("cert.pem"), files.path("key.pem"));
    let server = Server::start(&["echo", "--cert", &cert, "--key", &key]);
    let url = format!("wss://{}/", server.address);
    let other = Files::new("refused-other").path("cert.pem");
    let output = run(&["connect", &url, "--ca", &other], b"secret\n");
    let message = stderr(&output);
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(message.contains("TLS failed: the certificate"), "{message}");
    assert_eq!(message.lines().count(), 1, "{message}");
    // Plain to a port that speaks TLS, and the other way round.
    let output = run(&["connect", &server.url("/")], b"");
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let plain = Server::start(&["echo"]);
    let url = format!("wss://{}/", plain.address);
    let output = run(&["connect", &url, "--insecure"], b"");
    assert!(
        stderr(&output).contains("does not speak TLS"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn files_that_are_missing_or_wrong_are_named() {
    let files = Files::new("wrong");
    let (cert, key) = (files.path("cert.pem"), files.path("key.pem"));
    let missing = files.path("nothing.pem");
    for (words, code, part) in [
        (&["echo", "--cert", &cert][..], 2, "--key"),
        (&["serve", "--key", &key], 2, "--cert"),
        (
            &["echo", "--cert", &missing, "--key", &key],
            1,
            "nothing.pem",
        ),
        (
            &["serve", "--cert", &key, "--key", &key],
            1,
            "no certificate in the PEM of the certificate chain",
        ),
        (
            &["echo", "--cert", &cert, "--key", &cert],
            1,
            "no private key in the PEM of the key",
        ),
        (&["connect", "wss://a/", "--ca", &missing], 1, "nothing.pem"),
        (&["connect", "wss://a/", "--ca", &key], 1, "no certificate"),
    ] {
        let output = run(words, b"");
        let message = stderr(&output);
        assert_eq!(output.status.code(), Some(code), "{words:?}: {message}");
        assert!(message.contains(part), "{words:?}: {message}");
        assert_eq!(message.lines().count(), 1, "{message}");
    }
}

/// The commands of the guide, by who runs them: what makes the files, the server, the client.
fn commands() -> (&'static str, &'static str, &'static str) {
    let guide = include_str!("../../../../docs/tls.md");
    let (_, after) = guide.split_once("With OpenSSL 3:\n\n```sh\n").unwrap();
    let (commands, _) = after.split_once("```").unwrap();
    let (making, serving) = commands.split_once("\n\nsockeye ").unwrap();
    let (server, client) = serving.split_once(" &\n").unwrap();
    (making, server, client)
}

/// Fails if what the guide tells people to type makes no certificates, or ones that our server and
/// client do not take.
#[test]
#[ignore = "needs OpenSSL 3, as the guide says: cargo xtask guide"]
fn guide_makes_certificates_that_server_and_client_take() {
    let (making, server, client) = commands();
    let files = Files::new("guide");
    fs::remove_file(files.path("cert.pem")).unwrap();
    fs::remove_file(files.path("key.pem")).unwrap();
    let made = Command::new("sh")
        .args(["-ec", making])
        .current_dir(&files.folder)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", stderr(&made));
    let mut server: Vec<&str> = server.split(' ').collect();
    server.extend(["--listen", "127.0.0.1:0"]);
    let server = Server::spawn(sockeye(&server).current_dir(&files.folder));
    let (_, port) = server.address.rsplit_once(':').unwrap();
    // As a person would, with the port that is free here.
    assert!(client.contains(":9001/"), "{client}");
    let program = env!("CARGO_BIN_EXE_sockeye");
    let client = client.replace(":9001/", &format!(":{port}/"));
    let client = client.replace("sockeye connect", &format!("'{program}' connect"));
    let output = Command::new("sh")
        .args(["-ec", &client])
        .current_dir(&files.folder)
        .output()
        .unwrap();
    assert_eq!(stdout(&output), "hello\n", "{}", stderr(&output));
}
