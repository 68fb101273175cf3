//! A client and a server that make a TLS handshake over a pipe in memory, and what became of it.

use sockeye::{ClientTls, ServerTls, Stream};
use tokio::io::{DuplexStream, duplex};

use super::authority::{Authority, Identity};

/// The name that servers have here.
pub(crate) const NAME: &str = "chat.example";

/// A server's TLS with `identity`.
pub(crate) fn server_tls(identity: &Identity) -> ServerTls {
    ServerTls::from_pem(identity.certificate.as_bytes(), identity.key.as_bytes()).unwrap()
}

/// A client's TLS that trusts `authority` alone.
pub(crate) fn client_tls(authority: &Authority) -> ClientTls {
    ClientTls::new()
        .roots_pem(authority.root.as_bytes())
        .unwrap()
}

/// A client and a server that get along.
pub(crate) fn friends() -> (ClientTls, ServerTls) {
    let authority = Authority::new();
    let server = server_tls(&authority.issue(NAME));
    (client_tls(&authority), server)
}

/// The TLS handshake for [`NAME`], from both ends: the client's result first.
pub(crate) async fn shake(
    client: &ClientTls,
    server: &ServerTls,
) -> (
    sockeye::Result<Stream<DuplexStream>>,
    sockeye::Result<Stream<DuplexStream>>,
) {
    shake_for(NAME, client, server).await
}

/// The same for another host.
pub(crate) async fn shake_for(
    host: &str,
    client: &ClientTls,
    server: &ServerTls,
) -> (
    sockeye::Result<Stream<DuplexStream>>,
    sockeye::Result<Stream<DuplexStream>>,
) {
    let (near, far) = duplex(64 * 1024);
    tokio::join!(client.connect(host, near), server.accept(far))
}
