//! Sessions, ALPN and reloading: what one handshake has to do with another.

use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use sockeye::{ClientTls, ServerTls, Stream, TlsInfo};
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio_rustls::{TlsAcceptor, TlsConnector};

use super::authority::{Authority, Identity};
use super::pair::{NAME, client_tls, friends, server_tls, shake};
use crate::support::words::words;

/// Connects, has the server's tickets arrive, and says what was agreed on.
async fn visit(client: &ClientTls, server: &ServerTls) -> TlsInfo {
    let (client, server) = shake(client, server).await;
    let (mut client, mut server) = (client.unwrap(), server.unwrap());
    server.write_all(b"!").await.unwrap();
    server.flush().await.unwrap();
    client.read_u8().await.unwrap();
    let info = client.tls_info().unwrap();
    assert_eq!(server.tls_info().unwrap().is_resumed, info.is_resumed);
    info
}

#[tokio::test]
async fn second_connection_of_a_client_or_its_clone_resumes_the_session() {
    let (client, server) = friends();
    assert!(!visit(&client, &server).await.is_resumed);
    assert!(visit(&client, &server).await.is_resumed);
    assert!(visit(&client.clone(), &server.clone()).await.is_resumed);
}

#[tokio::test]
async fn client_whose_trust_was_changed_resumes_nothing() {
    let (client, server) = friends();
    assert!(!visit(&client, &server).await.is_resumed);
    let careless = client.clone().danger_accept_any_certificate();
    assert!(!visit(&careless, &server).await.is_resumed);
    let stranger = Authority::new();
    let distrustful = careless.roots_pem(stranger.root.as_bytes()).unwrap();
    let (outcome, _) = shake(&distrustful, &server).await;
    assert!(outcome.unwrap_err().is_tls());
    assert!(visit(&client, &server).await.is_resumed);
}

#[tokio::test]
async fn server_that_reloads_shows_the_new_certificate_to_new_connections_only() {
    let authority = Authority::new();
    let (old, new) = (authority.issue(NAME), authority.issue(NAME));
    let server = server_tls(&old);
    let certificate = |stream: &Stream<_>| stream.tls_info().unwrap().peer_certificates.remove(0);
    let (first, first_server) = shake(&client_tls(&authority), &server).await;
    let (first, mut first_server) = (first.unwrap(), first_server.unwrap());

    // A clone, as each listener has one.
    let reloaded = server.clone();
    reloaded
        .reload_pem(new.certificate.as_bytes(), new.key.as_bytes())
        .unwrap();
    let (second, _) = shake(&client_tls(&authority), &server).await;
    let second = second.unwrap();
    assert_eq!(certificate(&first), der(&old));
    assert_eq!(certificate(&second), der(&new));

    // The first goes on.
    first_server.write_all(b"!").await.unwrap();
    first_server.flush().await.unwrap();
    let mut first = first;
    assert_eq!(first.read_u8().await.unwrap(), b'!');

    // What cannot be used changes nothing.
    let error = server.reload_pem(old.certificate.as_bytes(), new.key.as_bytes());
    assert!(error.unwrap_err().is_misuse());
    let (third, _) = shake(&client_tls(&authority), &server).await;
    assert_eq!(certificate(&third.unwrap()), der(&new));
}

fn der(identity: &Identity) -> Vec<u8> {
    let certificate = CertificateDer::from_pem_slice(identity.certificate.as_bytes());
    certificate.unwrap().to_vec()
}

/// A server of somebody else that speaks only `protocols` inside TLS.
fn foreign_server(identity: &Identity, protocols: &[&str]) -> TlsAcceptor {
    let chain = vec![CertificateDer::from_pem_slice(identity.certificate.as_bytes()).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(identity.key.as_bytes()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let protocols = protocols.iter().map(|name| name.as_bytes().to_vec());
    config.alpn_protocols = protocols.collect();
    TlsAcceptor::from(Arc::new(config))
}

/// A client of somebody else that offers `protocols` inside TLS.
fn foreign_client(authority: &Authority, protocols: &[&str]) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(authority.root.as_bytes()).unwrap())
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let protocols = protocols.iter().map(|name| name.as_bytes().to_vec());
    config.alpn_protocols = protocols.collect();
    TlsConnector::from(Arc::new(config))
}

#[tokio::test]
async fn client_offers_http_1_1_and_nothing_else() {
    let authority = Authority::new();
    let identity = authority.issue(NAME);
    for (spoken, agreed) in [
        (&["h2", "http/1.1"][..], Some(&b"http/1.1"[..])),
        (&["http/1.1"], Some(b"http/1.1")),
        (&[], None),
    ] {
        let (near, far) = duplex(64 * 1024);
        let (client, server) = (client_tls(&authority), foreign_server(&identity, spoken));
        let (client, server) = tokio::join!(client.connect(NAME, near), server.accept(far));
        let info = client.unwrap().tls_info().unwrap();
        assert_eq!(info.alpn.as_deref(), agreed, "{spoken:?}");
        assert_eq!(server.unwrap().get_ref().1.alpn_protocol(), agreed);
    }
    let (near, far) = duplex(64 * 1024);
    let (client, server) = (client_tls(&authority), foreign_server(&identity, &["h2"]));
    let (client, server) = tokio::join!(client.connect(NAME, near), server.accept(far));
    let error = client.unwrap_err();
    assert!(error.is_tls() && words(&error).contains("ALPN"), "{error}");
    assert!(server.is_err());
}

#[tokio::test]
async fn server_agrees_to_http_1_1_and_refuses_who_offers_only_something_else() {
    let authority = Authority::new();
    let server = server_tls(&authority.issue(NAME));
    for (offered, is_accepted) in [
        (&["h2", "http/1.1"][..], true),
        (&[], true),
        (&["h2"], false),
    ] {
        let (near, far) = duplex(64 * 1024);
        let client = foreign_client(&authority, offered);
        let name = ServerName::try_from(NAME).unwrap();
        let (client, accepted) = tokio::join!(client.connect(name, near), server.accept(far));
        assert_eq!(client.is_ok(), is_accepted, "{offered:?}");
        match accepted {
            Ok(stream) => assert_eq!(
                stream.tls_info().unwrap().alpn.is_some(),
                !offered.is_empty()
            ),
            Err(error) => assert!(words(&error).contains("ALPN"), "{error}"),
        }
    }
}
