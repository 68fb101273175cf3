//! Heads of requests and responses: the same outcome however they are cut, bounded work and memory,
//! and whatever a server answers is a response that a client can read.

use sockeye_proto::handshake::client::ClientRequest;
use sockeye_proto::handshake::extension::parse_extensions;
use sockeye_proto::handshake::http1::{
    Head, HeadFault, HeadLimits, HeadRead, HeadReader, RequestHead, ResponseHead,
};
use sockeye_proto::handshake::server::{self, Answer};
use sockeye_proto::handshake::{DeflateOffer, DeflatePolicy, Key, WsUrl};

use crate::support::cuts::pieces;

const LIMITS: HeadLimits = HeadLimits {
    bytes_max: 2048,
    headers_max: 20,
};

/// `[side and cut, bytes..]`
pub(crate) fn handshake(data: &[u8]) {
    let Some((choice, bytes)) = data.split_first() else {
        return;
    };
    let seed = u64::from(choice >> 1);
    if choice & 1 == 0 {
        if let Some(head) = read_both_ways::<RequestHead>(bytes, seed) {
            serve(&head);
        }
    } else if let Some(head) = read_both_ways::<ResponseHead>(bytes, seed) {
        verify(&head);
    }
    check_values(bytes);
}

/// Reads a head whole and in pieces: same head, same end, work and memory within what is stated.
fn read_both_ways<H: Head + Clone + PartialEq + std::fmt::Debug>(
    bytes: &[u8],
    seed: u64,
) -> Option<H> {
    let whole = read::<H>([bytes]);
    let cut = read::<H>(pieces(bytes, seed));
    assert_eq!(whole, cut);
    whole.ok().flatten().map(|(head, _)| head)
}

/// The head in `chunks` and its length.
fn read<'a, H: Head>(
    chunks: impl IntoIterator<Item = &'a [u8]>,
) -> Result<Option<(H, usize)>, HeadFault> {
    let mut reader = HeadReader::<H>::new(LIMITS);
    let mut received = 0;
    for chunk in chunks {
        let outcome = reader.read(chunk)?;
        assert!(
            reader.scanned() <= (received + chunk.len()) as u64,
            "each byte once"
        );
        assert!(
            reader.retained() <= 2 * LIMITS.bytes_max,
            "{}",
            reader.retained()
        );
        match outcome {
            HeadRead::Partial => received += chunk.len(),
            HeadRead::Complete { head, consumed } => {
                return Ok(Some((head, received + consumed)));
            }
        }
    }
    Ok(None)
}

/// Answers `head` as a server does; the answer is a response.
fn serve(head: &RequestHead) {
    match server::check(head) {
        Ok(None) => {}
        Ok(Some(upgrade)) => {
            let protocol = upgrade.protocols().next().map(str::to_owned);
            let answer = Answer {
                protocol: protocol.as_deref(),
                deflate: Some(DeflatePolicy::no_takeover()),
                ..Answer::default()
            };
            let accepted = upgrade.accept(&answer).expect("it was offered");
            assert_eq!(status(&accepted.encode()), 101);
        }
        Err(refusal) => assert_eq!(status(&refusal.encode()), refusal.status()),
    }
}

fn status(response: &[u8]) -> u16 {
    let mut reader = HeadReader::<ResponseHead>::new(HeadLimits::default());
    match reader.read(response) {
        Ok(HeadRead::Complete { head, .. }) => head.status(),
        other => unreachable!("our own response: {other:?}"),
    }
}

/// Judges `head` as a client does: what it agrees to was asked for.
fn verify(head: &ResponseHead) {
    let url = WsUrl::parse("ws://example.com/chat").expect("a good URL");
    let request = ClientRequest::new(&url, Key::from_random(*b"the sample nonce"))
        .protocols(["chat", "superchat"])
        .expect("good names")
        .deflate(DeflateOffer::no_takeover());
    if let Ok(agreed) = request.verify(head) {
        assert_eq!(head.status(), 101);
        assert!(matches!(
            agreed.protocol.as_deref(),
            None | Some("chat" | "superchat")
        ));
    }
}

/// The grammars of single values take anything without panicking.
fn check_values(bytes: &[u8]) {
    // The result is of no interest: these have their own tests, here only panics and hangs count.
    let _ = parse_extensions(std::iter::once(bytes));
    let _ = Key::parse(bytes);
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(url) = WsUrl::parse(text)
    {
        let again = ClientRequest::new(&url, Key::from_random([0; 16])).encode();
        let head = read::<RequestHead>([&again[..]]);
        assert!(
            matches!(head, Ok(Some(_)) | Err(HeadFault::TooLong { .. })),
            "{head:?}"
        );
    }
}
