//! Servers that do not keep to the protocol: whatever they send, a page hears of it as of any
//! connection that fails, goes on, and takes no more memory than its bounds say.

use sockeye_js::Outcome;
use sockeye_proto::handshake::{Key, accept_for};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::support::run;

/// What a server that agrees answers, with `ACCEPT` where the answer to the key belongs.
const AGREED: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
                      Connection: Upgrade\r\nSec-WebSocket-Accept: ACCEPT\r\n\r\n";

/// Answers one client after the other with these bytes, so many times, and then reads what comes,
/// or leaves.
async fn server(answer: Vec<u8>, times: usize, stays: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (tcp, _) = listener.accept().await.unwrap();
            // A client that has had enough leaves in the middle.
            let _ = serve(tcp, &answer, times, stays).await;
        }
    });
    url
}

async fn serve(
    mut tcp: TcpStream,
    answer: &[u8],
    times: usize,
    stays: bool,
) -> std::io::Result<()> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        request.push(tcp.read_u8().await?);
    }
    let request = String::from_utf8(request).unwrap();
    let key = request
        .lines()
        .find_map(|line| line.strip_prefix("Sec-WebSocket-Key: "));
    let key = Key::parse(key.unwrap().as_bytes()).unwrap();
    let mark = b"ACCEPT";
    match answer.windows(mark.len()).position(|part| part == mark) {
        Some(at) => {
            tcp.write_all(&answer[..at]).await?;
            tcp.write_all(accept_for(&key).as_bytes()).await?;
            tcp.write_all(&answer[at + mark.len()..]).await?;
        }
        None => tcp.write_all(answer).await?,
    }
    for _ in 1..times {
        tcp.write_all(answer).await?;
    }
    if stays {
        // Up to the client's Close, or its end: a client waits for the server to hang up.
        let mut read = Vec::new();
        while !ends_with_close(&read) && tcp.read_buf(&mut read).await? > 0 {}
    }
    Ok(())
}

/// Whether the last frame of a client is a Close, without or with a code.
fn ends_with_close(read: &[u8]) -> bool {
    let ends = |len: usize, second: u8| {
        let frame = read.len().checked_sub(len).map(|at| &read[at..]);
        frame.is_some_and(|frame| frame.starts_with(&[0x88, 0x80 | second]))
    };
    ends(6, 0) || ends(8, 2)
}

/// The page's lines of one connection to `url`, without why it failed.
async fn events(url: &str) -> Vec<String> {
    let script = format!(
        "const ws = new WebSocket('{url}', ['chat']);
         for (const type of ['open', 'message', 'error', 'close']) {{
             ws.addEventListener(type, (event) => {{
                 const is = type === 'close' ? ` ${{event.code}} ${{event.wasClean}}` : '';
                 console.log(type + is, ws.readyState);
             }});
         }}"
    );
    let (outcome, lines) = run(&script).await;
    assert_eq!(outcome, Outcome::Finished, "{lines:?}");
    let (why, events): (Vec<_>, _) = lines
        .into_iter()
        .partition(|line| line.starts_with("WebSocket: "));
    assert!(why.len() <= 1, "{why:?}");
    // Who wrote the page is told, and nobody else.
    assert_eq!(
        why.len(),
        events
            .iter()
            .filter(|line| line.starts_with("error"))
            .count()
    );
    events
}

