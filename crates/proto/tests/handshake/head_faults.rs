//! A head that is not HTTP is refused with a fault that quotes it.

use sockeye_proto::handshake::http1::{
    HeadFault, HeadLimits, HeadRead, HeadReader, HttpVersion, RequestHead, ResponseHead,
};

use crate::heads::{Outcome, read, read_chunks};

fn request(text: &[u8]) -> Outcome<RequestHead> {
    read(text)
}

fn fault(text: &[u8]) -> HeadFault {
    request(text).expect_err("the head is not valid")
}

#[test]
fn reader_yields_method_target_version_and_headers() {
    let (head, consumed) = request(b"PUT /a?b HTTP/1.0\r\nHost: x\r\nA: \t1 \r\na:\r\n\r\n")
        .unwrap()
        .unwrap();
    assert_eq!(consumed, 42);
    assert_eq!(head.method(), "PUT");
    assert_eq!(head.target(), "/a?b");
    assert_eq!(head.version(), HttpVersion::HTTP_10);
    let headers: Vec<(&str, &[u8])> = head.headers().iter().collect();
    assert_eq!(headers, [("Host", &b"x"[..]), ("A", b"1"), ("a", b"")]);
}

#[test]
fn reader_yields_status_and_reason() {
    let (head, _) = read::<ResponseHead>(b"HTTP/1.1 404 Not Found\r\n\r\n")
        .unwrap()
        .unwrap();
    assert_eq!(head.version(), HttpVersion::HTTP_11);
    assert_eq!((head.status(), head.reason()), (404, "Not Found"));
    assert!(head.headers().is_empty());

    let (head, _) = read::<ResponseHead>(b"HTTP/1.1 200\r\n\r\n")
        .unwrap()
        .unwrap();
    assert_eq!((head.status(), head.reason()), (200, ""));
}

#[test]
fn reader_skips_empty_lines_before_the_start_line() {
    let (head, consumed) = request(b"\r\n\r\nGET / HTTP/1.1\r\n\r\n").unwrap().unwrap();
    assert_eq!((head.target(), consumed), ("/", 22));
}

#[test]
fn reader_skips_interim_responses() {
    let text = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n\
                 HTTP/1.1 101 Switching Protocols\r\nA: b\r\n\r\nframe";
    let (head, consumed) = read::<ResponseHead>(text).unwrap().unwrap();
    assert_eq!(head.status(), 101);
    assert_eq!(head.headers().len(), 1);
    assert_eq!(consumed, text.len() - "frame".len());
}

#[test]
fn reader_refuses_lone_line_ends() {
    for (text, offset) in [
        (&b"GET / HTTP/1.1\nHost: x\n\n"[..], 14),
        (b"GET / HTTP/1.1\r\nHost: x\n\r\n", 23),
        (b"GET / HTTP/1.1\r\nHost: x\r\n\n", 25),
        (b"GET / HTTP/1.1\r\nHost: x\ry\r\n\r\n", 24),
        (b"\n", 0),
    ] {
        assert_eq!(fault(text), HeadFault::LineEnding { offset });
    }
    let message = "line at byte 14 of the head does not end with CR LF";
    assert_eq!(HeadFault::LineEnding { offset: 14 }.to_string(), message);
    assert_eq!(HeadFault::LineEnding { offset: 14 }.status(), 400);
}

#[test]
fn reader_refuses_nul_at_once() {
    assert_eq!(
        fault(b"GET / HTTP/1.1\r\nHost: x\0"),
        HeadFault::Nul { offset: 23 }
    );
    // The beginning of a TLS handshake on a plain port.
    assert_eq!(
        fault(b"\x16\x03\x01\x02\0\x01"),
        HeadFault::Nul { offset: 4 }
    );
    assert_eq!(
        HeadFault::Nul { offset: 4 }.to_string(),
        "byte 4 of the head is NUL"
    );
    assert_eq!(HeadFault::Nul { offset: 4 }.status(), 400);
}

#[test]
fn reader_refuses_malformed_start_lines() {
    for line in [
        "GET",
        "GET /",
        "GET / HTTP/1.1 ",
        "GET  / HTTP/1.1",
        " GET / HTTP/1.1",
        "G(T / HTTP/1.1",
        "GET / x HTTP/1.1",
        "Host: x",
    ] {
        let text = format!("{line}\r\nHost: x\r\n\r\n");
        match fault(text.as_bytes()) {
            fault @ (HeadFault::StartLine { .. } | HeadFault::Version { .. }) => {
                assert!(fault.to_string().contains(line.trim_end()), "{fault}");
            }
            other => panic!("{line}: {other:?}"),
        }
    }
    let start_line = HeadFault::StartLine {
        line: "GET".to_owned(),
    };
    assert_eq!(fault(b"GET\r\n\r\n"), start_line);
    assert_eq!(start_line.to_string(), "malformed start line \"GET\"");
    assert_eq!(start_line.status(), 400);
}

