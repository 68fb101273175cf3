//! Models of the write queue for loom: the lock, the queue, those who wait for room, the keeper and
//! the transport's waker, in every order in which threads can take them. What is checked is the
//! code that runs; only its locks are loom's. `cargo xtask models` runs them.
//!
//! Loom finds a wakeup that went missing as a deadlock.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;

use loom::future::block_on;
use loom::model::Builder;
use loom::thread::{self, JoinHandle};
use sockeye_proto::Role;
use sockeye_proto::message::Message;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::*;

/// How often a thread may be interrupted where it does not wait. What was broken on purpose showed
/// with one or two.
const PREEMPTIONS: usize = 3;

/// A server's frame of a message of one byte.
const FRAME_LEN: usize = 3;

/// A transport that takes nothing until it is opened, and knows how much is to come. Its lock is
/// loom's as well: threads are to meet there.
#[derive(Clone)]
struct Valve(Arc<Mutex<State>>);

struct State {
    is_open: bool,
    taken: Vec<u8>,
    /// So many bytes are all.
    len: usize,
    writer: Option<Waker>,
    /// Who waits for all.
    watcher: Option<Waker>,
}

impl Valve {
    fn new(is_open: bool, messages: usize) -> Self {
        Self(Arc::new(Mutex::new(State {
            is_open,
            taken: Vec::new(),
            len: messages * FRAME_LEN,
            writer: None,
            watcher: None,
        })))
    }

    fn open(&self) {
        let writer = {
            let mut state = self.0.lock().unwrap();
            state.is_open = true;
            state.writer.take()
        };
        writer.into_iter().for_each(Waker::wake);
    }

    /// Ready once all arrived.
    fn poll_all(&self, cx: &Context<'_>) -> Poll<()> {
        let mut state = self.0.lock().unwrap();
        if state.taken.len() >= state.len {
            return Poll::Ready(());
        }
        state.watcher = Some(cx.waker().clone());
        Poll::Pending
    }

    /// The payloads that arrived, in order.
    fn payloads(&self) -> Vec<u8> {
        let state = self.0.lock().unwrap();
        let frames = state.taken.chunks(FRAME_LEN);
        let payload = |frame: &[u8]| {
            assert!(matches!(frame, [0x81, 1, _]), "no whole frame: {frame:x?}");
            frame[2]
        };
        frames.map(payload).collect()
    }
}

impl AsyncRead for Valve {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        _: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Poll::Pending
    }
}

