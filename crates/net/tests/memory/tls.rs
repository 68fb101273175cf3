//! `tls`: what an idle connection owns in TLS, beside one of tokio-rustls without a WebSocket.

use std::io::{Read, Write};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Waker};
use std::thread;

use allocation_counter::measure;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConfig, StreamOwned};
use sockeye::{ServerTls, Stream, WebSocket};
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;
use tokio_rustls::{TlsAcceptor, server};

use crate::gauge::{assert_peak, counted, runtime};
use crate::support::open::REQUEST;

/// The bound: what an idle connection in TLS may own more than tokio-rustls alone.
const EXTRA_LEN_MAX: usize = 1024;

const COUNT: usize = 200;

/// A text "hello", masked with zeros.
const MESSAGE: &[u8] = b"\x81\x85\x00\x00\x00\x00hello";

const REQUEST_AND_MESSAGE: &[&[u8]] = &[REQUEST.as_bytes(), MESSAGE];

struct Certificate {
    pem: String,
    key: String,
}

impl Certificate {
    fn new() -> Self {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        Self {
            pem: made.cert.pem(),
            key: made.signing_key.serialize_pem(),
        }
    }

    fn der(&self) -> CertificateDer<'static> {
        CertificateDer::from_pem_slice(self.pem.as_bytes()).unwrap()
    }
}

/// Clients in a thread that does not count: each says what `first` is, gets an answer, and stays.
/// Dropping what this returns lets them go.
fn start_clients(
    address: std::net::SocketAddr,
    certificate: &Certificate,
    first: &'static [&'static [u8]],
) -> thread::JoinHandle<Vec<StreamOwned<ClientConnection, std::net::TcpStream>>> {
    let mut roots = RootCertStore::empty();
    roots.add(certificate.der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let config = Arc::new(config);
    let client = move || {
        let name = "localhost".try_into().unwrap();
        let session = ClientConnection::new(Arc::clone(&config), name).unwrap();
        let tcp = std::net::TcpStream::connect(address).unwrap();
        let mut stream = StreamOwned::new(session, tcp);
        for bytes in first {
            stream.write_all(bytes).unwrap();
            let _ = stream.read(&mut [0; 1024]).unwrap();
        }
        stream
    };
    thread::spawn(move || (0..COUNT).map(|_| client()).collect())
}

/// Bytes that one connection owns once it is idle, as `open` leaves it.
fn bytes_of_idle<S>(
    certificate: &Certificate,
    first: &'static [&'static [u8]],
    mut open: impl AsyncFnMut(TcpStream) -> S,
) -> usize {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let (listener, clients) = runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        (listener, start_clients(address, certificate, first))
    });
    let mut idle = Vec::with_capacity(COUNT);
    let accept = async {
        // What the thread and the runtime allocate once is no connection's.
        for _ in 0..COUNT / 2 {
            idle.push(open(listener.accept().await.unwrap().0).await);
        }
    };
    runtime.block_on(accept);
    let info = measure(|| {
        runtime.block_on(async {
            for _ in 0..COUNT / 2 {
                idle.push(open(listener.accept().await.unwrap().0).await);
            }
        });
    });
    drop(clients.join().unwrap());
    usize::try_from(info.bytes_current).unwrap() / (COUNT / 2) + size_of::<S>()
}

#[test]
fn idle_connection_in_tls_owns_at_most_1_kib_more_than_tls_alone() {
    let certificate = Certificate::new();
    let key = PrivateKeyDer::from_pem_slice(certificate.key.as_bytes()).unwrap();
    let config =
        ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der()], key)
            .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let bare = bytes_of_idle(
        &certificate,
        &[MESSAGE],
        async |tcp| -> server::TlsStream<TcpStream> {
            let mut stream = acceptor.accept(tcp).await.unwrap();
            let mut buffer = [0; 64];
            let len = stream.read(&mut buffer).await.unwrap();
            stream.write_all(&buffer[..len]).await.unwrap();
            let mut cx = Context::from_waker(Waker::noop());
            assert!(pin!(stream.read(&mut buffer)).poll(&mut cx).is_pending());
            stream
        },
    );

    let (pem, key) = (certificate.pem.as_bytes(), certificate.key.as_bytes());
    let tls = ServerTls::from_pem(pem, key).unwrap();
    let ours = bytes_of_idle(
        &certificate,
        REQUEST_AND_MESSAGE,
        async |tcp| -> WebSocket<Stream> {
            let stream = tls.accept(tcp).await.unwrap();
            let mut ws = sockeye::accept(stream).await.unwrap();
            let message = ws.recv().await.unwrap().unwrap();
            ws.send(message).await.unwrap();
            let mut cx = Context::from_waker(Waker::noop());
            assert!(pin!(ws.recv()).poll(&mut cx).is_pending());
            ws
        },
    );
    println!("TLS alone {bare} B, a WebSocket in it {ours} B");
    assert!(ours <= bare + EXTRA_LEN_MAX, "{ours} > {bare}");
}

/// What a server with TLS holds at most for a client that sends `record`, `count` times, and waits.
fn peak_of_a_client(record: &[u8], count: usize) -> allocation_counter::AllocationInfo {
    let certificate = Certificate::new();
    let (pem, key) = (certificate.pem.as_bytes(), certificate.key.as_bytes());
    let tls = ServerTls::from_pem(pem, key).unwrap();
    let runtime = runtime();
    // The pipe is no part of the server.
    let (mut near, far) = duplex(1024);
    let (outcome, info) = counted(&runtime, async {
        let sending = async {
            for _ in 0..count {
                if near.write_all(record).await.is_err() {
                    break;
                }
            }
            std::future::pending::<()>().await;
        };
        tokio::select! {
            outcome = tls.accept(far) => outcome.map(|_| ()),
            () = sending => Ok(()),
        }
    });
    let error = outcome.unwrap_err();
    assert!(error.is_tls() || error.is_timeout(), "{error:?}");
    info
}

#[test]
fn server_of_a_handshake_message_without_end_holds_at_most_128_kib() {
    // RFC 8446 §4: a ClientHello that announces 16 MiB, in records of 16 KiB; nothing is as long.
    let mut record = vec![22, 3, 1, 0x40, 0];
    record.extend([1, 0xff, 0xff, 0xff]);
    record.resize(5 + 16 * 1024, 0);
    assert_peak(&peak_of_a_client(&record, 100), 128 * 1024);
}

#[test]
fn server_of_a_client_that_falls_silent_in_its_handshake_holds_at_most_16_kib() {
    assert_peak(
        &peak_of_a_client(&[22, 3, 1, 0x40, 0, 1, 0, 0x3f], 1),
        16 * 1024,
    );
}
