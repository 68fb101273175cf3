//! How a network cuts a head, and what follows it, changes nothing.

use proptest::prelude::*;
use sockeye_proto::handshake::http1::{HeadLimits, RequestHead, ResponseHead};

use crate::heads::{Lines, Outcome, read_chunks};

/// Cuts `bytes` at the positions given, whatever they are.
fn cut<'a>(bytes: &'a [u8], lens: &[usize]) -> Vec<&'a [u8]> {
    let mut rest = bytes;
    let mut chunks = Vec::new();
    for &len in lens {
        let (chunk, tail) = rest.split_at(len.min(rest.len()));
        chunks.push(chunk);
        rest = tail;
    }
    chunks.push(rest);
    chunks
}

fn request(chunks: Vec<&[u8]>) -> Outcome<RequestHead> {
    read_chunks(
        HeadLimits {
            bytes_max: 300,
            headers_max: 8,
        },
        chunks,
    )
}

fn response(chunks: Vec<&[u8]>) -> Outcome<ResponseHead> {
    read_chunks(
        HeadLimits {
            bytes_max: 300,
            headers_max: 8,
        },
        chunks,
    )
}

/// Bytes that often get far: pieces of heads, and some noise.
fn head_like() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b"GET / HTTP/1.1\r\n".to_vec()),
        Just(b"HTTP/1.1 101 X\r\n".to_vec()),
        Just(b"HTTP/1.1 100 X\r\n\r\n".to_vec()),
        Just(b"Host: x\r\n".to_vec()),
        Just(b"\r\n".to_vec()),
        Just(b"\n".to_vec()),
        "[ -~]{0,9}(\r\n)?".prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..3),
    ];
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn reader_given_any_chunks_comes_to_the_same(
        bytes in head_like(),
        lens in prop::collection::vec(0..40usize, 0..12),
    ) {
        prop_assert_eq!(request(cut(&bytes, &lens)), request(vec![&bytes]));
        prop_assert_eq!(response(cut(&bytes, &lens)), response(vec![&bytes]));
    }

    #[test]
    fn reader_given_glued_bytes_leaves_exactly_those(
        glued in prop::collection::vec(any::<u8>(), 0..64),
        lens in prop::collection::vec(0..99usize, 0..5),
    ) {
        let head = Lines::request().bytes();
        let bytes = [&head[..], &glued].concat();
        let (_, consumed) = request(cut(&bytes, &lens)).unwrap().unwrap();
        prop_assert_eq!(&bytes[consumed..], &glued);
    }
}
