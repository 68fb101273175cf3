//! Open connections over TLS: records, halves, large messages, the ends (`courteous`), and time.

use std::io;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use sockeye::limits::{QUEUE_LEN_HIGH, TLS_QUEUE_LEN_MAX};
use sockeye::{Client, CloseCode, Message, Phase, Stream, Timeouts, WebSocket};
use tokio::io::{
    AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, ReadBuf, copy_bidirectional,
    duplex,
};
use tokio::time::Instant;

use super::pair::{NAME, friends};
use crate::support::open::answer_to;
use crate::support::peer::{Peer, tcp_pair};
use crate::support::poll::{poll_and_drop, settle};

/// A pipe that keeps the writes of its owner.
struct Wire {
    pipe: DuplexStream,
    writes: Writes,
}

/// What was written, call by call.
type Writes = Arc<Mutex<Vec<Vec<u8>>>>;

impl Wire {
    fn new(pipe: DuplexStream) -> (Self, Writes) {
        let writes = Writes::default();
        let this = Self {
            pipe,
            writes: Arc::clone(&writes),
        };
        (this, writes)
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.pipe).poll_read(cx, buf)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.pipe).poll_write(cx, bytes);
        if let Poll::Ready(Ok(len)) = written {
            self.writes.lock().unwrap().push(bytes[..len].to_vec());
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.pipe).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.pipe).poll_shutdown(cx)
    }
}

/// What is on its way at most.
const PIPE_LEN: usize = 256 * 1024;

type Ws = WebSocket<Stream<Wire>>;

/// A client and a server that are connected, and the writes of the server.
async fn connected() -> (Ws, Ws, Writes) {
    let (client, server, [_, writes]) = connected_and_written().await;
    (client, server, writes)
}

/// The same with the writes of both, the client's first.
async fn connected_and_written() -> (Ws, Ws, [Writes; 2]) {
    let (client_tls, server_tls) = friends();
    let (near, far) = duplex(PIPE_LEN);
    let ((near, ours), (far, theirs)) = (Wire::new(near), Wire::new(far));
    let client = Client::new(&format!("wss://{NAME}/")).unwrap();
    let client = client.deflate(None).tls(client_tls).connect_over(near);
    let server = async { sockeye::accept(server_tls.accept(far).await?).await };
    let (client, server) = tokio::join!(client, server);
    (client.unwrap(), server.unwrap(), [ours, theirs])
}

/// The types and lengths of the records in `writes`, which must be whole (RFC 8446 §5.1).
fn records(writes: &Writes) -> Vec<(u8, usize)> {
    let bytes = std::mem::take(&mut *writes.lock().unwrap()).concat();
    let mut rest = &bytes[..];
    let mut records = Vec::new();
    while let [kind, 3, _, high, low, after @ ..] = rest {
        let len = usize::from(u16::from_be_bytes([*high, *low]));
        records.push((*kind, len));
        rest = &after[len..];
    }
    assert!(rest.is_empty(), "{rest:?}");
    records
}

