//! `bufferedAmount`, by which a page paces itself: over TCP, down to the kernel.

use sockeye::limits::WEB_UNSENT_MESSAGES_MAX;
use sockeye::web::{Options, WebSocket};

use crate::journal::{open, open_with};
use crate::server::{Server, soon, until_closed};
use crate::support::wire::Frame;

/// More than the kernel takes while nobody reads.
const LARGE_LEN: usize = 16 << 20;

/// Waits until `amount` says yes to the buffered amount.
async fn until(socket: &WebSocket, amount: impl Fn(u64) -> bool) {
    soon(async {
        while !amount(socket.buffered_amount()) {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

/// A page that sends when the amount is 0 would never send again.
#[tokio::test]
async fn amount_counts_bytes_of_data_and_goes_down_as_they_leave() {
    let server = Server::start().await;
    let (socket, mut journal) = open(&server.url());
    let peer = server.open().await;
    journal.next().await;
    assert_eq!(socket.buffered_amount(), 0);
    socket.send("\u{20ac}uro").unwrap();
    // No task ran in between: the writer could not have taken it.
    assert_eq!(socket.buffered_amount(), 6);
    until(&socket, |amount| amount == 0).await;
    socket.close(None, "").unwrap();
    assert_eq!(until_closed(peer).await.len(), 2);
}

/// A page would believe that a slow server has what it does not have.
#[tokio::test]
async fn amount_stays_while_the_server_reads_nothing_and_shrinks_as_it_does() {
    let server = Server::start().await;
    let options = Options::new().client(|client| Ok(client.deflate(None)));
    let (socket, mut journal) = open_with(&options, &server.url(), ()).unwrap();
    let peer = server.open().await;
    journal.next().await;
    let whole = 2 * LARGE_LEN as u64;
    for _ in 0..2 {
        socket.send(vec![7; LARGE_LEN]).unwrap();
    }
    assert_eq!(socket.buffered_amount(), whole);
    // The kernel takes some of the first message, which shows before all of it is out.
    until(&socket, |amount| amount < whole).await;
    assert!(socket.buffered_amount() > LARGE_LEN as u64);
    let reading = tokio::spawn(until_closed(peer));
    until(&socket, |amount| amount == 0).await;
    socket.close(None, "").unwrap();
    assert_eq!(frames_len(&soon(reading).await.unwrap()), whole);
}

/// A compressed message would count as gone while most of it is still here.
#[tokio::test]
async fn amount_of_what_is_compressed_ends_at_nothing() {
    let server = Server::start().await;
    let (socket, mut journal) = open(&server.url());
    let agreed = "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; \
        client_no_context_takeover\r\n";
    let (peer, _) = server.open_with(agreed).await;
    journal.next().await;
    socket.send(vec![0; LARGE_LEN]).unwrap();
    assert_eq!(socket.buffered_amount(), LARGE_LEN as u64);
    until(&socket, |amount| amount == 0).await;
    socket.close(None, "").unwrap();
    let frames = until_closed(peer).await;
    assert!(frames_len(&frames) < LARGE_LEN as u64 / 100);
}

/// A page would see its lost data vanish, as if it had been sent.
#[tokio::test]
async fn amount_is_never_reset() {
    let server = Server::start().await;
    let (socket, mut journal) = open(&server.url());
    let peer = server.open().await;
    journal.next().await;
    socket.send(vec![7; LARGE_LEN]).unwrap();
    drop(peer);
    journal.until_over().await;
    let lost = socket.buffered_amount();
    assert!(lost > 0);
    socket.send("1234567890").unwrap();
    socket.close(None, "").unwrap();
    assert_eq!(socket.buffered_amount(), lost + 10);
}

/// A page could take all memory of the machine.
#[tokio::test]
async fn socket_with_too_much_to_send_fails() {
    let server = Server::start().await;
    let options = Options::new().unsent_len_max(1000);
    let (socket, mut journal) = open_with(&options, &server.url(), ()).unwrap();
    let mut peer = server.open().await;
    journal.next().await;
    socket.send(vec![7; 1000]).unwrap();
    socket.send(vec![7; 1]).unwrap();
    assert_eq!(
        socket.ready_state(),
        WebSocket::OPEN,
        "nothing shows at once"
    );
    let lines = journal.until_over().await;
    assert_eq!(
        lines,
        ["error in CLOSED", "close in CLOSED 1006 \"\" not clean"]
    );
    assert_eq!(peer.frame().await, None, "it is cut off");
    assert_eq!(socket.buffered_amount(), 1001);
}

/// A page could take all memory of the machine by messages that count for nothing.
#[tokio::test]
async fn socket_with_too_many_messages_to_send_fails() {
    // WHATWG websockets §send.2-5 TEST
    let server = Server::start().await;
    let (socket, mut journal) = open(&server.url());
    let mut peer = server.open().await;
    journal.next().await;
    // No task runs in between.
    for _ in 0..=WEB_UNSENT_MESSAGES_MAX {
        socket.send("").unwrap();
    }
    let lines = journal.until_over().await;
    assert_eq!(
        lines,
        ["error in CLOSED", "close in CLOSED 1006 \"\" not clean"]
    );
    assert_eq!(peer.frame().await, None, "it is cut off");
    assert_eq!(socket.buffered_amount(), 0);
}

fn frames_len(frames: &[Frame]) -> u64 {
    frames.iter().map(|frame| frame.payload.len() as u64).sum()
}
