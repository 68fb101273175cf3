//! Messages of any length in memory of one: both ends of a stream, however much goes through it
//! (`recv_stream`, `send_stream`).

use sockeye::limits::PIPE_LEN;
use sockeye::{Acceptor, Client, DeflateOffer, DeflatePolicy, MessageKind, WebSocket, pair};
use tokio::io::{DuplexStream, duplex};

use crate::gauge::{assert_kept, assert_peak, counted, runtime};

const MIB: u64 = 1 << 20;

/// What both ends may hold at once, in bytes; 596 KB were measured, whatever the length. The pipe
/// and the sender's queue, both while they double, the piece that waits for room, a chunk in the
/// hand of its reader and the next one in the making.
const BOTH_ENDS: usize = 640 * 1024;

/// What compressing and inflating take besides: both codecs with their windows.
const CODECS: usize = 2 * 250 * 1024;

/// Sends `len` bytes in pieces of one message and receives it in chunks; every byte is checked.
async fn stream_through(
    (mut client, mut server): (WebSocket<DuplexStream>, WebSocket<DuplexStream>),
    kind: MessageKind,
    len: u64,
) {
    let piece = "0123456789, é€𝄞 ".repeat(3000);
    let piece_len = u64::try_from(piece.len()).unwrap();
    let pieces = len.div_ceil(piece_len);
    let sending = async {
        let mut stream = client.send_stream(kind);
        for _ in 0..pieces {
            stream.write(&piece).await.unwrap();
        }
        stream.finish().await.unwrap();
        client.ping(b"?").await.unwrap();
    };
    let receiving = async {
        let mut stream = server.recv_stream().await.unwrap().unwrap();
        let (mut at, mut total) = (0, 0);
        while let Some(chunk) = stream.chunk().await.unwrap() {
            total += u64::try_from(chunk.len()).unwrap();
            let mut rest = &chunk[..];
            while !rest.is_empty() {
                let expected = &piece.as_bytes()[at..];
                let same = expected.len().min(rest.len());
                assert!(rest[..same] == expected[..same], "at {total}");
                rest = &rest[same..];
                at = (at + same) % piece.len();
            }
        }
        assert_eq!(total, pieces * piece_len);
    };
    tokio::join!(sending, receiving);
    let closing = async { client.close(None, "").await.unwrap() };
    let (event, end) = tokio::join!(closing, server.recv());
    assert!(event.was_clean);
    assert_eq!(end.unwrap(), None);
}

/// A client and a server that agreed to compress.
async fn deflating(
    policy: DeflatePolicy,
    offer: DeflateOffer,
) -> (WebSocket<DuplexStream>, WebSocket<DuplexStream>) {
    let (near, far) = duplex(PIPE_LEN);
    let client = Client::new("ws://example.com/")
        .unwrap()
        .deflate(Some(offer));
    let acceptor = Acceptor::default().deflate(Some(policy));
    let (client, server) = tokio::join!(client.handshake_over(near), acceptor.accept(far));
    let (client, server) = (client.unwrap(), server.unwrap());
    assert!(!server.extensions().is_empty());
    (client, server)
}

fn assert_constant(kind: MessageKind, len: u64) {
    let runtime = runtime();
    let ((), info) = counted(&runtime, async { stream_through(pair(), kind, len).await });
    assert_peak(&info, BOTH_ENDS);
    assert_kept(&info, 256 * 1024);
}

fn assert_constant_compressed(kind: MessageKind, len: u64) {
    let policies = [
        (DeflatePolicy::no_takeover(), DeflateOffer::no_takeover()),
        (DeflatePolicy::takeover(), DeflateOffer::takeover()),
    ];
    for (policy, offer) in policies {
        let runtime = runtime();
        let ((), info) = counted(&runtime, async {
            stream_through(deflating(policy, offer).await, kind, len).await;
        });
        assert_peak(&info, BOTH_ENDS + CODECS);
    }
}

#[test]
fn both_ends_of_a_binary_stream_of_64_mib_hold_a_few_chunks() {
    assert_constant(MessageKind::Binary, 64 * MIB);
}

#[test]
fn both_ends_of_a_text_stream_of_1_gib_hold_a_few_chunks() {
    assert_constant(MessageKind::Text, 1024 * MIB);
}

#[test]
fn both_ends_of_a_compressed_stream_of_64_mib_hold_a_few_chunks_and_codecs() {
    assert_constant_compressed(MessageKind::Text, 64 * MIB);
}

#[test]
fn server_that_gives_up_a_stream_of_64_mib_holds_none_of_what_still_comes() {
    let runtime = runtime();
    let skipping = async {
        let (mut client, mut server) = pair();
        let sending = async {
            let piece = vec![7; 64 * 1024];
            let mut stream = client.send_stream(MessageKind::Binary);
            for _ in 0..1024 {
                stream.write(&piece).await.unwrap();
            }
            stream.finish().await.unwrap();
            client.send("next").await.unwrap();
        };
        let receiving = async {
            let mut stream = server.recv_stream().await.unwrap().unwrap();
            stream.chunk().await.unwrap().unwrap();
            drop(stream);
            server.recv().await.unwrap().unwrap()
        };
        let ((), next) = tokio::join!(sending, receiving);
        assert_eq!(next.as_text(), Some("next"));
    };
    let ((), info) = counted(&runtime, skipping);
    assert_peak(&info, BOTH_ENDS);
}

#[test]
#[ignore = "10 GiB: `cargo test --release -p sockeye --test memory -- --ignored 10_gib`"]
fn both_ends_of_a_text_stream_of_10_gib_hold_a_few_chunks() {
    assert_constant(MessageKind::Text, 10 * 1024 * MIB);
}

#[test]
#[ignore = "10 GiB: `cargo test --release -p sockeye --test memory -- --ignored 10_gib`"]
fn both_ends_of_a_compressed_stream_of_10_gib_hold_a_few_chunks_and_codecs() {
    assert_constant_compressed(MessageKind::Text, 10 * 1024 * MIB);
}