#[tokio::test(start_paused = true)]
async fn everything_is_in_tls_from_the_first_byte_to_the_last() {
    // RFC 6455 §4.1-8 §4.1-10 §4.2.2-2 TEST
    let (mut client, mut server, writes) = connected_and_written().await;
    client.send("to the server").await.unwrap();
    let message = server.recv().await.unwrap().unwrap();
    server.send(message).await.unwrap();
    assert!(client.recv().await.unwrap().is_some());
    let closing = async { client.close(CloseCode::NORMAL, "").await.unwrap() };
    let (end, _) = tokio::join!(closing, server.recv());
    assert!(end.was_clean);
    drop((client, server));
    for (side, writes) in writes.iter().enumerate() {
        let records = records(writes);
        // A hello first, then the change of cipher that TLS 1.3 only pretends, then what is secret.
        assert_eq!(records[0].0, 22, "{side}: {records:?}");
        let secret = records.iter().skip_while(|(kind, _)| *kind != 23);
        assert!(secret.clone().count() >= 4, "{side}: {records:?}");
        assert!(
            secret.clone().all(|(kind, _)| *kind == 23),
            "{side}: {records:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn replies_to_the_messages_of_one_read_are_one_record_in_one_write() {
    let (mut client, mut server, writes) = connected().await;
    for _ in 0..16 {
        client.feed("a message").await.unwrap();
    }
    client.flush().await.unwrap();
    writes.lock().unwrap().clear();
    for _ in 0..16 {
        let message = server.recv().await.unwrap().unwrap();
        server.send(message).await.unwrap();
    }
    assert_eq!(writes.lock().unwrap().len(), 1);
    assert_eq!(records(&writes).len(), 1);
    for _ in 0..16 {
        let message = client.recv().await.unwrap().unwrap();
        assert_eq!(message.as_text(), Some("a message"));
    }
}

#[tokio::test(start_paused = true)]
async fn large_messages_pass_whole_in_both_directions_at_the_same_time() {
    let (client, server, _) = connected().await;
    let bytes: Vec<u8> = (0..=250).cycle().take(3_000_000).collect();
    let pass = |ws: Ws| {
        let bytes = bytes.clone();
        async move {
            let (sender, mut receiver) = ws.split();
            let sending = async {
                sender.send(bytes.clone()).await.unwrap();
                sender.flush().await.unwrap();
            };
            let (message, ()) = tokio::join!(receiver.recv(), sending);
            assert!(message.unwrap() == Some(Message::from(bytes.clone())));
            (sender, receiver)
        }
    };
    let (_client, _server) = tokio::join!(pass(client), pass(server));
}

#[tokio::test(start_paused = true)]
async fn sender_whose_peer_never_reads_waits_and_keeps_what_the_limits_say() {
    let (_client, mut server, _) = connected().await;
    let mut sent = 0;
    while poll_and_drop(server.send(vec![7; 10_000]), 1)
        .await
        .is_some()
    {
        sent += 10_000;
    }
    assert!(server.buffered_amount() >= QUEUE_LEN_HIGH);
    let most = PIPE_LEN + TLS_QUEUE_LEN_MAX + QUEUE_LEN_HIGH + 10_000;
    assert!((PIPE_LEN..=most).contains(&sent), "{sent}");
    // What TLS has taken and TCP has not is not flushed.
    assert!(poll_and_drop(server.flush(), 3).await.is_none());
}

/// A pipe that gives and takes a few bytes at a time, and asks for patience in between.
struct Trickle {
    pipe: DuplexStream,
    step: usize,
    is_patience_due: bool,
}

impl Trickle {
    fn new(pipe: DuplexStream, step: usize) -> Self {
        Self {
            pipe,
            step,
            is_patience_due: false,
        }
    }

    /// Every second call is to come again.
    fn poll_patience(&mut self, cx: &Context<'_>) -> Poll<()> {
        self.is_patience_due = !self.is_patience_due;
        if self.is_patience_due {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(())
    }
}

impl AsyncRead for Trickle {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        ready!(self.poll_patience(cx));
        let mut few = buf.take(self.step);
        ready!(Pin::new(&mut self.pipe).poll_read(cx, &mut few))?;
        let len = few.filled().len();
        buf.advance(len);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Trickle {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_patience(cx));
        let len = bytes.len().min(self.step);
        Pin::new(&mut self.pipe).poll_write(cx, &bytes[..len])
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_patience(cx));
        Pin::new(&mut self.pipe).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_patience(cx));
        Pin::new(&mut self.pipe).poll_shutdown(cx)
    }
}

