//! A ticker: everyone who is connected gets every tick, framed once and compressed once. A receiver
//! that cannot keep up misses ticks and delays nobody.
//!
//! `cargo run -p sockeye --example broadcast_ticker`, then `sockeye connect ws://127.0.0.1:8080/`
#![expect(clippy::print_stdout, reason = "an example talks to its terminal")]

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sockeye::{
    Acceptor, BroadcastReport, DeflatePolicy, PreparedMessage, Sender, SlowReceiver, accept_tcp,
    broadcast,
};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::interval;

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8080").await?;
    serve(listener, Duration::from_secs(1)).await;
    Ok(())
}

/// Accepts whoever comes, and sends a tick to all of them every `period`.
pub(crate) async fn serve(listener: TcpListener, period: Duration) {
    let acceptor = Arc::new(Acceptor::default().deflate(Some(DeflatePolicy::no_takeover())));
    let room = Arc::new(Room::default());
    let mut ticks = interval(period);
    let report = |error| println!("no connection can be accepted: {error}");
    let mut count = 0;
    loop {
        tokio::select! {
            (stream, _) = accept_tcp(&listener, report) => {
                tokio::spawn(attend(stream, Arc::clone(&acceptor), Arc::clone(&room)));
            }
            _ = ticks.tick() => {
                count += 1;
                let report = room.tell(&format!("tick {count}"));
                if report.skipped > 0 {
                    println!("tick {count}: {} were too slow for it", report.skipped);
                }
            }
        }
    }
}

/// One receiver's life: it joins, and stays until it closes or is lost.
async fn attend(stream: TcpStream, acceptor: Arc<Acceptor>, room: Arc<Room>) {
    let Ok(mut ws) = acceptor.accept(stream).await else {
        return;
    };
    room.join(ws.sender());
    // Nothing is expected of a receiver, but reading is what answers its Pings and its Close.
    while let Ok(Some(_)) = ws.recv().await {}
}

/// Everyone who is connected.
#[derive(Default)]
struct Room {
    members: Mutex<Vec<Sender<TcpStream>>>,
}

impl Room {
    fn join(&self, member: Sender<TcpStream>) {
        self.members().push(member);
    }

    fn tell(&self, text: &str) -> BroadcastReport {
        let tick = PreparedMessage::new(text);
        let mut members = self.members();
        let report = broadcast(&*members, &tick, SlowReceiver::Skip);
        if report.gone > 0 {
            members.retain(|member| !member.is_closed());
        }
        report
    }

    fn members(&self) -> std::sync::MutexGuard<'_, Vec<Sender<TcpStream>>> {
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
