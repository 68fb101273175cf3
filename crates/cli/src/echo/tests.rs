//! What half-open handshakes cost others, over real sockets.

use sockeye::{Client, Message, Stream};
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// An echo with room for so many connections that are opening.
async fn start_echo(threads: usize, openings_max: u32) -> SocketAddr {
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let listener = Listener::bind(&Listen::Tcp(any)).await.unwrap();
    let address = listener.place().address().unwrap();
    let echo = Echo {
        threads: NonZeroUsize::new(threads).unwrap(),
        ..Echo::default()
    };
    let slots = Slots::new(u32::MAX, openings_max);
    let crew = Crew::start(&echo, None).unwrap();
    tokio::spawn(async move { crew.serve(Door::new(listener, slots, report)).await });
    address
}

#[tokio::test]
async fn echo_cuts_off_the_oldest_half_open_handshake_for_a_new_connection() {
    for threads in [1, 2] {
        let address = start_echo(threads, 2).await;
        let url = format!("ws://{address}/");
        let mut open = sockeye::connect(&url).await.unwrap();
        open.send("so it is open there, too").await.unwrap();
        assert!(open.recv().await.unwrap().is_some());
        let mut half_open = Vec::new();
        for _ in 0..8 {
            half_open.push(TcpStream::connect(address).await.unwrap());
        }
        // The door is open although nobody of these ever speaks.
        let mut late = sockeye::connect(&url).await.unwrap();
        for ws in [&mut open, &mut late] {
            ws.send("still here").await.unwrap();
            assert_eq!(ws.recv().await.unwrap(), Some(Message::from("still here")));
        }
        let newest = half_open.pop().unwrap();
        for mut stream in half_open {
            assert_eq!(stream.read(&mut [0]).await.unwrap(), 0);
        }
        assert!(newest.try_read(&mut [0]).is_err(), "it has its time");
    }
}

#[tokio::test]
async fn echo_agrees_to_the_first_subprotocol_of_an_offer() {
    let url = format!("ws://{}/", start_echo(1, 1).await);
    let client = Client::new(&url).unwrap();
    let offering = client.clone().protocols(["v2.soap", "chat"]).unwrap();
    let chosen = offering.connect().await.unwrap();
    assert_eq!(chosen.protocol(), Some("v2.soap"));
    assert_eq!(client.connect().await.unwrap().protocol(), None);
}

/// An open connection of a server, and its client.
async fn open() -> (WebSocket, WebSocket) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let client = Client::new(&format!("ws://{address}/")).unwrap();
    let opening = async {
        let (stream, _) = listener.accept().await.unwrap();
        sockeye::accept(Stream::plain(stream)).await.unwrap()
    };
    let (ws, client) = tokio::join!(opening, client.connect());
    (ws, client.unwrap())
}

/// There is one for each open connection, idle or not. Opening needs thousands of bytes; a task
/// that had room for it would be as large, and be moved as often as one is before it runs.
#[tokio::test]
async fn task_of_a_connection_is_its_handle_its_entry_and_the_message_it_sends() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let socket = Socket::Tcp(
        TcpStream::connect(listener.local_addr().unwrap())
            .await
            .unwrap(),
    );
    let service = Arc::new(Service::new(&Echo::default(), None));
    let serving = serve(service, socket, Slots::new(1, 1).take().await);
    assert!(size_of_val(&serving) <= 264, "{}", size_of_val(&serving));
}

/// Fails if a connection that opens while the echo stops is not told, or an entry outlives its
/// connection.
#[tokio::test]
async fn guest_who_comes_late_is_told_at_once_and_one_who_left_is_forgotten() {
    let guests = Arc::new(Guests::default());
    let (mut ws, mut client) = open().await;
    drop(guests.enter(&ws));
    guests.say_goodbye();
    assert!(!ws.sender().is_closed(), "it had left");
    let _entry = guests.enter(&ws);
    assert!(ws.sender().is_closed());
    let (ended, received) = tokio::join!(ws.recv(), client.recv());
    assert_eq!((ended.unwrap(), received.unwrap()), (None, None));
    assert_eq!(
        client.close_event().unwrap().code,
        sockeye::CloseCode::GOING_AWAY
    );
}