#[tokio::test(start_paused = true)]
async fn messages_pass_whole_through_a_transport_that_takes_a_few_bytes_at_a_time() {
    let (client_tls, server_tls) = friends();
    for step in [1, 7, 1000] {
        let (near, far) = duplex(4096);
        let (near, far) = (Trickle::new(near, step), Trickle::new(far, step));
        let client = Client::new(&format!("wss://{NAME}/")).unwrap();
        let client = client.tls(client_tls.clone()).connect_over(near);
        let server = async { sockeye::accept(server_tls.accept(far).await?).await };
        let (client, server) = tokio::join!(client, server);
        let (mut client, mut server) = (client.unwrap(), server.unwrap());
        let echo = tokio::spawn(async move {
            while let Some(message) = server.recv().await? {
                server.send(message).await?;
            }
            sockeye::Result::Ok(())
        });
        for len in [0, 1, 100, 5_000] {
            let message = Message::from((0..=250).cycle().take(len).collect::<Vec<u8>>());
            client.send(message.clone()).await.unwrap();
            assert_eq!(client.recv().await.unwrap(), Some(message));
        }
        let end = client.close(CloseCode::NORMAL, "").await.unwrap();
        assert!(end.was_clean, "{end}");
        echo.await.unwrap().unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn senders_in_several_tasks_never_mix_their_messages() {
    let (client, mut server, _) = connected().await;
    let (sender, receiver) = client.split();
    let tasks: Vec<_> = (0..4u8)
        .map(|number| {
            let sender = sender.clone();
            tokio::spawn(async move {
                for _ in 0..50 {
                    sender.send(vec![number; 10_000]).await.unwrap();
                }
            })
        })
        .collect();
    for _ in 0..200 {
        let message = server.recv().await.unwrap().unwrap();
        let payload = message.payload();
        assert_eq!(payload.len(), 10_000);
        assert!(payload.iter().all(|byte| *byte == payload[0]));
    }
    for task in tasks {
        task.await.unwrap();
    }
    drop(receiver);
}

#[tokio::test(start_paused = true)]
async fn close_is_clean_on_both_sides_and_says_goodbye_in_tls_as_well() {
    // RFC 8446 §6.1: each side sends close_notify before it ends its side.
    let (mut client, mut server, _) = connected().await;
    let closing = async { client.close(CloseCode::NORMAL, "bye").await.unwrap() };
    let (end, received) = tokio::join!(closing, server.recv());
    assert!(end.was_clean);
    assert!(received.unwrap().is_none());
    let end = server.close_event().unwrap();
    assert!(end.was_clean && &*end.reason == "bye", "{end}");
}

/// What carries bytes between a client and a server, until it is aborted.
type Relay = tokio::task::JoinHandle<io::Result<(u64, u64)>>;

/// A client, and the stream of a server that made the opening handshake by hand.
async fn client_of_a_stream() -> (WebSocket<Stream<DuplexStream>>, Stream<DuplexStream>, Relay) {
    let (client_tls, server_tls) = friends();
    let ((near, mut near_end), (far, mut far_end)) = (duplex(64 * 1024), duplex(64 * 1024));
    let relay = tokio::spawn(async move { copy_bidirectional(&mut near_end, &mut far_end).await });
    let client = Client::new(&format!("wss://{NAME}/")).unwrap();
    let client = client.tls(client_tls).connect_over(near);
    let server = async {
        let mut peer = Peer::new(server_tls.accept(far).await.unwrap());
        let request = peer.head().await;
        peer.send(answer_to(&request, "").as_bytes()).await;
        peer.stream
    };
    let (client, stream) = tokio::join!(client, server);
    (client.unwrap(), stream, relay)
}

#[tokio::test(start_paused = true)]
async fn end_of_the_transport_without_a_close_is_a_loss_with_or_without_close_notify() {
    // RFC 8446 §6.1: without close_notify anybody on the way may have cut the stream.
    let (mut client, _server, relay) = client_of_a_stream().await;
    relay.abort();
    let error = client.recv().await.unwrap_err();
    assert!(error.is_lost() && !error.is_tls(), "{error:?}");
    let text = std::error::Error::source(&error).unwrap().to_string();
    assert!(text.contains("close_notify"), "{text}");

    let (mut client, mut server, _) = client_of_a_stream().await;
    server.shutdown().await.unwrap();
    let error = client.recv().await.unwrap_err();
    assert!(error.is_lost() && !error.is_tls(), "{error:?}");
    assert!(std::error::Error::source(&error).is_none(), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn connection_that_ends_says_so_in_tls_whoever_ends_it_and_how() {
    // RFC 8446 §6.1: close_notify comes before the end of the transport. Without it reading
    // to the end fails.
    let mut rest = Vec::new();
    let (mut client, mut server, _) = client_of_a_stream().await;
    let closing = tokio::spawn(async move { client.close(CloseCode::NORMAL, "").await.unwrap() });
    let mut close = [0; 8];
    server.read_exact(&mut close).await.unwrap();
    assert_eq!(close[..2], [0x88, 0x82]);
    server.write_all(&[0x88, 2, 0x03, 0xe8]).await.unwrap();
    server.shutdown().await.unwrap();
    assert!(closing.await.unwrap().was_clean);
    server.read_to_end(&mut rest).await.unwrap();
    assert!(rest.is_empty());

    // Dropped: the goodbye comes, and as the server says nothing the connection is given up.
    let (client, mut server, _) = client_of_a_stream().await;
    drop(client);
    server.read_to_end(&mut rest).await.unwrap();
    assert_eq!(rest[..2], [0x88, 0x82]);

    // Failed by a frame that is masked.
    let (mut client, mut server, _) = client_of_a_stream().await;
    server.write_all(&[0x81, 0x80, 0, 0, 0, 0]).await.unwrap();
    assert!(client.recv().await.unwrap_err().is_peer_fault());
    drop(client);
    rest.clear();
    server.read_to_end(&mut rest).await.unwrap();
    assert_eq!(rest[0], 0x88);
}

#[tokio::test(start_paused = true)]
async fn each_phase_has_its_own_time_and_names_itself() {
    let (client_tls, server_tls) = friends();
    let mut timeouts = Timeouts::default();
    timeouts.connect = Duration::from_secs(1);
    timeouts.tls = Duration::from_secs(2);
    timeouts.handshake = Duration::from_secs(3);
    let client = Client::new(&format!("wss://{NAME}/")).unwrap();
    let client = client.tls(client_tls).timeouts(timeouts);

    let start = Instant::now();
    let never = |_| std::future::pending::<io::Result<DuplexStream>>();
    let error = client.clone().connect_with(never).await.unwrap_err();
    assert_eq!(error.timeout_phase(), Some(Phase::Connect));
    assert_eq!(start.elapsed(), timeouts.connect);

    let (start, (near, _far)) = (Instant::now(), duplex(64 * 1024));
    let error = client.clone().connect_over(near).await.unwrap_err();
    assert_eq!(error.timeout_phase(), Some(Phase::Tls));
    assert_eq!(error.to_string(), "the TLS handshake took too long");
    assert_eq!(start.elapsed(), timeouts.tls);

    let (start, (near, far)) = (Instant::now(), duplex(64 * 1024));
    let (error, _silent) = tokio::join!(client.connect_over(near), server_tls.accept(far));
    assert_eq!(error.unwrap_err().timeout_phase(), Some(Phase::Handshake));
    assert_eq!(start.elapsed(), timeouts.handshake);
}

#[tokio::test(start_paused = true)]
async fn server_waits_for_a_clients_tls_as_long_as_it_was_told() {
    let (_, server_tls) = friends();
    let (start, (_near, far)) = (Instant::now(), duplex(1024));
    let wait = Duration::from_secs(4);
    let error = server_tls.timeout(wait).accept(far).await.unwrap_err();
    assert_eq!(error.timeout_phase(), Some(Phase::Tls));
    assert_eq!(start.elapsed(), wait);
}

#[tokio::test]
async fn connect_dropped_at_any_point_drops_the_transport_and_harms_nobody() {
    let (client_tls, server_tls) = friends();
    let client = Client::new(&format!("wss://{NAME}/"))
        .unwrap()
        .tls(client_tls);
    for polls in 0.. {
        let (near, far) = duplex(256);
        let server_tls = server_tls.clone();
        let server = tokio::spawn(async move {
            let mut ws = sockeye::accept(server_tls.accept(far).await?).await?;
            ws.recv().await
        });
        let connecting = client.clone().connect_over(near);
        let done = poll_and_drop(connecting, polls).await.is_some();
        settle().await;
        if done {
            // Dropped with a goodbye, as every connection.
            assert!(server.await.unwrap().unwrap().is_none());
            break;
        }
        // The server learns it from the end of its transport.
        assert!(server.await.unwrap().is_err());
    }
    let mut ready = pin!(client.connect_with(|_| std::future::pending::<io::Result<Wire>>()));
    assert!(futures_poll(ready.as_mut()).await.is_pending());
}

/// Polls once.
async fn futures_poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    crate::support::poll::poll_once(future).await
}

#[tokio::test]
async fn server_aborted_over_tls_resets_the_connection_below() {
    let (client, server) = friends();
    let (accepted, connected) = tcp_pair().await;
    let serving = async { sockeye::accept(server.accept(accepted).await.unwrap()).await };
    let opening = Client::new(&format!("wss://{NAME}/")).unwrap().tls(client);
    let (served, opened) = tokio::join!(serving, opening.connect_over(connected));
    served.unwrap().abort();
    let error = opened.unwrap().recv().await.unwrap_err();
    let source = std::error::Error::source(&error).unwrap();
    let source = source.downcast_ref::<io::Error>().unwrap();
    assert_eq!(source.kind(), io::ErrorKind::ConnectionReset);
}
