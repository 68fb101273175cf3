//! `examples/echo.rs`.

#[expect(dead_code, reason = "its `main` is for the terminal")]
#[path = "../../examples/echo.rs"]
mod example;

use sockeye::{CloseCode, Message};
use tokio::net::TcpListener;

#[tokio::test]
async fn echo_answers_each_message_with_itself() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/", listener.local_addr().unwrap());
    tokio::spawn(example::serve(listener));
    let mut ws = sockeye::connect(&url).await.unwrap();
    for message in [Message::from("hello"), Message::from(vec![7; 100_000])] {
        ws.send(message.clone()).await.unwrap();
        assert_eq!(ws.recv().await.unwrap(), Some(message));
    }
    assert!(ws.close(CloseCode::NORMAL, "").await.unwrap().was_clean);
}
