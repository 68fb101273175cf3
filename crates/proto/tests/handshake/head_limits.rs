//! Heads that never end are refused at the limit, with linear work and bounded memory.

use sockeye_proto::handshake::http1::{
    HeadFault, HeadLimits, HeadRead, HeadReader, RequestHead, ResponseHead,
};
use sockeye_proto::limits::{HEAD_BYTES_MAX, HEADERS_MAX};

use crate::heads::{Lines, read_chunks};

fn limits(bytes_max: usize, headers_max: usize) -> HeadLimits {
    HeadLimits {
        bytes_max,
        headers_max,
    }
}

/// Sends `text` until it is refused; the fault, and how many bytes were received by then.
fn refused(text: &[u8], chunk_len: usize) -> (HeadFault, usize) {
    let mut reader = HeadReader::<RequestHead>::new(HeadLimits::default());
    let mut sent = 0;
    for chunk in text.chunks(chunk_len) {
        sent += chunk.len();
        match reader.read(chunk) {
            Ok(HeadRead::Partial) => assert!(reader.retained() <= 2 * sent.max(8)),
            Ok(HeadRead::Complete { .. }) => panic!("the head has no end"),
            Err(fault) => {
                assert!(
                    reader.scanned() <= sent as u64,
                    "each byte is looked at once"
                );
                assert_eq!(reader.retained(), 0);
                assert_eq!(
                    reader.read(b"\r\n\r\n"),
                    Err(fault.clone()),
                    "a fault is final"
                );
                return (fault, sent);
            }
        }
    }
    panic!("{sent} bytes were not refused");
}

#[test]
fn reader_refuses_20_mb_of_one_header_at_the_limit() {
    let mut endless = b"GET / HTTP/1.1\r\nA: ".to_vec();
    endless.resize(20_000_000, b'x');
    for chunk_len in [1, 4096, 20_000_000] {
        let (fault, sent) = refused(&endless, chunk_len);
        assert_eq!(
            fault,
            HeadFault::TooLong {
                limit: HEAD_BYTES_MAX
            }
        );
        assert!(sent <= HEAD_BYTES_MAX + chunk_len, "{sent}");
    }
    let fault = HeadFault::TooLong {
        limit: HEAD_BYTES_MAX,
    };
    assert_eq!(fault.to_string(), "head is longer than 16384 bytes");
    assert_eq!(fault.status(), 431);
}

#[test]
fn reader_refuses_endless_empty_lines_at_the_limit() {
    let (fault, _) = refused(&b"\r\n".repeat(20_000), 1);
    assert_eq!(
        fault,
        HeadFault::TooLong {
            limit: HEAD_BYTES_MAX
        }
    );
}

#[test]
fn reader_refuses_2000_headers_before_their_end() {
    let text = [b"GET / HTTP/1.1\r\n".to_vec(), b"a:\r\n".repeat(2000)].concat();
    let (fault, sent) = refused(&text, 1);
    assert_eq!(fault, HeadFault::TooManyHeaders { limit: HEADERS_MAX });
    assert_eq!(sent, "GET / HTTP/1.1\r\n".len() + 101 * "a:\r\n".len());
    assert_eq!(fault.to_string(), "head has more than 100 headers");
    assert_eq!(fault.status(), 431);
}

#[test]
fn reader_counts_every_interim_response() {
    let text = b"HTTP/1.1 100 Continue\r\n\r\n".repeat(1000);
    let outcome = read_chunks::<ResponseHead>(HeadLimits::default(), text.chunks(7));
    assert_eq!(
        outcome,
        Err(HeadFault::TooLong {
            limit: HEAD_BYTES_MAX
        })
    );
}

#[test]
fn reader_takes_a_head_of_exactly_the_limits() {
    let bytes = Lines::request().bytes();
    let read = |bytes_max, headers_max, chunk_len| {
        let limits = limits(bytes_max, headers_max);
        read_chunks::<RequestHead>(limits, bytes.chunks(chunk_len)).map(|head| head.is_some())
    };
    for chunk_len in [1, bytes.len()] {
        assert_eq!(read(bytes.len(), 5, chunk_len), Ok(true));
        let limit = bytes.len() - 1;
        assert_eq!(read(limit, 5, chunk_len), Err(HeadFault::TooLong { limit }));
        let fault = HeadFault::TooManyHeaders { limit: 4 };
        assert_eq!(read(bytes.len(), 4, chunk_len), Err(fault));
    }
}

#[test]
fn reader_leaves_glued_bytes_uncounted() {
    let head = Lines::request().bytes();
    let mut glued = head.clone();
    glued.resize(100_000, 0);
    let mut reader = HeadReader::<RequestHead>::new(limits(head.len(), 5));
    match reader.read(&glued) {
        Ok(HeadRead::Complete { consumed, .. }) => assert_eq!(consumed, head.len()),
        other => panic!("{other:?}"),
    }
    assert_eq!(reader.scanned(), head.len() as u64);
}

#[test]
fn reader_is_as_new_after_a_head() {
    let one = Lines::request().bytes();
    let mut reader = HeadReader::<RequestHead>::new(limits(one.len(), 5));
    for _ in 0..3 {
        assert_eq!(reader.received(), 0);
        assert_eq!(reader.read(&one[..10]), Ok(HeadRead::Partial));
        assert_eq!(reader.received(), 10);
        assert!(matches!(
            reader.read(&one[10..]),
            Ok(HeadRead::Complete { .. })
        ));
        assert_eq!(reader.retained(), 0);
    }
}

#[test]
fn reader_that_waits_costs_little_besides_the_bytes_received() {
    let mut reader = HeadReader::<RequestHead>::new(HeadLimits::default());
    assert!(size_of_val(&reader) <= 128, "{}", size_of_val(&reader));
    assert_eq!(
        reader.retained(),
        0,
        "nothing is allocated before the first byte"
    );
    assert_eq!(reader.read(b"GET"), Ok(HeadRead::Partial));
    assert!(reader.retained() <= 8);
}
