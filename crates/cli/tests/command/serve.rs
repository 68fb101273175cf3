//! `sockeye serve`: the default, and what it survives; `stop`: how it and `sockeye echo` end.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::process::{Server, Talking, run, sockeye, stderr, stdout};

#[test]
fn server_without_a_verb_says_where_to_look() {
    let server = Server::start(&[]);
    let mut stream = TcpStream::connect(&server.address).unwrap();
    let get = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    stream.write_all(get).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    server.signal("INT");
    let (code, printed) = server.wait();
    assert_eq!(code, Some(0), "{printed}");
    assert!(printed.contains("sockeye connect ws://"), "{printed}");
}

/// For want of file descriptors no connection can be accepted, until others end.
#[test]
fn server_out_of_file_descriptors_goes_on_when_it_has_some() {
    for verb in ["serve", "echo"] {
        let mut server = Server::start_with_files(24, 24, &[verb, "--threads", "1"]);
        let address = server.address.clone();
        let connect = |_| TcpStream::connect(&address).unwrap();
        let crowd: Vec<TcpStream> = (0..64).map(connect).collect();
        server.read_error("only 24 file descriptors");
        server.read_error("cannot accept connections");
        drop(crowd);
        let output = run(&["connect", &server.url("/echo")], b"still there\n");
        assert_eq!(stdout(&output), "still there\n");
    }
}

/// Those that hold the file descriptors and never say a word make room.
#[test]
fn server_out_of_file_descriptors_lets_in_who_has_something_to_say() {
    for verb in ["serve", "echo"] {
        let server = Server::start_with_files(24, 24, &[verb, "--threads", "1"]);
        let connect = |_| TcpStream::connect(&server.address).unwrap();
        let crowd: Vec<TcpStream> = (0..64).map(connect).collect();
        let output = run(&["connect", &server.url("/echo")], b"let in\n");
        assert_eq!(stdout(&output), "let in\n", "{verb}: {}", stderr(&output));
        drop(crowd);
        let (_, printed) = server.stop();
        let refusals = printed.matches("cannot accept connections").count();
        assert_eq!(refusals, 1, "told once: {printed}");
    }
}

#[test]
fn server_takes_the_file_descriptors_that_it_may_have() {
    for verb in ["serve", "echo"] {
        let server = Server::start_with_files(24, 256, &[verb, "--threads", "1"]);
        let connect = |_| TcpStream::connect(&server.address).unwrap();
        let crowd: Vec<TcpStream> = (0..64).map(connect).collect();
        let output = run(&["connect", &server.url("/echo")], b"let in\n");
        assert_eq!(stdout(&output), "let in\n", "{verb}: {}", stderr(&output));
        drop(crowd);
    }
}

#[test]
fn stopping_server_closes_with_1001_and_both_exit_with_0() {
    for words in [
        &["serve", "--threads", "1"][..],
        &["echo"],
        &["echo", "--lend", "--threads", "2"],
    ] {
        for signal in ["TERM", "INT"] {
            let server = Server::start(words);
            let mut client = Talking::start(&server.url("/echo"));
            server.signal(signal);
            let (code, messages) = client.end();
            let expected = "closed: 1001 (clean) \"the server is going down\"\n";
            assert_eq!((messages.as_str(), code), (expected, Some(0)), "{words:?}");
            let (code, printed) = server.wait();
            assert_eq!(code, Some(0), "{words:?}: {printed}");
            assert!(!printed.contains("did not close"), "{printed}");
        }
    }
}

/// Fails if somebody who connects and says nothing, or does not answer a Close, keeps a server from
/// ending.
#[test]
fn stopping_echo_waits_for_nobody_who_is_silent_longer_than_it_says() {
    let server = Server::start(&["echo"]);
    let half_open = TcpStream::connect(&server.address).unwrap();
    server.signal("TERM");
    let (code, printed) = server.wait();
    assert_eq!(code, Some(0), "{printed}");
    assert!(!printed.contains("did not close"), "{printed}");
    drop(half_open);

    let server = Server::start(&["echo"]);
    let mut silent = server.silent("/");
    server.signal("TERM");
    let (code, printed) = server.wait();
    assert_eq!(code, Some(0), "{printed}");
    let mut rest = Vec::new();
    silent.read_to_end(&mut rest).unwrap();
    let close = rest
        .windows(4)
        .any(|bytes| bytes[..2] == [0x88, 26] && bytes[2..] == [3, 0xE9]);
    assert!(close, "no Close with 1001: {rest:x?}");
}

/// If this fails, a program that reads the log as objects stumbles over lines in words.
#[test]
fn log_as_json_has_objects_only() {
    let words = ["serve", "--log-format", "json", "--drain-timeout", "0s"];
    let words = [&words[..], &["--listen", "127.0.0.1:0"]].concat();
    let mut command = sockeye(&words);
    let server = Server::spawn(command.env("SOCKEYE_FOO", "1"));
    let silent = server.silent("/echo");
    server.signal("TERM");
    let (_, printed) = server.wait();
    drop(silent);
    let (greeting, log) = printed.split_once('\n').unwrap();
    assert!(greeting.starts_with("open it in a browser"), "{printed}");
    let is_object = |line: &str| line.starts_with('{') && line.ends_with('}');
    assert!(log.lines().all(is_object), "{log}");
    for told in [
        "the variable SOCKEYE_FOO",
        "1 connection did not close in time",
    ] {
        assert!(log.contains(told), "{told}: {log}");
    }

    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = run(
        &["serve", "--log-format", "json", "--listen", &address],
        b"",
    );
    let log = stderr(&output);
    assert!(
        log.lines().all(is_object) && log.contains("cannot serve"),
        "{log}"
    );
}

/// If this fails, whoever splits the log's lines at their spaces takes words of one field for
/// others.
#[test]
fn log_for_people_has_quotes_around_what_has_spaces() {
    let server = Server::start(&["serve"]);
    let mut client = server.silent("/echo");
    // A text without a mask.
    client.write_all(&[0x81, 1, b'a']).unwrap();
    client.read_to_end(&mut Vec::new()).unwrap();
    drop(client);
    server.signal("TERM");
    let (_, printed) = server.wait();
    let quoted = "fault=\"a client's frame is not masked\"";
    assert!(printed.contains(quoted), "{printed}");
}
