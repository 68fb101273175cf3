//! An open connection over a transport that hesitates, and its peer in a task of its own, which
//! speaks by hand.

use sockeye::{Acceptor, Client, QueueMarks, WebSocket};
use sockeye_proto::Role;
use tokio::io::{AsyncWriteExt, DuplexStream};
use tokio::task::JoinHandle;

use crate::hesitant::{Hesitant, hesitant};
use crate::support::open::answer_to;
use crate::support::peer::Peer;
use crate::support::wire::{BINARY, CLOSE, Frame, PING, PONG, TEXT, masked, payloads, unmasked};

/// Both, as what is written is masked on one side only.
pub(crate) const ROLES: [Role; 2] = [Role::Client, Role::Server];

/// What is sent, in order. No two are the same, so that a doubled one shows.
pub(crate) const TEXTS: [&str; 4] = ["one", "", "a third that is longer", "4"];

/// Bytes that the transport moves at once.
const LEN_MAX: usize = 2;

/// The library's connection in `role`, and its peer.
pub(crate) async fn open(role: Role) -> (WebSocket<Hesitant>, Peer<DuplexStream>) {
    let (near, far, _) = hesitant(LEN_MAX);
    match role {
        Role::Server => {
            let acceptor = Acceptor::default();
            let (ws, peer) = tokio::join!(acceptor.accept(near), Peer::open(far));
            (ws.unwrap(), peer)
        }
        Role::Client => {
            let client = Client::new("ws://example.com/chat").unwrap();
            let (ws, peer) = tokio::join!(client.handshake_over(near), answer(far));
            (ws.unwrap(), peer)
        }
    }
}

/// Answers the request that comes, as a server.
pub(crate) async fn answer(stream: DuplexStream) -> Peer<DuplexStream> {
    let mut peer = Peer::new(stream);
    let request = peer.head().await;
    peer.send(answer_to(&request, "").as_bytes()).await;
    peer
}

/// A frame as the peer of `role` sends it.
pub(crate) fn frame_to(role: Role, first: u8, payload: &[u8]) -> Vec<u8> {
    match role {
        Role::Client => unmasked(first, payload),
        Role::Server => masked(first, payload),
    }
}

/// Marks that any message passes: the next one has to wait.
pub(crate) fn tight() -> QueueMarks {
    QueueMarks::new(0, 1).unwrap()
}

/// A connection whose every send has to wait for the one before, and a peer that [`listen`]s.
pub(crate) async fn open_tight(role: Role) -> (WebSocket<Hesitant>, JoinHandle<Vec<Frame>>) {
    let (mut ws, peer) = open(role).await;
    ws.set_queue_marks(tight());
    (ws, listen(role, peer))
}

/// Takes frames up to a Close and answers that and Pings, in a task of its own.
pub(crate) fn listen(role: Role, mut peer: Peer<DuplexStream>) -> JoinHandle<Vec<Frame>> {
    tokio::spawn(async move {
        let mut frames = Vec::new();
        while let Some(frame) = peer.frame().await {
            match frame.first {
                PING => peer.send(&frame_to(role, PONG, &frame.payload)).await,
                CLOSE => {
                    peer.send(&frame_to(role, CLOSE, &frame.payload)).await;
                    peer.stream.shutdown().await.unwrap();
                }
                _ => {}
            }
            frames.push(frame);
        }
        frames
    })
}

/// Says [`conversation`] and listens then.
pub(crate) fn talk(role: Role, mut peer: Peer<DuplexStream>) -> JoinHandle<Vec<Frame>> {
    tokio::spawn(async move {
        peer.send(&conversation(role)).await;
        listen(role, peer).await.unwrap()
    })
}

/// Has each role receive [`TEXTS`] as `receive` does. What it gives back beside them is dropped
/// when all was received.
pub(crate) async fn hear_all<K>(receive: impl AsyncFn(WebSocket<Hesitant>) -> (Vec<Vec<u8>>, K)) {
    for role in ROLES {
        let (ws, peer) = open(role).await;
        let heard = talk(role, peer);
        let (texts, kept) = receive(ws).await;
        assert_eq!(texts, TEXTS.map(str::as_bytes));
        drop(kept);
        let frames = heard.await.unwrap();
        assert_eq!(count(&frames, CLOSE), 1, "{frames:?}");
        let mut pongs = frames.iter().filter(|frame| frame.first == PONG);
        let newest = pongs.next_back().unwrap();
        assert_eq!(newest.payload, b"!", "the newest is owed");
    }
}

/// [`TEXTS`] as the peer of `role` sends them, in fragments, with Pings between, and a Close.
fn conversation(role: Role) -> Vec<u8> {
    let [first, second, third, last] = TEXTS.map(str::as_bytes);
    let (head, tail) = third.split_at(7);
    [
        frame_to(role, TEXT, first),
        frame_to(role, PING, b"?"),
        frame_to(role, TEXT, second),
        frame_to(role, TEXT & 0x7F, head),
        frame_to(role, PING, b"!"),
        frame_to(role, 0x80, tail),
        frame_to(role, BINARY, last),
        frame_to(role, CLOSE, &1000_u16.to_be_bytes()),
    ]
    .concat()
}

/// What is left to see once the connection is used no more: that everything in `frames` came once
/// and in order, and that a Close was the last.
pub(crate) fn expect_all(frames: &[Frame]) {
    let texts = TEXTS.map(|text| text.as_bytes().to_vec());
    assert_eq!(payloads(frames), texts);
    let closes = frames.iter().filter(|frame| frame.first == CLOSE).count();
    assert_eq!(closes, 1, "{frames:?}");
    assert_eq!(frames.last().unwrap().first, CLOSE, "{frames:?}");
}

/// Frames of one kind.
pub(crate) fn count(frames: &[Frame], first: u8) -> usize {
    frames.iter().filter(|frame| frame.first == first).count()
}
