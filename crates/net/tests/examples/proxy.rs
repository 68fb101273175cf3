//! `examples/proxy.rs`.

#[expect(dead_code, reason = "its `main` is for the terminal")]
#[path = "../../examples/proxy.rs"]
mod example;

use sockeye::{Client, CloseCode, Message, WebSocket};
use tokio::net::{TcpListener, TcpStream};

/// A client and a server with the proxy between them.
async fn proxied() -> (WebSocket, WebSocket<TcpStream>) {
    let target = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = proxy_to(&target).await;
    let accepting = async {
        let (stream, _) = target.accept().await.unwrap();
        sockeye::accept(stream).await.unwrap()
    };
    let (client, server) = tokio::join!(sockeye::connect(&url), accepting);
    (client.unwrap(), server)
}

/// A proxy that runs, and its URL.
async fn proxy_to(target: &TcpListener) -> String {
    let target = Client::new(&format!("ws://{}/", target.local_addr().unwrap())).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/", listener.local_addr().unwrap());
    tokio::spawn(example::serve(listener, target));
    url
}

#[tokio::test]
async fn proxy_passes_messages_and_the_clients_close_on() {
    let (mut client, mut server) = proxied().await;
    for message in [Message::from("hello"), Message::from(vec![7; 300_000])] {
        client.send(message.clone()).await.unwrap();
        assert_eq!(server.recv().await.unwrap().as_ref(), Some(&message));
        server.send(message.clone()).await.unwrap();
        assert_eq!(client.recv().await.unwrap(), Some(message));
    }
    let closing = client.close(CloseCode::new(4001), "client's reason");
    let (event, received) = tokio::join!(closing, server.recv());
    assert!(event.unwrap().was_clean);
    assert_eq!(received.unwrap(), None);
    let event = server.close_event().unwrap();
    assert_eq!(
        (event.code, &*event.reason),
        (4001.into(), "client's reason")
    );
}

#[tokio::test]
async fn proxy_passes_the_servers_close_on_and_one_without_a_code_as_such() {
    let (mut client, mut server) = proxied().await;
    let closing = server.close(CloseCode::new(4002), "server's reason");
    let (event, received) = tokio::join!(closing, client.recv());
    assert!(event.unwrap().was_clean);
    assert_eq!(received.unwrap(), None);
    let event = client.close_event().unwrap();
    assert_eq!(
        (event.code, &*event.reason),
        (4002.into(), "server's reason")
    );

    let (mut client, mut server) = proxied().await;
    let (event, received) = tokio::join!(server.close(None, ""), client.recv());
    assert!(event.unwrap().was_clean);
    assert_eq!(received.unwrap(), None);
    assert_eq!(client.close_event().unwrap().code, CloseCode::NO_STATUS);
}

#[tokio::test]
async fn proxy_makes_a_loss_on_one_side_one_on_the_other() {
    let (mut client, server) = proxied().await;
    server.abort();
    assert!(client.recv().await.unwrap_err().is_lost());
    let (client, mut server) = proxied().await;
    client.abort();
    assert!(server.recv().await.unwrap_err().is_lost());
}

#[tokio::test]
async fn proxy_refuses_a_client_for_whom_there_is_no_server() {
    let target = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = proxy_to(&target).await;
    drop(target);
    let error = sockeye::connect(&url).await.unwrap_err();
    assert_eq!(error.response().unwrap().head.status(), 502);
}
