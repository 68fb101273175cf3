//! A transport with a buffer of its own, as TLS has: what is in there reaches the peer as well.

use sockeye::Acceptor;
use tokio::io::BufStream;

use crate::support::open::REQUEST;
use crate::support::poll::settle;
use crate::support::scripted::{Script, Scripted, scripted};
use crate::support::wire::{TEXT, masked, payloads};

async fn buffered_server() -> (sockeye::WebSocket<BufStream<Scripted>>, Script) {
    let (transport, script) = scripted();
    script.bytes(REQUEST);
    let ws = Acceptor::default().accept(BufStream::new(transport)).await;
    script.take_written();
    (ws.unwrap(), script)
}

#[tokio::test(start_paused = true)]
async fn server_message_leaves_a_buffering_transport_at_once() {
    let (mut ws, script) = buffered_server().await;
    script.bytes(masked(TEXT, b"one"));
    let message = ws.recv().await.unwrap().unwrap();
    ws.send(message).await.unwrap();
    assert_eq!(payloads(&script.take_frames()), [b"one"]);
}

#[tokio::test(start_paused = true)]
async fn server_message_stuck_in_a_buffering_transport_leaves_when_there_is_room() {
    let (mut ws, script) = buffered_server().await;
    script.take_up_to(Some(2));
    ws.send("waits in the buffer").await.unwrap();
    {
        let mut flushing = std::pin::pin!(ws.flush());
        let first = crate::support::poll::poll_once(flushing.as_mut()).await;
        assert!(first.is_pending(), "the peer does not have it yet");
    }
    script.take_up_to(None);
    settle().await;
    assert_eq!(payloads(&script.take_frames()), [b"waits in the buffer"]);
    ws.flush().await.unwrap();
}