#[test]
fn reader_refuses_other_versions() {
    for line in [
        "GET / HTTP/2.0",
        "GET / HTTP/1.2",
        "GET / HTTP/0.9",
        "GET / HTTP/11",
    ] {
        let text = format!("{line}\r\n\r\n");
        assert_eq!(
            fault(text.as_bytes()),
            HeadFault::Version {
                line: line.to_owned()
            }
        );
    }
    let version = HeadFault::Version {
        line: "GET / HTTP/2.0".to_owned(),
    };
    assert_eq!(
        version.to_string(),
        "\"GET / HTTP/2.0\" is neither HTTP/1.0 nor HTTP/1.1"
    );
    assert_eq!(version.status(), 505);
    let response = read::<ResponseHead>(b"HTTP/2 200 OK\r\n\r\n");
    assert!(
        matches!(response, Err(HeadFault::Version { .. })),
        "{response:?}"
    );
}

/// Fails if a client that reaches another service cannot say which, or says it only once that hangs
/// up.
#[test]
fn reader_refuses_what_is_no_response_with_how_it_begins() {
    for (text, start) in [
        (
            &b"SSH-2.0-OpenSSH_9.6p1 Debian-4\r\n"[..],
            "SSH-2.0-OpenSSH_",
        ),
        (b"220 hi\r\n", "220 hi"),
        (b"\r\n-ERR\n", "-ERR"),
        (b"\x15\x03\x01\x00\x02\x02\x28", "\\x15\\x03\\x01\\x00"),
        (b"HTTPS/1.1 200 OK\r\n", "HTTPS/1.1 200 OK"),
    ] {
        let fault = HeadFault::NotHttp {
            start: start.to_owned(),
        };
        let outcome: Outcome<ResponseHead> = read_chunks(HeadLimits::default(), vec![text]);
        assert_eq!(outcome, Err(fault.clone()));
        assert_eq!(fault.status(), 400);
        assert!(fault.to_string().contains(&format!("\"{start}\"")));
        for len in 1..text.len() {
            let cut = vec![&text[..len], &text[len..]];
            let outcome: Outcome<ResponseHead> = read_chunks(HeadLimits::default(), cut);
            assert_eq!(outcome, Err(fault.clone()), "cut at {len}");
        }
    }
}

/// Fails if a short greeting that ends at once counts as a loss, or a response cut off does not.
#[test]
fn reader_knows_at_the_end_of_the_stream_what_could_not_become_a_response() {
    for (text, is_foreign) in [
        (&b""[..], false),
        (b"\r\n", false),
        (b"HTT", false),
        (b"HTTP/1.1 101 Sw", false),
        (b"h", true),
        (b"HELLO", true),
    ] {
        let mut reader = HeadReader::<ResponseHead>::new(HeadLimits::default());
        assert_eq!(reader.read(text), Ok(HeadRead::Partial));
        let start = String::from_utf8(text.to_vec()).unwrap();
        let expected = is_foreign.then_some(HeadFault::NotHttp { start });
        assert_eq!(reader.end(), expected);
    }
    let mut reader = HeadReader::<RequestHead>::new(HeadLimits::default());
    assert_eq!(reader.read(b"anything"), Ok(HeadRead::Partial));
    assert_eq!(reader.end(), None, "every request begins in its own way");
}

#[test]
fn reader_refuses_malformed_header_lines_and_quotes_them() {
    for line in [
        "no colon",
        ": no name",
        "space before : colon",
        "tab\t: x",
        "na(me: x",
        " folded: over two lines",
        "\tfolded",
        "control: \u{1}",
        "delete: \u{7f}",
        "non-ascii-näme: x",
    ] {
        let text = format!("GET / HTTP/1.1\r\nHost: x\r\n{line}\r\nC: d\r\n\r\n");
        let line = line.as_bytes().escape_ascii().to_string();
        assert_eq!(fault(text.as_bytes()), HeadFault::HeaderLine { line });
    }
    let header = HeadFault::HeaderLine {
        line: "x".to_owned(),
    };
    assert_eq!(header.to_string(), "malformed header line \"x\"");
    assert_eq!(header.status(), 400);
}

#[test]
fn reader_keeps_values_outside_ascii_as_they_are() {
    let (head, _) = request(b"GET / HTTP/1.1\r\nX: \xe9\xff\r\n\r\n")
        .unwrap()
        .unwrap();
    assert_eq!(head.headers().first("x"), Some(&b"\xe9\xff"[..]));
    assert_eq!(format!("{:?}", head.headers()), r#"{"X": "\\xe9\\xff"}"#);
}
