//! A chat: the first message of a connection is a name, the others go to everybody. Nobody waits
//! for a slow reader: who is 64 KiB behind is closed with 1013, "try again later".
//!
//! `cargo run -p sockeye --example chat [ADDRESS]`, then `sockeye connect ws://127.0.0.1:8080/`
#![expect(clippy::print_stdout, reason = "a program that says where it listens")]

use std::sync::{Arc, Mutex, PoisonError};

use sockeye::{CloseCode, PreparedMessage, Result, Sender, SlowReceiver, accept_tcp, broadcast};
use tokio::net::{TcpListener, TcpStream};

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let address = std::env::args().nth(1);
    let listener = TcpListener::bind(address.as_deref().unwrap_or("127.0.0.1:8080")).await?;
    println!("ws://{}/", listener.local_addr()?);
    serve(listener).await;
    Ok(())
}

pub(crate) async fn serve(listener: TcpListener) {
    let room = Arc::new(Room::default());
    loop {
        let report = |error| println!("no connection can be accepted: {error}");
        let (stream, _) = accept_tcp(&listener, report).await;
        tokio::spawn(attend(stream, Arc::clone(&room)));
    }
}

async fn attend(stream: TcpStream, room: Arc<Room>) -> Result<()> {
    let mut ws = sockeye::accept(stream).await?;
    let Some(first) = ws.recv().await? else {
        return Ok(());
    };
    let name = first.as_text().unwrap_or("somebody");
    room.members().push(ws.sender());
    room.say(&format!("{name} is here"));
    while let Ok(Some(message)) = ws.recv().await {
        room.say(&format!("{name}: {}", message.as_text().unwrap_or("?")));
    }
    room.say(&format!("{name} is gone"));
    Ok(())
}

/// Who gets what is said.
#[derive(Default)]
struct Room(Mutex<Vec<Sender<TcpStream>>>);

impl Room {
    fn say(&self, text: &str) {
        let mut members = self.members();
        let slow = SlowReceiver::Close(CloseCode::TRY_AGAIN_LATER);
        broadcast(&*members, &PreparedMessage::new(text), slow);
        members.retain(|member| !member.is_closed());
    }

    fn members(&self) -> std::sync::MutexGuard<'_, Vec<Sender<TcpStream>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
