//! What is refused, on which side, and in which words (CVE-2020-15133 and its kind: `wss` to
//! whoever answers).

use std::time::Duration;

use rcgen::date_time_ymd;
use sockeye::limits::REFUSAL_TIMEOUT;
use sockeye::{ClientTls, Error};
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio::time::Instant;

use super::authority::{Authority, Identity};
use super::pair::{NAME, client_tls, friends, server_tls, shake, shake_for};
use crate::support::peer::tcp_pair;
use crate::support::poll::{pass, settle};
use crate::support::words::words;

/// Fails unless `error` is TLS's and says each of `parts`.
#[track_caller]
fn assert_says(error: &Error, parts: &[&str]) {
    assert!(error.is_tls() && !error.is_lost(), "{error:?}");
    assert!(!error.is_timeout() && !error.is_peer_fault(), "{error:?}");
    let words = words(error);
    for part in parts {
        assert!(words.contains(part), "{part:?} is not in {words:?}");
    }
}

#[tokio::test]
async fn client_refuses_a_certificate_for_another_name_and_says_for_which() {
    // RFC 6455 §4.1-9 TEST
    let (client, server) = friends();
    let (client, server) = shake_for("bank.example", &client, &server).await;
    let error = client.unwrap_err();
    assert_says(&error, &["is for another name", "bank.example", NAME]);
    assert!(!error.is_misuse());
    assert_says(&server.unwrap_err(), &["does not accept our certificate"]);
}

#[tokio::test]
async fn client_refuses_a_certificate_that_expired_or_is_not_valid_yet() {
    let authority = Authority::new();
    let expired = authority.issue_with(NAME, |params| params.not_after = date_time_ymd(2001, 1, 1));
    let early = authority.issue_with(NAME, |params| params.not_before = date_time_ymd(3999, 1, 1));
    for (identity, part) in [(expired, "has expired"), (early, "is not valid yet")] {
        let (client, server) = shake(&client_tls(&authority), &server_tls(&identity)).await;
        assert_says(&client.unwrap_err(), &[part]);
        assert!(server.unwrap_err().is_tls());
    }
}

#[tokio::test]
async fn client_refuses_a_certificate_that_is_self_signed_or_of_another_authority() {
    let client = client_tls(&Authority::new());
    for identity in [Identity::self_signed(NAME), Authority::new().issue(NAME)] {
        let (client, server) = shake(&client, &server_tls(&identity)).await;
        assert_says(&client.unwrap_err(), &["self-signed", "not trusted"]);
        assert_says(&server.unwrap_err(), &["does not accept our certificate"]);
    }
}

#[tokio::test]
async fn client_refuses_a_certificate_of_somebody_with_a_trusted_name() {
    let (trusted, forger) = (Authority::named("root"), Authority::named("root"));
    let server = server_tls(&forger.issue(NAME));
    let (client, _) = shake(&client_tls(&trusted), &server).await;
    assert_says(&client.unwrap_err(), &["not signed by the issuer"]);
}

#[tokio::test]
async fn client_of_a_server_that_wants_a_certificate_is_told_so() {
    let authority = Authority::new();
    let server = server_tls(&authority.issue(NAME))
        .require_client_certificates(authority.root.as_bytes())
        .unwrap();
    let (near, far) = duplex(64 * 1024);
    let client = sockeye::Client::new(&format!("wss://{NAME}/"))
        .unwrap()
        .tls(client_tls(&authority));
    let (client, server) = tokio::join!(client.connect_over(near), server.accept(far));
    assert_says(&client.unwrap_err(), &["wants a client certificate"]);
    assert_says(&server.unwrap_err(), &["shows no certificate"]);
}

#[tokio::test]
async fn client_over_tcp_is_told_as_well_though_its_request_is_on_the_way() {
    let authority = Authority::new();
    let server = server_tls(&authority.issue("localhost"))
        .require_client_certificates(authority.root.as_bytes())
        .unwrap();
    for _ in 0..20 {
        let (accepted, connected) = tcp_pair().await;
        let client = sockeye::Client::new("wss://localhost/").unwrap();
        // More than one segment, so that some of it comes after the server has given up.
        let client = client.header("X-Long", &"x".repeat(10_000)).unwrap();
        let client = client.tls(client_tls(&authority)).connect_over(connected);
        let (client, server) = tokio::join!(client, server.accept(accepted));
        assert_says(&client.unwrap_err(), &["wants a client certificate"]);
        assert!(server.unwrap_err().is_tls());
    }
}

#[tokio::test]
async fn server_refuses_a_client_certificate_of_another_authority() {
    let authority = Authority::new();
    let server = server_tls(&authority.issue(NAME))
        .require_client_certificates(authority.root.as_bytes())
        .unwrap();
    let stranger = Authority::new().issue("somebody");
    let client = client_tls(&authority)
        .identity_pem(stranger.certificate.as_bytes(), stranger.key.as_bytes())
        .unwrap();
    let (_, server) = shake(&client, &server).await;
    assert_says(&server.unwrap_err(), &["self-signed", "not trusted"]);
}

