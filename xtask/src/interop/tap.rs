//! A TCP proxy that reads along: what two peers say to each other, whatever either of them shows.
//!
//! It passes every byte on as it comes and keeps, of each connection, the heads of the opening
//! handshake and the headers of the frames (of Close frames the payload as well). So one place
//! can tell whether an extension was agreed to and used, for all peers alike.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::interop::frames::{Frame, Reader};

/// How long a connection may go on after the client program has ended.
const END_LIMIT: Duration = Duration::from_secs(10);

/// What was said on one connection.
#[derive(Debug, Default)]
pub(crate) struct Conversation {
    /// The request's head, as sent.
    pub(crate) request: String,
    /// The response's head, as sent.
    pub(crate) response: String,
    pub(crate) from_client: Vec<Frame>,
    pub(crate) from_server: Vec<Frame>,
}

/// A proxy in front of one server.
#[derive(Debug)]
pub(crate) struct Tap {
    address: SocketAddr,
    stopping: Arc<AtomicBool>,
    acceptor: thread::JoinHandle<usize>,
    ended: mpsc::Receiver<Conversation>,
}

impl Tap {
    /// Starts a proxy in front of the server at `target`.
    pub(crate) fn start(target: &str) -> Result<Self, String> {
        let failed = |error: std::io::Error| format!("cannot start the proxy: {error}");
        let listener = TcpListener::bind("127.0.0.1:0").map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let stopping = Arc::new(AtomicBool::new(false));
        let (end, ended) = mpsc::channel();
        let (target, stop) = (target.to_owned(), Arc::clone(&stopping));
        let acceptor = thread::spawn(move || accept(&listener, &target, &stop, &end));
        Ok(Self {
            address,
            stopping,
            acceptor,
            ended,
        })
    }

    /// Where clients connect to.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Accepts no more, waits for the connections to end, and gives what was said on them.
    pub(crate) fn conversations(self) -> Result<Vec<Conversation>, String> {
        self.stopping.store(true, Ordering::SeqCst);
        // One connection more lets the acceptor see the flag.
        let _ = TcpStream::connect(self.address);
        let count = self.acceptor.join();
        let count = count.map_err(|_| "the proxy panicked".to_owned())?;
        let next = |_| {
            self.ended.recv_timeout(END_LIMIT).map_err(|_| {
                format!(
                    "a connection goes on {} s after its client",
                    END_LIMIT.as_secs()
                )
            })
        };
        (0..count).map(next).collect()
    }
}

/// Serves until told to stop; gives how many connections there were.
fn accept(
    listener: &TcpListener,
    target: &str,
    stop: &AtomicBool,
    end: &mpsc::Sender<Conversation>,
) -> usize {
    let mut count = 0;
    for client in listener.incoming() {
        if stop.load(Ordering::SeqCst) {
            break;
        }
        // Without a server the client sees its connection end, which is the truth.
        if let (Ok(client), Ok(server)) = (client, TcpStream::connect(target)) {
            count += 1;
            let end = end.clone();
            thread::spawn(move || {
                // Nobody waits for the conversation any more when this fails.
                let _ = end.send(converse(&client, &server));
            });
        }
    }
    count
}

fn converse(client: &TcpStream, server: &TcpStream) -> Conversation {
    let (to_server, to_client) = thread::scope(|scope| {
        let to_server = scope.spawn(|| pass_on(client, server));
        let to_client = pass_on(server, client);
        (to_server.join().unwrap_or_default(), to_client)
    });
    Conversation {
        request: to_server.head,
        response: to_client.head,
        from_client: to_server.frames,
        from_server: to_client.frames,
    }
}

/// Passes on what `from` says until it ends, and then its end.
fn pass_on(mut from: &TcpStream, mut to: &TcpStream) -> Reader {
    let mut reader = Reader::default();
    let mut chunk = vec![0; 64 * 1024];
    // An error ends a connection like its end does: the peers see the same of each other.
    while let Ok(len @ 1..) = from.read(&mut chunk) {
        let Some(said) = chunk.get(..len) else { break };
        reader.read(said);
        if to.write_all(said).is_err() {
            let _ = from.shutdown(Shutdown::Read);
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
    reader
}

#[cfg(test)]
mod tests {
    use super::Tap;
    use std::io::{Read, Write};
    use std::net::{Shutdown, TcpListener, TcpStream};
    use std::thread;

    #[test]
    fn both_sides_are_passed_on_and_kept() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let target = listener.local_addr().expect("bound").to_string();
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a client");
            let mut request = [0; 18 + 2];
            stream
                .read_exact(&mut request)
                .expect("the request and a frame");
            stream
                .write_all(b"HTTP/1.1 101 OK\r\n\r\n\x81\x01a\x88\x02\x03\xe8")
                .expect("answered");
            request
        });
        let tap = Tap::start(&target).expect("a proxy");
        let mut client = TcpStream::connect(tap.address()).expect("connected");
        client
            .write_all(b"GET / HTTP/1.1\r\n\r\n\x89\x00")
            .expect("sent");
        client.shutdown(Shutdown::Write).expect("no more");
        let mut answer = Vec::new();
        client.read_to_end(&mut answer).expect("the answer");
        assert_eq!(&server.join().expect("served")[18..], b"\x89\x00");
        assert!(answer.ends_with(b"\x03\xe8"));

        let said = tap.conversations().expect("ended");
        assert_eq!(said.len(), 1);
        assert_eq!(said[0].request, "GET / HTTP/1.1\r\n\r\n");
        assert_eq!(said[0].response, "HTTP/1.1 101 OK\r\n\r\n");
        assert_eq!(said[0].from_client.len(), 1);
        assert_eq!(said[0].from_server[1].close_code(), Some(1000));
    }

    #[test]
    fn server_absent_client_sees_the_end() {
        let closed = TcpListener::bind("127.0.0.1:0").expect("a port");
        let target = closed.local_addr().expect("bound").to_string();
        drop(closed);
        let tap = Tap::start(&target).expect("a proxy");
        let mut client = TcpStream::connect(tap.address()).expect("connected");
        assert!(!matches!(client.read(&mut [0; 1]), Ok(1)));
        assert!(tap.conversations().expect("none").is_empty());
    }
}
