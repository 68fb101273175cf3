//! `service`: a WebSocket as a tower service.

use axum::Router;
use http::Request;
use sockeye::{Acceptor, Client, WebSocket, WebSocketService};

use crate::serving::{client, serve};
use crate::support::open::header;

async fn greet(mut ws: WebSocket, request: Request<()>) {
    let _ = ws.send(format!("this is {}", request.uri())).await;
}

#[tokio::test]
async fn tower_service_has_the_request_and_refuses_others() {
    let service = WebSocketService::new(Acceptor::default(), greet);
    let address = serve(Router::new().route_service("/greet", service)).await;
    let ws = Client::new(&format!("ws://{address}/greet?loud")).unwrap();
    let mut ws = ws.connect().await.unwrap();
    let message = ws.recv().await.unwrap().unwrap();
    assert_eq!(message.as_text(), Some("this is /greet?loud"));

    let mut client = client(address).await;
    client.send(b"GET /greet HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let head = client.head().await;
    assert!(head.starts_with("HTTP/1.1 426 "), "{head}");
    assert_eq!(header(&head, "content-length"), Some("26"));
    assert_eq!(client.bytes(26).await, b"header Upgrade is missing\n");
}
