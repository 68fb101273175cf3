//! Connections that are open already, for tests about what comes after.

use std::sync::Arc;

use sockeye::{Acceptor, Client, Config, DeflatePolicy, WebSocket};
use sockeye_proto::handshake::{Key, accept_for};

use super::scripted::{Script, Scripted, scripted};

/// A handshake's request as a browser sends it, but for what does not matter here.
pub(crate) const REQUEST: &str = "GET /chat HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\n\
    Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Sec-WebSocket-Version: 13\r\n\r\n";

/// A configuration with `change` made to the defaults.
pub(crate) fn config(change: impl FnOnce(&mut Config)) -> Arc<Config> {
    let mut config = Config::default();
    change(&mut config);
    Arc::new(config)
}

/// A server's connection whose client is a script.
pub(crate) async fn server() -> (WebSocket<Scripted>, Script) {
    server_with(Arc::default()).await
}

/// The same with a configuration.
pub(crate) async fn server_with(config: Arc<Config>) -> (WebSocket<Scripted>, Script) {
    let (transport, script) = scripted();
    script.bytes(REQUEST);
    let acceptor = Acceptor::default().config(config);
    let ws = acceptor.accept(transport).await.unwrap();
    script.take_written();
    script.take_calls();
    (ws, script)
}

/// A server's connection that compresses as `policy` says and the offer allows, whose client is a
/// script that asks with `offer`.
pub(crate) async fn deflating_server(
    policy: DeflatePolicy,
    offer: &str,
) -> (WebSocket<Scripted>, Script) {
    deflating_server_with(policy, offer, Arc::default()).await
}

/// The same with a configuration.
pub(crate) async fn deflating_server_with(
    policy: DeflatePolicy,
    offer: &str,
    config: Arc<Config>,
) -> (WebSocket<Scripted>, Script) {
    let (transport, script) = scripted();
    let offer = format!("Sec-WebSocket-Extensions: {offer}\r\n\r\n");
    script.bytes(REQUEST.trim_end().to_owned() + "\r\n" + &offer);
    let acceptor = Acceptor::default().deflate(Some(policy)).config(config);
    let ws = acceptor.accept(transport).await.unwrap();
    script.take_written();
    script.take_calls();
    (ws, script)
}

/// A client's connection whose server is a script.
pub(crate) async fn client() -> (WebSocket<Scripted>, Script) {
    client_with(Arc::default()).await
}

/// The same with a configuration.
pub(crate) async fn client_with(config: Arc<Config>) -> (WebSocket<Scripted>, Script) {
    let client = Client::new("ws://example.com/chat").unwrap();
    connect(client.config(config), "").await
}

/// A client's connection that compresses, without context takeover.
pub(crate) async fn deflating_client() -> (WebSocket<Scripted>, Script) {
    deflating_client_with(Arc::default()).await
}

/// The same with a configuration.
pub(crate) async fn deflating_client_with(config: Arc<Config>) -> (WebSocket<Scripted>, Script) {
    let client = Client::new("ws://example.com/chat").unwrap().config(config);
    let agreed = "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; \
        client_no_context_takeover\r\n";
    connect(client, agreed).await
}

/// Connects to a script that answers with `headers` besides those that it must.
async fn connect(client: Client, headers: &str) -> (WebSocket<Scripted>, Script) {
    let (transport, script) = scripted();
    let connecting = client.handshake_over(transport);
    let answering = async {
        let request = loop {
            let written = script.take_written();
            if !written.is_empty() {
                break written;
            }
            tokio::task::yield_now().await;
        };
        script.bytes(answer_to(&String::from_utf8(request).unwrap(), headers));
    };
    let (ws, ()) = tokio::join!(connecting, answering);
    script.take_calls();
    (ws.unwrap(), script)
}

/// The answer that lets the client with this request in, with additional `headers`.
pub(crate) fn answer_to(request: &str, headers: &str) -> String {
    let key = header(request, "sec-websocket-key").unwrap();
    let accept = accept_for(&Key::parse(key.as_bytes()).unwrap());
    format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Accept: {accept}\r\n{headers}\r\n"
    )
}

/// The value of a header in a head.
pub(crate) fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(found, _)| found.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
}