/// A page would take a stranger for a WebSocket server, or never hear that there is none.
#[tokio::test]
async fn bad_handshake_is_error_and_close() {
    let line = "HTTP/1.1 101 Switching Protocols";
    for (from, to) in [
        (line, "HTTP/1.1 200 OK"),
        (line, "HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1:9/"),
        (line, "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic"),
        (line, "HTTP/1.1 404 Not Found"),
        (line, "HTTP/1.1 500 Internal Server Error"),
        (line, "HTTP/1.0 101 Switching Protocols"),
        (line, "HTTP/1.1 101"),
        (line, "SSH-2.0-OpenSSH_9.2"),
        ("Upgrade: websocket", "Upgrade: h2c"),
        ("Upgrade: websocket\r\n", ""),
        ("Connection: Upgrade", "Connection: close"),
        ("Connection: Upgrade\r\n", ""),
        ("ACCEPT", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
        ("ACCEPT", ""),
        ("Sec-WebSocket-Accept: ACCEPT\r\n", ""),
        (
            "Upgrade: websocket",
            "Upgrade: websocket\r\nSec-WebSocket-Protocol: other",
        ),
        (
            "Upgrade: websocket",
            "Upgrade: websocket\r\nSec-WebSocket-Protocol: chat, chat",
        ),
        (
            "Upgrade: websocket",
            "Upgrade: websocket\r\nSec-WebSocket-Extensions: mux",
        ),
        (
            "Upgrade: websocket",
            "Upgrade: websocket\r\n\
             Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=99",
        ),
        ("Upgrade: websocket", "Upgrade : websocket"),
        ("Upgrade: websocket", "Upgrade: websocket\r\n folded"),
        ("Upgrade: websocket", "Upgrade: websocket\r\nno colon"),
        ("Upgrade: websocket", "Upgrade: websocket\r\nA: \0"),
        ("Upgrade: websocket\r\n", "Upgrade: websocket\n"),
    ] {
        assert!(AGREED.contains(from));
        for stays in [true, false] {
            let answer = AGREED.replacen(from, to, 1);
            let url = server(answer.into_bytes(), 1, stays).await;
            let seen = events(&url).await;
            // A lone line feed may be taken for the end of a line (RFC 9112, section 2.2).
            let is_taken = to.ends_with("websocket\n") && seen[0].starts_with("open");
            if !is_taken {
                assert_eq!(seen, ["error 3", "close 1006 false 3"], "{to:?}");
            }
        }
    }
}

/// A page would wait for ever, or take memory without end, for a head that does not end.
#[tokio::test]
async fn head_without_an_end_is_error_and_close() {
    for (answer, times) in [
        (String::new(), 1),
        ("HTTP/1.1 101 Switching Proto".to_owned(), 1),
        ("H".repeat(1 << 20), 64),
        (format!("HTTP/1.1 101 A\r\nA: {}", "a".repeat(1 << 20)), 64),
        (
            "HTTP/1.1 101 A\r\n".to_owned() + &"A: b\r\n".repeat(100_000),
            8,
        ),
        (
            "HTTP/1.1 404 A\r\nContent-Length: 9999999999\r\n\r\n".to_owned(),
            1 << 16,
        ),
    ] {
        // Those that say less than a head only fail by leaving.
        let stays = times > 1;
        let url = server(answer.into_bytes(), times, stays).await;
        assert_eq!(events(&url).await, ["error 3", "close 1006 false 3"]);
    }
}

/// A page would take what no server may send, or not hear that the connection is over.
#[tokio::test]
async fn bad_frames_fail_the_connection() {
    let long = |head: &[u8]| [head, &b"a".repeat(1 << 16)].concat();
    for frames in [
        // Reserved bits, opcodes, lengths.
        vec![0xc1, 0],
        vec![0x83, 0],
        vec![0x8b, 0],
        vec![0x81, 126, 0, 1, b'a'],
        vec![0x81, 127, 0x80, 0, 0, 0, 0, 0, 0, 0],
        // Masked, as only clients mask.
        vec![0x81, 0x81, 0, 0, 0, 0, b'a'],
        // Control frames in pieces or too long; pieces out of order.
        vec![0x09, 0],
        vec![0x89, 126, 0, 126],
        vec![0x80, 0],
        vec![0x01, 0, 0x81, 0],
        // Text that is none.
        vec![0x81, 2, 0xc3, 0x28],
        vec![0x88, 4, 3, 0xe8, 0xc3, 0x28],
        // Close codes that nobody may send.
        vec![0x88, 1, 3],
        vec![0x88, 2, 3, 0xed],
        vec![0x88, 2, 3, 0xee],
        // A message of 1 GiB, announced in one frame or coming in many.
        long(&[0x82, 127, 0, 0, 0, 0, 0x40, 0, 0, 0]),
        // It ends in the middle of a frame.
        vec![0x81, 5, b'a'],
    ] {
        let answer = [AGREED.as_bytes(), &frames].concat();
        let protocol = b"Sec-WebSocket-Protocol: chat\r\n\r\n";
        let at = AGREED.len() - 2;
        let answer = [&answer[..at], protocol, &answer[at + 2..]].concat();
        for stays in [true, false] {
            // A frame that never ends only fails by the end of the connection.
            if stays && frames == [0x81, 5, b'a'] {
                continue;
            }
            let url = server(answer.clone(), 1, stays).await;
            let mut seen = events(&url).await;
            assert_eq!(seen.remove(0), "open 1");
            assert_eq!(
                seen,
                ["error 3", "close 1006 false 3"],
                "{:?}",
                &frames[..2]
            );
        }
    }
}

/// One server could take all memory with messages that the page does not even look at.
#[tokio::test]
async fn flood_ends_with_the_page_that_has_enough() {
    let mut frames = AGREED.as_bytes().to_vec();
    let at = frames.len() - 2;
    frames.splice(at..at, *b"Sec-WebSocket-Protocol: chat\r\n");
    frames.extend([0x81, 1, b'a'].repeat(100_000));
    frames.extend([0x89, 0].repeat(100_000));
    let url = server(frames, 1, true).await;
    let script = format!(
        "const ws = new WebSocket('{url}', 'chat');
         let count = 0;
         ws.onmessage = () => {{ count += 1; if (count === 50000) ws.close(); }};
         setTimeout(() => {{ console.log('a timer has its turn', count < 100000); }}, 1);
         ws.onclose = (event) => console.log(count, event.wasClean);"
    );
    let (outcome, lines) = run(&script).await;
    assert_eq!(outcome, Outcome::Finished, "{lines:?}");
    assert_eq!(lines[0], "a timer has its turn true");
    assert!(
        lines.iter().any(|line| line.starts_with("50000 ")),
        "{lines:?}"
    );
}

/// A listener that fails would keep the message, or the end, from all others.
#[tokio::test]
async fn exception_in_one_listener_keeps_nothing_from_others() {
    let mut frames = AGREED.as_bytes().to_vec();
    let at = frames.len() - 2;
    frames.splice(at..at, *b"Sec-WebSocket-Protocol: chat\r\n");
    frames.extend([0x81, 1, b'a', 0x81, 1, b'b', 0x88, 2, 3, 0xe8]);
    let url = server(frames, 1, true).await;
    let script = format!(
        "const ws = new WebSocket('{url}', 'chat');
         for (const type of ['open', 'message', 'close']) {{
             ws.addEventListener(type, {{ handleEvent: 'no function' }});
             ws.addEventListener(type, () => {{ throw type; }});
             ws.addEventListener(type, () => {{ null.x; }});
             ws.addEventListener(type, async () => {{ await null; throw new Error(type); }});
             ws.addEventListener(type, (event) => console.log('heard', event.data ?? type));
         }}"
    );
    let (outcome, lines) = run(&script).await;
    assert_eq!(outcome, Outcome::Failed(16), "{lines:?}");
    let heard: Vec<&String> = lines
        .iter()
        .filter(|line| line.starts_with("heard"))
        .collect();
    assert_eq!(heard, ["heard open", "heard a", "heard b", "heard close"]);
}
