//! `sockeye connect` against our own servers and against ones that refuse.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};

use crate::process::{Server, run, sockeye, stderr, stdout};

#[test]
fn lines_come_back_and_the_end_of_the_input_closes() {
    let server = Server::start(&[]);
    let input = "hi\n\nпривет\r\n//close\n\x1b[2J\nlast";
    let output = run(&["connect", &server.url("/echo")], input.as_bytes());
    assert_eq!(stdout(&output), "hi\n\nпривет\n/close\n\\u{1b}[2J\nlast\n");
    assert_eq!(stderr(&output), "closed: 1000 (clean)\n");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn many_more_bytes_than_any_buffer_holds_come_back() {
    let server = Server::start(&["echo", "--threads", "2"]);
    let line = "x".repeat(999);
    let input = format!("{line}\n").repeat(10_000);
    let output = run(&["connect", &server.url("/")], input.as_bytes());
    assert_eq!(stdout(&output).len(), input.len());
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn close_command_sends_code_and_reason() {
    let server = Server::start(&[]);
    let input = b"/close 999\n/close 99999\nstill here\n/close 4001 so long\nnot sent\n";
    let output = run(&["connect", &server.url("/echo")], input);
    assert_eq!(stdout(&output), "still here\n");
    let messages = stderr(&output);
    let lines: Vec<&str> = messages.lines().collect();
    assert!(
        lines[0].contains("999 may not be sent, only 1000"),
        "{messages}"
    );
    assert!(
        lines[1].contains("`99999`, it must be a number: 1000"),
        "{messages}"
    );
    assert_eq!(lines[2..], ["closed: 4001 (clean)"]);
}

#[test]
fn input_that_is_no_text_fails_after_closing() {
    let server = Server::start(&[]);
    let output = run(&["connect", &server.url("/echo")], b"good\n\xff\nmore\n");
    assert_eq!(stdout(&output), "good\n");
    assert!(stderr(&output).contains("not UTF-8"));
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn interrupted_client_says_goodbye() {
    let server = Server::start(&[]);
    let mut client = sockeye(&["connect", &server.url("/echo")]).spawn().unwrap();
    let mut stdin = client.stdin.take().unwrap();
    stdin.write_all(b"here\n").unwrap();
    let mut out = BufReader::new(client.stdout.take().unwrap());
    out.read_line(&mut String::new()).unwrap();
    let id = client.id().to_string();
    let status = std::process::Command::new("kill")
        .args(["-s", "INT", &id])
        .status();
    assert!(status.unwrap().success());
    let mut messages = String::new();
    let mut errors = client.stderr.take().unwrap();
    errors.read_to_string(&mut messages).unwrap();
    assert_eq!(messages, "closed: 1001 (clean)\n");
    assert_eq!(client.wait().unwrap().code(), Some(0));
}

#[test]
fn refusal_shows_status_headers_and_how_the_body_begins() {
    let server = Server::start(&[]);
    let output = run(&["connect", &server.url("/nothing")], b"");
    let message = stderr(&output);
    assert!(message.contains("404 Not Found, not 101"), "{message}");
    assert!(message.contains("Content-Type: text/plain"), "{message}");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn connection_that_ends_before_the_answer_is_a_failure() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("ws://{}/", listener.local_addr().unwrap());
    let leaving = std::thread::spawn(move || drop(listener.accept().unwrap()));
    let output = run(&["connect", &url], b"");
    leaving.join().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(stderr(&output).lines().count(), 1, "{}", stderr(&output));
}

/// Fails if the chain of an error is cut, or told in more than one line.
#[test]
fn service_that_speaks_no_http_is_a_failure_that_says_how_it_begins() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("ws://{}/", listener.local_addr().unwrap());
    let greeting = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"SSH-2.0-OpenSSH_9.6p1\r\n").unwrap();
        // Until the client hangs up.
        let _ = stream.read_to_end(&mut Vec::new());
    });
    let output = run(&["connect", &url], b"");
    greeting.join().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let expected = "sockeye: the peer does not speak HTTP/1.1: \
        the answer begins with \"SSH-2.0-OpenSSH_\", not with \"HTTP/\"\n";
    assert_eq!(stderr(&output), expected);
}

#[test]
fn address_where_nobody_listens_is_a_failure_that_names_it() {
    let server = Server::start(&[]);
    // The client's end of a connection: taken, so that nobody can come to listen there.
    let taken = TcpStream::connect(&server.address).unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = run(&["connect", &format!("ws://{address}/")], b"");
    let message = stderr(&output);
    assert_eq!(output.status.code(), Some(1));
    assert!(message.contains(&address), "{message}");
    assert_eq!(message.lines().count(), 1, "{message}");
}