#[tokio::test]
async fn client_and_server_say_when_the_other_does_not_speak_tls() {
    let (client, server) = friends();
    let (near, mut far) = duplex(1024);
    let answering = async {
        far.read_u8().await.unwrap();
        far.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .await
            .unwrap();
        far
    };
    let (outcome, _far) = tokio::join!(client.connect(NAME, near), answering);
    assert_says(&outcome.unwrap_err(), &["does not speak TLS"]);

    let (mut near, far) = duplex(1024);
    let asking = async {
        near.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            .await
            .unwrap();
        near
    };
    let (outcome, _near) = tokio::join!(server.accept(far), asking);
    assert_says(&outcome.unwrap_err(), &["does not speak TLS"]);
}

#[tokio::test(start_paused = true)]
async fn server_gives_a_client_that_it_refused_a_moment_to_take_the_alert_and_no_more() {
    let (_, server) = friends();
    let (mut near, far) = duplex(1024);
    near.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
    let start = Instant::now();
    assert!(server.accept(far).await.unwrap_err().is_tls());
    assert_eq!(start.elapsed(), Duration::ZERO, "nobody waits for it");
    let mut alert = Vec::new();
    near.read_to_end(&mut alert).await.unwrap();
    near.write_all(b"Host: a\r\n").await.unwrap();
    pass(REFUSAL_TIMEOUT).await;
    settle().await;
    assert!(near.write_all(b"\r\n").await.is_err(), "it is gone");
    // RFC 8446 §6: an alert, and a fatal one.
    assert_eq!((alert[0], alert[5]), (21, 2), "{alert:?}");
}

#[tokio::test]
async fn peer_that_leaves_during_the_handshake_is_a_loss_and_not_tls() {
    let (client, server) = friends();
    let (near, far) = duplex(1024);
    drop(far);
    let error = client.connect(NAME, near).await.unwrap_err();
    assert!(error.is_lost() && !error.is_tls(), "{error:?}");
    let (near, far) = duplex(1024);
    drop(near);
    let error = server.accept(far).await.unwrap_err();
    assert!(error.is_lost() && !error.is_tls(), "{error:?}");
}

#[tokio::test]
async fn setup_that_cannot_work_is_refused_before_anything_is_sent() {
    let identity = Authority::new().issue(NAME);
    let other = Authority::new().issue(NAME);
    let (certificate, key) = (identity.certificate.as_bytes(), identity.key.as_bytes());
    let server = |certificate: &[u8], key: &[u8]| {
        sockeye::ServerTls::from_pem(certificate, key).unwrap_err()
    };
    let broken = b"-----BEGIN CERTIFICATE-----\n%%%\n-----END CERTIFICATE-----\n";
    let second_broken = [certificate, b"\n", broken].concat();
    let line = identity.certificate.lines().count() + 2;
    let at_line = format!("in the block that begins at line {line}");
    let no_der = b"x\n-----BEGIN CERTIFICATE-----\nYQ==\n-----END CERTIFICATE-----\n";
    for (error, part) in [
        (server(b"", key), "in the PEM of the certificate chain"),
        (
            server(broken, key),
            "the PEM of the certificate chain is damaged",
        ),
        (server(broken, key), "in the block that begins at line 1"),
        (server(&second_broken, key), &*at_line),
        (server(no_der, key), "in the block that begins at line 2"),
        (
            server(certificate, b"-----BEGIN PRIVATE KEY-----\nYQ==\n"),
            "the PEM of the key is damaged",
        ),
        (
            ClientTls::new().roots_pem(no_der).unwrap_err(),
            "in the block that begins at line 2",
        ),
        (
            server(certificate, certificate),
            "no private key in the PEM of the key",
        ),
        (server(certificate, other.key.as_bytes()), "KeyMismatch"),
        (
            ClientTls::new().roots_pem(key).unwrap_err(),
            "no certificate in the PEM of the roots",
        ),
        (
            ClientTls::new().identity_pem(certificate, b"").unwrap_err(),
            "no private key in the PEM of the key",
        ),
    ] {
        assert!(error.is_misuse(), "{error:?}");
        assert_says(&error, &[part]);
    }
    for error in [server(certificate, certificate), server(certificate, b"")] {
        assert!(error.is_private_key(), "{error:?}");
    }
    for error in [server(b"", b""), server(certificate, other.key.as_bytes())] {
        assert!(!error.is_private_key(), "{error:?}");
    }
    let (near, _far) = duplex(1024);
    let error = ClientTls::new().connect("not a host", near).await;
    assert!(error.unwrap_err().is_misuse());
}
