//! `sockeye serve`: the default, how it stops, and what it survives.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use crate::process::{Server, run, sockeye, stderr, stdout};

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
    let server = Server::start(&["serve", "--threads", "1"]);
    let mut client = sockeye(&["connect", &server.url("/echo")]).spawn().unwrap();
    // With the echo of the first line the connection is there; the input stays open.
    let mut stdin = client.stdin.take().unwrap();
    stdin.write_all(b"here\n").unwrap();
    let mut out = BufReader::new(client.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    assert_eq!(line, "here\n");
    server.signal("TERM");
    let mut messages = String::new();
    let mut errors = client.stderr.take().unwrap();
    errors.read_to_string(&mut messages).unwrap();
    assert_eq!(
        messages,
        "closed: 1001 (clean) \"the server is going down\"\n"
    );
    assert_eq!(client.wait().unwrap().code(), Some(0));
    let (code, printed) = server.wait();
    assert_eq!(code, Some(0), "{printed}");
    assert!(printed.contains("sockeye connect ws://"), "{printed}");
}
