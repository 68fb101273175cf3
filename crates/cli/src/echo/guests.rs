//! Who is connected, so that an echo that stops can say goodbye to each. Owns one entry per open
//! connection, written when that begins and ends; no message passes here.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sockeye::{CloseCode, Sender, WebSocket};

/// What the connections of an echo that stops are told.
const REASON: &str = "the server is going down";

/// The open connections. An entry is a few words; a task of its own that waits for the end, or a
/// place in each connection's task, would be paid for by every message.
#[derive(Debug, Default)]
pub(super) struct Guests {
    list: Mutex<List>,
}

#[derive(Debug, Default)]
struct List {
    senders: HashMap<u64, Sender>,
    /// The number of the next one.
    next: u64,
    /// Whether everybody was told, and who comes now is told at once.
    is_over: bool,
}

/// A guest's entry, gone when this is dropped.
#[derive(Debug)]
pub(super) struct Entry {
    guests: Arc<Guests>,
    number: u64,
}

impl Guests {
    /// Enters `ws` for as long as the entry is kept.
    pub(super) fn enter(self: &Arc<Self>, ws: &WebSocket) -> Entry {
        let sender = ws.sender();
        let mut list = self.lock();
        if list.is_over {
            say_goodbye(&sender);
        }
        let number = list.next;
        list.next += 1;
        list.senders.insert(number, sender);
        drop(list);
        Entry {
            guests: Arc::clone(self),
            number,
        }
    }

    /// Closes every connection with 1001, and those that are still to come.
    pub(super) fn say_goodbye(&self) {
        let mut list = self.lock();
        list.is_over = true;
        list.senders.values().for_each(say_goodbye);
    }

    fn lock(&self) -> MutexGuard<'_, List> {
        // Nothing panics under the lock.
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        let sender = self.guests.lock().senders.remove(&self.number);
        // Behind the lock: it may be the last handle, which closes the connection.
        drop(sender);
    }
}

fn say_goodbye(sender: &Sender) {
    // It is a code that may be sent, and closing twice is no error.
    let _ = sender.close(CloseCode::GOING_AWAY, REASON);
}
