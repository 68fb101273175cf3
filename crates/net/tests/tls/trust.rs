//! Whom a client trusts: own roots, a client's own certificate, anybody on demand. The client of a
//! `wss` URL and a server that listens are whole here.

use sockeye::{Client, ClientTls, CloseCode, ServerTls, Stream};
use tokio::net::TcpListener;

use super::authority::{Authority, Identity};
use super::pair::{NAME, client_tls, friends, server_tls, shake};

/// A server that echoes to the first client in TLS; its address.
async fn start_echo(tls: ServerTls) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (tcp, _) = listener.accept().await.unwrap();
        let mut ws = sockeye::accept(tls.accept(tcp).await?).await?;
        while let Some(message) = ws.recv().await? {
            ws.send(message).await?;
        }
        sockeye::Result::Ok(())
    });
    address
}

/// Sends a message there and back, and closes.
async fn talk(client: Client) {
    let mut ws = client.connect().await.unwrap();
    ws.send("hello").await.unwrap();
    let message = ws.recv().await.unwrap().unwrap();
    assert_eq!(message.as_text(), Some("hello"));
    let end = ws.close(CloseCode::NORMAL, "").await.unwrap();
    assert!(end.was_clean, "{end}");
}

#[tokio::test]
async fn client_with_own_roots_talks_to_a_name_and_to_an_address() {
    // RFC 6455 §10.6-1 TEST
    let authority = Authority::new();
    for name in ["localhost", "127.0.0.1"] {
        let address = start_echo(server_tls(&authority.issue(name))).await;
        let url = format!("wss://{name}:{}/", address.port());
        talk(Client::new(&url).unwrap().tls(client_tls(&authority))).await;
    }
}

/// A default of the process is what other libraries panic for the lack of.
#[tokio::test]
async fn process_has_no_cryptography_by_default_and_is_given_none() {
    let (client, server) = friends();
    let (client, server) = shake(&client, &server).await;
    assert!(client.is_ok() && server.is_ok());
    assert!(rustls::crypto::CryptoProvider::get_default().is_none());
}

#[tokio::test]
async fn client_told_to_accept_anybody_accepts_a_self_signed_certificate_for_another_name() {
    let address = start_echo(server_tls(&Identity::self_signed("elsewhere.example"))).await;
    let tls = ClientTls::new().danger_accept_any_certificate();
    talk(Client::new(&format!("wss://{address}/")).unwrap().tls(tls)).await;
}

#[tokio::test]
async fn client_trusts_by_default_what_the_system_trusts_and_that_is_not_us() {
    let address = start_echo(server_tls(&Authority::new().issue("localhost"))).await;
    let url = format!("wss://localhost:{}/", address.port());
    // Without any roots on this system it is the setup that fails, and says so.
    assert!(sockeye::connect(&url).await.unwrap_err().is_tls());
}

#[tokio::test]
async fn server_knows_the_client_by_its_certificate() {
    let authority = Authority::new();
    let server = server_tls(&authority.issue(NAME))
        .require_client_certificates(authority.root.as_bytes())
        .unwrap();
    let alice = authority.issue("alice.example");
    let client = client_tls(&authority)
        .identity_pem(alice.certificate.as_bytes(), alice.key.as_bytes())
        .unwrap();
    let (client, server) = shake(&client, &server).await;
    let info = server.unwrap().tls_info().unwrap();
    // RFC 6455 §4.1-11 TEST
    assert_eq!(info.server_name.as_deref(), Some(NAME));
    let [certificate] = &info.peer_certificates[..] else {
        panic!("{info:?}");
    };
    let name = b"alice.example";
    assert!(certificate.windows(name.len()).any(|part| part == name));
    let info = client.unwrap().tls_info().unwrap();
    assert_eq!((info.version, info.is_resumed), ("TLS 1.3", false));
    assert_eq!(info.alpn.as_deref(), Some(&b"http/1.1"[..]));
}

#[test]
fn stream_without_tls_has_nothing_to_tell() {
    let stream = Stream::plain(tokio::io::empty());
    assert!(!stream.is_tls() && stream.tls_info().is_none());
}

/// A task is as large as the largest future that it ever awaits.
#[tokio::test]
async fn futures_of_opening_leave_tasks_small() {
    let (tls, server) = friends();
    let client = || Client::new("wss://example.com/").unwrap();
    let pipe = || tokio::io::duplex(64).0;
    let lens_and_bounds = [
        (size_of_val(&server.accept(pipe())), 64),
        (size_of_val(&tls.connect(NAME, pipe())), 192),
        (size_of_val(&client().connect_over(pipe())), 448),
        (size_of_val(&client().connect()), 448),
        (size_of_val(&sockeye::connect("wss://example.com/")), 768),
    ];
    for (len, len_max) in lens_and_bounds {
        assert!(len <= len_max, "{lens_and_bounds:?}");
    }
}
