//! The order of events, and the ready state in each: `machine` and `socket` together.

use sockeye::web::{Event, ReadyState, WebSocket};

use crate::journal::open;
use crate::server::{Server, close_frame, until_closed};
use crate::support::open::answer_to;
use crate::support::wire::{BINARY, CLOSE, TEXT, unmasked};

/// A page that talks as soon as it may would be answered before it hears that it may talk.
#[tokio::test]
async fn open_comes_first_also_where_the_first_message_came_with_the_handshake() {
    let server = Server::start().await;
    let (socket, mut journal) = open(&server.url());
    assert_eq!(socket.ready_state(), ReadyState::Connecting);
    let mut peer = server.next().await;
    let request = peer.head().await;
    let all = [
        answer_to(&request, "").into_bytes(),
        unmasked(TEXT, b"one"),
        unmasked(BINARY, &[2]),
        close_frame(4000, "done"),
    ];
    peer.send(&all.concat()).await;
    assert_eq!(until_closed(peer).await.len(), 1);
    let lines = journal.until_over().await;
    let expected = [
        "open in OPEN",
        "message in OPEN \"one\"",
        "message in OPEN [2]",
        "close in CLOSED 4000 \"done\" clean",
    ];
    assert_eq!(lines, expected);
}

/// Listeners that are added behind the constructor would miss what fired inside of it.
#[tokio::test]
async fn nothing_fires_before_the_calling_task_yields() {
    for url in ["ws://127.0.0.1:25/", "ws://127.0.0.1:1/"] {
        let (socket, journal) = open(url);
        socket.close(None, "").unwrap();
        assert!(journal.is_empty(), "{url}");
        let mut journal = journal;
        let lines = journal.until_over().await;
        let expected = ["error in CLOSED", "close in CLOSED 1006 \"\" not clean"];
        assert_eq!(lines, expected, "{url}");
    }
}

/// A page that looks at `readyState` between events would not see that the server closes.
#[tokio::test]
async fn close_of_the_server_shows_in_the_ready_state_before_the_end_of_tcp() {
    let server = Server::start().await;
    let (socket, mut events) = WebSocket::with_events(&server.url(), ()).unwrap();
    let mut peer = server.open().await;
    assert_eq!(events.next().await, Some(Event::Open));
    peer.send(&close_frame(1000, "")).await;
    // The answer is there, TCP is not at its end yet.
    assert_eq!(peer.frame().await.unwrap().first, CLOSE);
    let closing = async {
        let ended = events.next().await;
        assert!(matches!(ended, Some(Event::Close(_))), "{ended:?}");
    };
    let seen = async {
        while socket.ready_state() != ReadyState::Closing {
            tokio::task::yield_now().await;
        }
        // Too late to send, and no error.
        socket.send("late").unwrap();
        assert_eq!(socket.buffered_amount(), 4);
        drop(peer);
    };
    tokio::join!(closing, seen);
    assert_eq!(socket.ready_state(), ReadyState::Closed);
    assert_eq!(socket.buffered_amount(), 4);
}

/// What is sent in `open` would get lost or come out of order.
#[tokio::test]
async fn listeners_send_and_close_from_inside() {
    let server = Server::start().await;
    let socket = WebSocket::with(&sockeye::web::Options::new(), &server.url(), (), |socket| {
        socket.on_open(|socket| {
            for text in ["one", "two", "three"] {
                socket.send(text).unwrap();
            }
        });
        socket.on_message(|socket, message| {
            let text = message.data().as_text().unwrap().to_owned();
            socket.send(text).unwrap();
            socket.close(3001, "enough").unwrap();
            assert_eq!(socket.ready_state(), WebSocket::CLOSING);
            socket.send("not any more").unwrap();
        });
    });
    let mut peer = server.open().await;
    peer.send(&[unmasked(TEXT, b"four"), unmasked(TEXT, b"unheard")].concat())
        .await;
    let frames = until_closed(peer).await;
    let texts: Vec<_> = frames[..4]
        .iter()
        .map(|frame| frame.payload.clone())
        .collect();
    assert_eq!(texts, [&b"one"[..], b"two", b"three", b"four"]);
    assert_eq!(frames.len(), 5);
    assert_eq!(frames[4].close_code(), Some(3001));
    assert_eq!(&frames[4].payload[2..], b"enough");
    drop(socket);
}

/// On several threads an event could fire before its listener is there, or two at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_event_is_missed_on_several_threads() {
    let server = Server::start().await;
    let url = server.url();
    let serving = tokio::spawn(async move {
        for _ in 0..50 {
            let mut peer = server.next().await;
            let request = peer.head().await;
            let all = [
                answer_to(&request, "").into_bytes(),
                unmasked(TEXT, b"1"),
                unmasked(TEXT, b"2"),
                close_frame(1000, ""),
            ];
            peer.send(&all.concat()).await;
            tokio::spawn(until_closed(peer));
        }
    });
    let sockets: Vec<_> = (0..50)
        .map(|_| (open("ws://127.0.0.1:25/"), open(&url)))
        .collect();
    for ((_, mut blocked), (_, mut opened)) in sockets {
        let lines = blocked.until_over().await;
        assert_eq!(
            lines,
            ["error in CLOSED", "close in CLOSED 1006 \"\" not clean"]
        );
        let lines = opened.until_over().await;
        let expected = [
            "open in OPEN",
            "message in OPEN \"1\"",
            "message in OPEN \"2\"",
            "close in CLOSED 1000 \"\" clean",
        ];
        assert_eq!(lines, expected);
    }
    serving.await.unwrap();
}