impl AsyncWrite for Valve {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let watcher = {
            let mut state = self.0.lock().unwrap();
            if !state.is_open {
                state.writer = Some(cx.waker().clone());
                return Poll::Pending;
            }
            // Two bytes are never a frame, so that turns change within one.
            let len = bytes.len().min(2);
            state.taken.extend_from_slice(&bytes[..len]);
            let is_all = state.taken.len() >= state.len;
            state.watcher.take_if(|_| is_all)
        };
        watcher.into_iter().for_each(Waker::wake);
        Poll::Ready(Ok(bytes.len().min(2)))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

type Queue = Arc<Shared<Valve>>;

/// A connection over `valve` whose queue is full with any message in it.
fn queue(valve: &Valve) -> Queue {
    let connection = Connection::new(Role::Server, Arc::default(), keeper::now());
    let queue = Shared::new(connection, valve.clone(), Vec::new());
    queue.set_marks(QueueMarks::new(0, 1).unwrap());
    queue
}

/// Sends each letter as a message, waiting for room as a task does.
fn send(queue: &Queue, letters: &'static str, cork: Cork) -> JoinHandle<()> {
    let queue = Arc::clone(queue);
    thread::spawn(move || {
        for letter in letters.split("") {
            if !letter.is_empty() {
                block_on(sending(&queue, letter, cork)).unwrap();
            }
        }
    })
}

async fn sending(queue: &Queue, text: &str, cork: Cork) -> Result<()> {
    let (mut message, mut place) = (Some(Message::from(text)), Place::new(queue));
    poll_fn(|cx| queue.poll_send(cx, &mut message, cork, &mut place)).await
}

/// Does as the keeper's task does, until all has arrived.
fn keep(queue: &Queue, valve: &Valve) {
    block_on(poll_fn(|cx| {
        loop {
            if valve.poll_all(cx).is_ready() {
                return Poll::Ready(());
            }
            let now = keeper::now();
            match queue.keeper.due(now, cx) {
                Ok(due) => due.into_iter().for_each(|due| keeper::tend(due, now)),
                // Nothing is due at a time: models take none.
                Err(_) => return Poll::Pending,
            }
        }
    }));
}

fn check(model: impl Fn() + Send + Sync + 'static) {
    let mut builder = Builder::new();
    builder.preemption_bound.get_or_insert(PREEMPTIONS);
    builder.log = std::env::var_os("LOOM_LOG").is_some();
    builder.check(model);
}

#[test]
fn senders_that_wait_for_room_all_get_it_and_their_messages_arrive_once() {
    check(|| {
        let valve = Valve::new(false, 3);
        let queue = queue(&valve);
        let one = send(&queue, "ab", Cork::Auto);
        let other = send(&queue, "c", Cork::Auto);
        valve.open();
        keep(&queue, &valve);
        one.join().unwrap();
        other.join().unwrap();
        let arrived = valve.payloads();
        let place = |letter| arrived.iter().position(|byte| *byte == letter);
        assert_eq!(arrived.len(), 3);
        assert!(place(b'a').unwrap() < place(b'b').unwrap() && place(b'c').is_some());
    });
}

#[test]
fn message_that_was_held_back_goes_out_by_the_keeper_alone() {
    check(|| {
        let valve = Valve::new(true, 2);
        let queue = queue(&valve);
        let one = send(&queue, "a", Cork::Hold);
        let other = send(&queue, "b", Cork::Hold);
        keep(&queue, &valve);
        one.join().unwrap();
        other.join().unwrap();
        let mut arrived = valve.payloads();
        arrived.sort_unstable();
        assert_eq!(arrived, b"ab");
    });
}

#[test]
fn sender_goes_on_when_another_gives_up_its_place() {
    check(|| {
        let valve = Valve::new(false, 2);
        let queue = queue(&valve);
        block_on(sending(&queue, "a", Cork::Auto)).unwrap();
        let kept = send(&queue, "b", Cork::Auto);
        let other = Arc::clone(&queue);
        let dropped = thread::spawn(move || {
            block_on(async {
                let mut place = Place::new(&other);
                // Once, as who loses a race.
                poll_fn(|cx| Poll::Ready(other.poll_room(cx, &mut place))).await
            })
        });
        valve.open();
        keep(&queue, &valve);
        kept.join().unwrap();
        let _: Poll<()> = dropped.join().unwrap();
        assert_eq!(valve.payloads(), b"ab");
    });
}

#[test]
fn sender_that_waits_learns_at_once_that_the_connection_is_closed() {
    check(|| {
        let valve = Valve::new(false, 1);
        let queue = queue(&valve);
        block_on(sending(&queue, "a", Cork::Auto)).unwrap();
        let other = Arc::clone(&queue);
        let waiting = thread::spawn(move || block_on(sending(&other, "b", Cork::Auto)));
        // The valve stays shut: nobody but the Close itself wakes who waits.
        queue
            .start_close(CloseFrame::new(None, "").unwrap())
            .unwrap();
        assert!(waiting.join().unwrap().unwrap_err().is_closed());
    });
}

#[test]
fn flush_ends_when_the_last_byte_is_taken() {
    check(|| {
        let valve = Valve::new(false, 1);
        let queue = queue(&valve);
        block_on(sending(&queue, "a", Cork::Hold)).unwrap();
        let other = Arc::clone(&queue);
        let flushing = thread::spawn(move || {
            let mut place = Place::new(&other);
            block_on(poll_fn(|cx| other.poll_flush(cx, &mut place)))
        });
        valve.open();
        keep(&queue, &valve);
        flushing.join().unwrap().unwrap();
        assert_eq!(valve.payloads(), b"a");
    });
}
