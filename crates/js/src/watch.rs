//! What the sockets of a page do and what its script leaves to nobody, told to who measures it: a
//! load test. Owns the times between what belongs together. Costs a page that nobody watches one
//! branch.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

use sockeye::web::Event;

/// What a socket of a page did, as its script sees it, or the script itself.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Happening {
    /// A script made one: `new WebSocket`.
    Connecting,
    /// It is open, so long after it was made.
    Opened(Duration),
    /// It was closed before it was open, by whomever, or its object was collected before that.
    Failed,
    /// A message was given to `send`.
    Sent,
    /// A `message` event fires. The time is the one since the first `send` of this socket after its
    /// last message; none if nothing was sent since.
    Received(Option<Duration>),
    /// One that was open is closed: whether cleanly.
    Closed(bool),
    /// One that was open: its object was collected, and it closes without a word.
    Dropped,
    /// Nobody caught an exception of the script or of one of its workers.
    Uncaught,
}

/// Hears of each.
pub type Watch = Box<dyn Fn(Happening)>;

/// The sockets that are watched, by number.
pub(crate) struct Watched {
    watch: Watch,
    sockets: RefCell<BTreeMap<u32, Times>>,
}

struct Times {
    made: Duration,
    is_open: bool,
    /// Of the first message without an answer.
    sent: Option<Duration>,
}

impl Watched {
    pub(crate) fn new(watch: Watch) -> Self {
        Self {
            watch,
            sockets: RefCell::default(),
        }
    }

    /// The socket `id` was made `now`.
    pub(crate) fn made(&self, id: u32, now: Duration) {
        let times = Times {
            made: now,
            is_open: false,
            sent: None,
        };
        self.sockets.borrow_mut().insert(id, times);
        (self.watch)(Happening::Connecting);
    }

    /// A message was given to it.
    pub(crate) fn sent(&self, id: u32, now: Duration) {
        if let Some(times) = self.sockets.borrow_mut().get_mut(&id) {
            times.sent.get_or_insert(now);
        }
        (self.watch)(Happening::Sent);
    }

    /// An event fires at it.
    pub(crate) fn fired(&self, id: u32, event: &Event, now: Duration) {
        let mut sockets = self.sockets.borrow_mut();
        let Some(times) = sockets.get_mut(&id) else {
            return;
        };
        let happening = match event {
            Event::Open => {
                times.is_open = true;
                Happening::Opened(now.saturating_sub(times.made))
            }
            Event::Message(_) => {
                let sent = times.sent.take();
                Happening::Received(sent.map(|sent| now.saturating_sub(sent)))
            }
            Event::Close(close) => {
                let is_open = times.is_open;
                sockets.remove(&id);
                if is_open {
                    Happening::Closed(close.was_clean)
                } else {
                    Happening::Failed
                }
            }
            _ => return,
        };
        drop(sockets);
        (self.watch)(happening);
    }

    /// A socket that is watched elsewhere did something, or the script did.
    pub(crate) fn tell(&self, happening: Happening) {
        (self.watch)(happening);
    }

    /// Its object is gone.
    pub(crate) fn collected(&self, id: u32) {
        let times = self.sockets.borrow_mut().remove(&id);
        if let Some(Times { is_open, .. }) = times {
            (self.watch)(if is_open {
                Happening::Dropped
            } else {
                Happening::Failed
            });
        }
    }
}
