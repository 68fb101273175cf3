//! Frames that come glued to the handshake are the connection's first, on both sides.

use sockeye::{Acceptor, Client};
use sockeye_proto::handshake::http1::{HeadLimits, HeadRead, HeadReader, RequestHead};

use crate::support::open::{REQUEST, answer_to};
use crate::support::poll::settle;
use crate::support::scripted::scripted;
use crate::support::wire::{BINARY, TEXT, masked, masked_close, payloads, unmasked};

#[tokio::test(start_paused = true)]
async fn server_receives_frames_glued_to_the_request_however_they_are_cut() {
    let frames = [
        masked(TEXT, b"one"),
        masked(TEXT, b"two"),
        masked_close(1000),
    ]
    .concat();
    let wire = [REQUEST.as_bytes(), &frames].concat();
    for cut in REQUEST.len()..=wire.len() {
        let (transport, script) = scripted();
        script.bytes(&wire[..cut]);
        script.bytes(&wire[cut..]);
        let mut ws = sockeye::accept(transport).await.unwrap();
        for text in ["one", "two"] {
            let message = ws.recv().await.unwrap().unwrap();
            assert_eq!(message.as_text(), Some(text), "cut at {cut}");
        }
        assert_eq!(ws.recv().await.unwrap(), None);
    }
}

#[tokio::test(start_paused = true)]
async fn server_receives_glued_frames_after_a_split_and_lent() {
    let wire = [REQUEST.as_bytes(), &masked(TEXT, b"glued")].concat();
    let (transport, script) = scripted();
    script.bytes(wire.clone());
    let (sender, mut receiver) = sockeye::accept(transport).await.unwrap().split();
    let message = receiver.recv().await.unwrap().unwrap();
    assert_eq!(message.as_text(), Some("glued"));
    drop(sender);

    let (transport, script) = scripted();
    script.bytes(wire);
    let mut ws = sockeye::accept(transport).await.unwrap();
    script.take_written();
    let count = ws.recv_with(|message, replies| {
        replies.send(message.kind(), message.payload()).unwrap();
    });
    assert_eq!(count.await.unwrap(), Some(1));
    assert_eq!(payloads(&script.take_frames()), [b"glued"]);
}

#[tokio::test(start_paused = true)]
async fn server_dropped_at_once_looks_at_glued_frames_all_the_same() {
    let (transport, script) = scripted();
    script.bytes([REQUEST.as_bytes(), &masked_close(1000)].concat());
    drop(sockeye::accept(transport).await.unwrap());
    script.end();
    settle().await;
    assert!(script.is_dropped(), "the Close was there already");
}

#[tokio::test(start_paused = true)]
async fn client_receives_frames_glued_to_the_answer() {
    let (transport, script) = scripted();
    let client = Client::new("ws://example.com/").unwrap();
    let connecting = tokio::spawn(client.connect_over(transport));
    settle().await;
    let request = String::from_utf8(script.take_written()).unwrap();
    let answer = answer_to(&request, "");
    let frames = [unmasked(TEXT, b"one"), unmasked(BINARY, &vec![7; 50_000])].concat();
    script.bytes([answer.as_bytes(), &frames].concat());
    let mut ws = connecting.await.unwrap().unwrap();
    assert_eq!(ws.recv().await.unwrap().unwrap().as_text(), Some("one"));
    assert_eq!(ws.recv().await.unwrap().unwrap().payload().len(), 50_000);
}

#[tokio::test(start_paused = true)]
async fn server_started_with_more_bytes_than_a_read_buffer_receives_them_all() {
    let mut reader = HeadReader::<RequestHead>::new(HeadLimits::default());
    let HeadRead::Complete { head, .. } = reader.read(REQUEST.as_bytes()).unwrap() else {
        unreachable!("the request is whole");
    };
    let texts: Vec<Vec<u8>> = (0..500)
        .map(|n: u32| vec![b'a'; 700 + n as usize])
        .collect();
    let leftover = texts.iter().flat_map(|text| masked(TEXT, text)).collect();
    let (transport, script) = scripted();
    let upgrade = Acceptor::default().upgrade(&head).unwrap().unwrap();
    let mut ws = upgrade.start(transport, leftover);
    script.bytes(masked(TEXT, b"from the transport"));
    for text in &texts {
        assert!(*ws.recv().await.unwrap().unwrap().payload() == **text);
    }
    let message = ws.recv().await.unwrap().unwrap();
    assert_eq!(message.as_text(), Some("from the transport"));
}
