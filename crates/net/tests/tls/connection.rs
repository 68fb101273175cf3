//! Open connections over TLS: records, halves, large messages, the two ways to end, and time.

use std::io;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use sockeye::limits::{QUEUE_LEN_HIGH, TLS_QUEUE_LEN_MAX};
use sockeye::{Client, CloseCode, Message, Phase, Stream, Timeouts, WebSocket};
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf, duplex};
use tokio::time::Instant;

use super::pair::{NAME, friends};
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

/// A client whose server was cut off as `cut` does it, and what it then receives.
async fn after(cut: impl AsyncFnOnce(Stream<DuplexStream>)) -> sockeye::Result<Option<Message>> {
    let (client_tls, server_tls) = friends();
    let (near, far) = duplex(64 * 1024);
    let client = Client::new(&format!("wss://{NAME}/")).unwrap();
    let client = client.tls(client_tls).connect_over(near);
    let server = async {
        use crate::support::open::answer_to;
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let mut stream = server_tls.accept(far).await.unwrap();
        let mut request = vec![0; 4096];
        let len = stream.read(&mut request).await.unwrap();
        let request = String::from_utf8_lossy(&request[..len]).into_owned();
        let answer = answer_to(&request, "");
        stream.write_all(answer.as_bytes()).await.unwrap();
        stream.flush().await.unwrap();
        cut(stream).await;
    };
    let (client, ()) = tokio::join!(client, server);
    client.unwrap().recv().await
}

#[tokio::test(start_paused = true)]
async fn end_of_the_transport_without_a_close_is_a_loss_with_or_without_close_notify() {
    // RFC 8446 §6.1: without close_notify anybody on the way may have cut the stream.
    let error = after(async |stream| drop(stream)).await.unwrap_err();
    assert!(error.is_lost() && !error.is_tls(), "{error:?}");
    let text = std::error::Error::source(&error).unwrap().to_string();
    assert!(text.contains("close_notify"), "{text}");

    let shut = async |mut stream| {
        tokio::io::AsyncWriteExt::shutdown(&mut stream)
            .await
            .unwrap();
    };
    let error = after(shut).await.unwrap_err();
    assert!(error.is_lost() && !error.is_tls(), "{error:?}");
    assert!(std::error::Error::source(&error).is_none(), "{error:?}");
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
