//! `examples/chat.rs`.

#[expect(dead_code, reason = "its `main` is for the terminal")]
#[path = "../../examples/chat.rs"]
mod example;

use sockeye::{Client, CloseCode, WebSocket};
use tokio::net::{TcpListener, TcpSocket};

/// A chat that runs, and its URL.
async fn chat() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/", listener.local_addr().unwrap());
    tokio::spawn(example::serve(listener));
    url
}

async fn join(url: &str, name: &str) -> WebSocket {
    let mut ws = sockeye::connect(url).await.unwrap();
    ws.send(name).await.unwrap();
    hears(&mut ws, &format!("{name} is here")).await;
    ws
}

async fn hears(ws: &mut WebSocket, expected: &str) {
    let message = ws.recv().await.unwrap().unwrap();
    let (start, expected_start) = (message.as_text().unwrap().get(..40), expected.get(..40));
    assert_eq!(start, expected_start);
    assert!(message.as_text() == Some(expected), "another text");
}

#[tokio::test]
async fn chat_tells_two_clients_who_is_here_what_is_said_and_who_left() {
    let url = chat().await;
    let mut ada = join(&url, "Ada").await;
    let mut max = join(&url, "Max").await;
    hears(&mut ada, "Max is here").await;
    ada.send("hello").await.unwrap();
    max.send("hi").await.unwrap();
    let mut heard = Vec::new();
    for _ in 0..2 {
        let message = max.recv().await.unwrap().unwrap();
        assert_eq!(ada.recv().await.unwrap().unwrap(), message, "one order");
        heard.push(message.as_text().unwrap().to_owned());
    }
    heard.sort();
    assert_eq!(heard, ["Ada: hello", "Max: hi"]);
    let end = ada.close(CloseCode::NORMAL, "").await.unwrap();
    assert!(end.was_clean);
    hears(&mut max, "Ada is gone").await;
}

#[tokio::test]
async fn chat_closes_who_does_not_read_and_nobody_else() {
    let url = chat().await;
    let address = url.strip_prefix("ws://").unwrap().trim_end_matches('/');
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(16 * 1024).unwrap();
    let stream = socket.connect(address.parse().unwrap()).await.unwrap();
    let mut slow = Client::new(&url)
        .unwrap()
        .connect_over(stream)
        .await
        .unwrap();
    slow.send("Slow").await.unwrap();
    let mut ada = join(&url, "Ada").await;

    // 12 MB: more than the kernel holds for a socket whose other end may not grow.
    let essay = "a".repeat(200_000);
    for _ in 0..60 {
        ada.send(&essay).await.unwrap();
        loop {
            let message = ada.recv().await.unwrap().unwrap();
            if message.payload().len() > essay.len() {
                break;
            }
        }
    }
    while let Some(message) = slow.recv().await.unwrap() {
        assert!(message.as_text().is_some());
    }
    let event = slow.close_event().unwrap();
    assert_eq!(
        (event.code, event.was_clean),
        (CloseCode::TRY_AGAIN_LATER, true)
    );
    assert!(ada.close(CloseCode::NORMAL, "").await.unwrap().was_clean);
}
