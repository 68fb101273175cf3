//! All examples of RFC 7692 §7.2.3, each at once and byte by byte.

use sockeye_proto::deflate::{ContextTakeover, Decompressor, Encoding};

use crate::support::{compress_as, compressor, inflated, inflated_by_pieces};

/// Inflates a sequence of messages with takeover, in pieces of each length.
fn assert_inflate(messages: &[(&[u8], &[u8])]) {
    for piece_len in [1, 2, 3, 5, 100] {
        let mut decompressor = Decompressor::new(ContextTakeover::Yes);
        for (message, payload) in messages {
            let result = inflated_by_pieces(&mut decompressor, message, piece_len);
            assert_eq!(
                result.as_deref(),
                Ok(*payload),
                "{message:x?} by {piece_len}"
            );
        }
    }
    let mut decompressor = Decompressor::new(ContextTakeover::Yes);
    for (message, payload) in messages {
        assert_eq!(
            inflated(&mut decompressor, message).as_deref(),
            Ok(*payload)
        );
    }
}

const HELLO: &[u8] = b"\xf2\x48\xcd\xc9\xc9\x07\x00";

#[test]
fn message_of_one_block_is_hello() {
    // RFC 7692 §6.2-1 TEST
    assert_inflate(&[(HELLO, b"Hello")]);
    let message = compress_as(
        &mut compressor(ContextTakeover::Yes),
        b"Hello",
        Encoding::Compressed,
    );
    assert_eq!(message, HELLO);
}

#[test]
fn message_that_refers_to_the_one_before_is_hello_again() {
    // RFC 7692 §7.2.2-1 §7.2.2-2 §7.2.2-3 TEST
    assert_inflate(&[(HELLO, b"Hello"), (b"\xf2\x00\x11\x00\x00", b"Hello")]);
    let mut compressor = compressor(ContextTakeover::Yes);
    compress_as(&mut compressor, b"Hello", Encoding::Compressed);
    let second = compress_as(&mut compressor, b"Hello", Encoding::Compressed);
    // The RFC's has a literal and a match; ours refers to all of the first message.
    assert_eq!(second, b"\x02\x13\x00\x00");
    assert_inflate(&[(HELLO, b"Hello"), (&second, b"Hello")]);
}

#[test]
fn block_without_compression_is_hello() {
    assert_inflate(&[(b"\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00", b"Hello")]);
}

#[test]
fn final_block_is_hello() {
    assert_inflate(&[(b"\xf3\x48\xcd\xc9\xc9\x07\x00\x00", b"Hello")]);
}

#[test]
fn two_blocks_are_hello() {
    assert_inflate(&[(
        b"\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00",
        b"Hello",
    )]);
}

#[test]
fn empty_message_is_one_zero_byte() {
    assert_inflate(&[(b"\x00", b""), (HELLO, b"Hello"), (b"\x00", b"")]);
    let mut compressor = compressor(ContextTakeover::Yes);
    for payload in [&b""[..], b"Hello", b"", b""] {
        let message = compress_as(&mut compressor, payload, Encoding::Compressed);
        assert_eq!(message, if payload.is_empty() { b"\x00" } else { HELLO });
    }
}
