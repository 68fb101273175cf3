//! A room as one writes it with tokio-tungstenite: a channel of the runtime that all receive from,
//! and a task for each connection that sends what comes. Owns when everybody was sent everything.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::SinkExt;
use tokio::net::TcpStream;
use tokio::sync::broadcast::{self, Sender};
use tokio::task::yield_now;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

/// As in the examples of such rooms.
const CAPACITY: usize = 100;

/// The room.
#[derive(Debug)]
pub(crate) struct RivalRoom {
    messages: Sender<Message>,
    sent: Arc<AtomicUsize>,
    /// What has to be sent by the time that all is.
    said: usize,
    people: usize,
}

impl RivalRoom {
    /// An empty one.
    pub(crate) fn new() -> Self {
        Self {
            messages: broadcast::channel(CAPACITY).0,
            sent: Arc::default(),
            said: 0,
            people: 0,
        }
    }

    /// Lets somebody in, for as long as the room is there.
    pub(crate) fn enter(&mut self, mut socket: WebSocketStream<TcpStream>) {
        let (mut messages, sent) = (self.messages.subscribe(), Arc::clone(&self.sent));
        self.people += 1;
        tokio::spawn(async move {
            while let Ok(message) = messages.recv().await {
                if socket.send(message).await.is_err() {
                    break;
                }
                sent.fetch_add(1, Ordering::Relaxed);
            }
        });
    }

    /// Says `text` to everybody, `depth` times at once.
    pub(crate) fn say(&mut self, text: &str, depth: usize) {
        for _ in 0..depth {
            // Fails only if nobody is in the room.
            let _ = self.messages.send(Message::text(text));
        }
        self.said += depth * self.people;
    }

    /// Waits until all that was said is written.
    pub(crate) async fn settle(&self) {
        while self.sent.load(Ordering::Relaxed) < self.said {
            yield_now().await;
        }
    }
}
