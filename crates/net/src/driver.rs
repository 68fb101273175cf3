//! The driver: the only code that moves WebSocket bytes. Owns one connection's state machine, its
//! transport and its write queue, behind one lock that is never held across an await. Knows nothing
//! of handles, URLs or HTTP.
//!
//! Whoever has something to do locks the connection and does it: the task in `recv`, the tasks in
//! `send`, and the [keeper](crate::keeper) for what nobody waits for. Writing never depends on
//! which task is polled: where the kernel takes no more, the connection itself is the waker, and
//! the keeper goes on from there.

mod attempt;
mod chunks;
mod ended;
mod flush;
mod fragments;
mod measure;
mod observe;
mod place;
mod read;
mod tend;
mod write;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Instant;

use sockeye_proto::close::{CloseCode, CloseEvent, CloseFrame};
use sockeye_proto::connection::Connection;
use sockeye_proto::fault::{Fault, Misuse};
use sockeye_proto::message::MessageKind;
use sockeye_proto::payload::Payload;

use crate::error::{Error, Result};
use crate::keeper::{self, Keeper, Tended};
use crate::limits::{QUEUE_LEN_HIGH, QUEUE_LEN_LOW};
use crate::marks::QueueMarks;
use crate::observer::Observed;
use crate::outbox::Outbox;
use crate::sync::{AtomicBool, Mutex, MutexGuard};
use crate::telemetry::{self, Telemetry};
use crate::transport::{Transport, peer_addr, reset_when_dropped};
use crate::workbench::Workbench;
use read::Rest;

pub(crate) use attempt::Refused;
pub(crate) use chunks::Begun;
pub(crate) use place::Place;
pub(crate) use write::Cork;

/// One connection, shared by its handles and the keeper.
pub(crate) struct Shared<T> {
    keeper: Arc<Keeper>,
    /// Whether messages of the last read are not delivered yet: then replies may wait for theirs.
    undelivered: AtomicBool,
    /// Whether the reader answers in `recv_with`: then it reads no more while the queue is full.
    /// Changed under the lock alone; here it takes no room.
    replying: AtomicBool,
    core: Mutex<Core<T>>,
}

/// What the lock protects.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own; together they are no state machine"
)]
struct Core<T> {
    connection: Connection,
    /// Gone as soon as nothing more can be read or written.
    transport: Option<T>,
    outbox: Outbox,
    /// The task that waits in `recv`.
    reader: Option<Waker>,
    /// What most connections never need.
    rare: Option<Box<Rare>>,
    /// The deadline that the keeper knows.
    timer_at: Option<Instant>,
    /// Whether the keeper was called and has not come yet.
    called: bool,
    /// Whether the transport was shut down for writing.
    is_shut: bool,
    /// Whether nobody will call `recv` any more.
    is_unread: bool,
    /// Whether the transport has bytes in a buffer of its own that it could not pass on yet.
    is_unflushed: bool,
    /// Whether a full transport took bytes again since the keepalive last looked: then the peer
    /// took some, and lives. What goes into a buffer with room says nothing about the peer.
    has_gone_on: bool,
    /// Whether the peer was silent for too long, unless its bytes lie unread.
    is_suspect: bool,
    /// Whether input ended while output was still on its way.
    is_eof: bool,
    /// Handles that are left: the one that receives, and those that send.
    handles: u32,
    /// The round trip that was measured last.
    latency: Option<measure::Latency>,
    telemetry: Telemetry,
}

/// What most connections never need, and an idle one seldom has.
#[derive(Default)]
struct Rare {
    /// Bytes to be read first: they came with the opening handshake, or the last read held too
    /// much.
    leftover: Vec<u8>,
    /// What the last read left, besides these bytes or without any.
    rest: Rest,
    /// Whether the transport took no more when it was last written to.
    is_blocked: bool,
    /// Tasks that wait for the queue to shrink.
    writers: Vec<Waker>,
    /// Why nothing can be written any more.
    write_error: Option<io::Error>,
    /// What `recv` has to report once; a normal close leaves none.
    error: Option<Error>,
    /// Why the connection failed, which is what everybody else is told, however often they ask.
    fault: Option<Fault>,
    /// Unwritten bytes up to the end of the control frames that were queued last, if others were
    /// before them.
    control_left: usize,
    /// Bytes thrown away since nobody wants them.
    discarded: usize,
    /// The Ping that is on its way and measured.
    probe: Option<measure::Probe>,
    /// When the queue is full and when it is not any more.
    marks: QueueMarks,
    /// Who looks on.
    observed: Option<Observed>,
    /// Whether a message of ours is on its way in fragments: until the last one no other is queued.
    is_in_message: bool,
    /// Messages that were admitted before it began and came after: they go out behind it.
    behind: Vec<(MessageKind, Payload)>,
}

impl Rare {
    /// Whether nothing would be forgotten with it.
    fn is_unused(&self) -> bool {
        self.leftover.is_empty()
            && self.rest == Rest::None
            && !self.is_blocked
            && self.control_left == 0
            && self.writers.is_empty()
            && self.write_error.is_none()
            && self.error.is_none()
            && self.fault.is_none()
            && self.discarded == 0
            && self.probe.is_none()
            && self.marks == QueueMarks::default()
            && self.observed.is_none()
            && !self.is_in_message
            && self.behind.is_empty()
    }

    /// Whether the last read is not over yet.
    fn has_rest(&self) -> bool {
        !self.leftover.is_empty() || self.rest == Rest::Oversize
    }

    /// The bytes at which there is no room for a message: none are needed inside of another.
    fn high_mark(&self) -> usize {
        if self.is_in_message {
            0
        } else {
            self.marks.high()
        }
    }
}

impl<T: Transport> Shared<T> {
    /// Takes over a connection whose opening handshake just completed; `leftover` came glued to it.
    pub(crate) fn new(mut connection: Connection, transport: T, leftover: Vec<u8>) -> Arc<Self> {
        let telemetry = Telemetry::open(connection.role());
        telemetry::read(leftover.len());
        // A message that is too long for `recv` may be one for `recv_stream`.
        connection.defer_limits();
        let rare = (!leftover.is_empty()).then(|| {
            Box::new(Rare {
                leftover,
                ..Rare::default()
            })
        });
        let core = Core {
            connection,
            transport: Some(transport),
            outbox: Outbox::default(),
            reader: None,
            rare,
            timer_at: None,
            called: false,
            is_shut: false,
            is_unread: false,
            is_unflushed: false,
            has_gone_on: false,
            is_suspect: false,
            is_eof: false,
            handles: 2,
            latency: None,
            telemetry,
        };
        let shared = Arc::new(Self {
            keeper: Keeper::current(),
            undelivered: AtomicBool::new(false),
            replying: AtomicBool::new(false),
            core: Mutex::new(core),
        });
        shared.lock().update_timer(&shared);
        shared
    }

    #[inline]
    fn lock(&self) -> MutexGuard<'_, Core<T>> {
        // No code of ours panics under the lock, and a transport that does leaves consistent state.
        self.core.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets `look` at the transport, if it is not gone.
    pub(crate) fn look<R>(&self, look: impl FnOnce(&T) -> R) -> Option<R> {
        self.lock().transport.as_ref().map(look)
    }

    /// The peer's address, where the connection runs over TCP and is not gone.
    pub(crate) fn peer_addr(&self) -> Option<SocketAddr> {
        self.look(|transport| peer_addr(transport)).flatten()
    }

    /// Says whether messages of the last read are still to be delivered.
    #[inline]
    pub(crate) fn set_undelivered(&self, undelivered: bool) {
        self.undelivered.store(undelivered, Ordering::Relaxed);
    }

    #[inline]
    fn is_undelivered(&self) -> bool {
        self.undelivered.load(Ordering::Relaxed)
    }

    /// Starts the closing handshake, unless it runs already.
    pub(crate) fn start_close(self: &Arc<Self>, frame: CloseFrame) -> Result<()> {
        Workbench::with(|bench| {
            let mut core = self.lock();
            match core.connection.close(frame, keeper::now()) {
                Ok(()) | Err(Misuse::NotOpen) => {}
                Err(misuse) => return Err(misuse.into()),
            }
            core.queue_close(bench);
            core.flush(self, bench);
            core.update_timer(self);
            core.wake_tasks();
            Ok(())
        })
    }

    /// Ends the connection without a word: nothing that is queued goes out any more.
    pub(crate) fn abort(self: &Arc<Self>) {
        let mut core = self.lock();
        if let Some(transport) = &mut core.transport {
            reset_when_dropped(transport);
        }
        core.connection.handle_eof();
        core.finish(self, None);
    }

    /// Sets the marks of the queue, and has those look again who wait.
    pub(crate) fn set_marks(&self, marks: QueueMarks) {
        let mut core = self.lock();
        core.rare().marks = marks;
        core.wake_writers();
        core.rare.take_if(|rare| rare.is_unused());
    }

    /// How the connection ended, if it did.
    pub(crate) fn close_event(&self) -> Option<CloseEvent> {
        self.lock().connection.close_event()
    }

    /// Unwritten bytes.
    pub(crate) fn queue_len(&self) -> usize {
        self.lock().outbox.len()
    }

    /// Whether nothing can be sent any more.
    pub(crate) fn is_closed(&self) -> bool {
        let core = self.lock();
        !core.connection.may_send() || core.is_broken()
    }

    /// One more handle that can send.
    pub(crate) fn add_handle(&self) {
        self.lock().handles += 1;
    }

    /// A handle that can send is gone. Without the last handle the connection is closed.
    pub(crate) fn drop_handle(self: &Arc<Self>) {
        self.lock().drop_handle(self);
    }

    /// The handle that receives is gone: from now on the keeper reads, and throws messages away.
    pub(crate) fn drop_reader(self: &Arc<Self>) {
        self.set_undelivered(false);
        let mut core = self.lock();
        core.is_unread = true;
        core.reader = None;
        core.drop_handle(self);
        core.call_keeper(self);
    }
}

impl<T: Transport> Core<T> {
    /// Has the keeper tend this connection soon.
    fn call_keeper(&mut self, shared: &Arc<Shared<T>>) {
        if !self.called && self.transport.is_some() {
            let connection: Arc<dyn Tended> = Arc::<Shared<T>>::clone(shared);
            self.called = shared.keeper.call(connection);
        }
    }

    /// Tells the keeper of an earlier deadline than it knows. A later one is found when the known
    /// one passes, so activity costs nothing.
    #[inline]
    fn update_timer(&mut self, shared: &Arc<Shared<T>>) {
        let Some(at) = self.connection.next_deadline() else {
            return;
        };
        if self.timer_at.is_none_or(|known| at < known) && self.transport.is_some() {
            shared.keeper.set_timer(self.timer_at, at, shared);
            self.timer_at = Some(at);
        }
    }

    fn drop_handle(&mut self, shared: &Arc<Shared<T>>) {
        self.handles -= 1;
        if self.handles == 0 {
            self.leave(shared);
        }
    }

    /// The last handle is gone: say goodbye if that is still to be done, and let the keeper finish.
    fn leave(&mut self, shared: &Arc<Shared<T>>) {
        // RFC 6455 §7.4.1 has 1011 for a server that meets an unexpected condition.
        let code = if std::thread::panicking() {
            CloseCode::INTERNAL_ERROR
        } else {
            CloseCode::GOING_AWAY
        };
        if let Ok(frame) = CloseFrame::new(Some(code), "") {
            // Closing already, by whomever: nothing to add.
            let _ = self.connection.close(frame, keeper::now());
        }
        self.call_keeper(shared);
        if !self.called {
            // The runtime ended, and nobody is left to wait for the peer.
            self.finish(shared, None);
        }
    }

    /// Nothing more can be read or written; `error` is what `recv` will report.
    fn finish(&mut self, shared: &Arc<Shared<T>>, error: Option<Error>) {
        if let Some(error) = error {
            self.telemetry.fail(&error);
            let rare = self.rare();
            rare.fault = rare.fault.or_else(|| error.fault());
            rare.error.get_or_insert(error);
        }
        if !self.outbox.is_empty() {
            self.connection.lose_output();
        }
        self.telemetry.close(|| self.connection.close_event());
        let transport = self.transport.take();
        if !self.outbox.is_empty() {
            // Whoever waits in `flush` is to learn that it was for nothing.
            self.rare()
                .write_error
                .get_or_insert_with(|| io::ErrorKind::BrokenPipe.into());
        }
        self.outbox.clear();
        if let Some(rare) = &mut self.rare {
            rare.leftover = Vec::new();
            rare.rest = Rest::None;
        }
        self.is_unflushed = false;
        if let Some(at) = self.timer_at.take() {
            shared.keeper.clear_timer(at, Arc::as_ptr(shared).cast());
        }
        self.wake_tasks();
        // Last, as it may panic.
        drop(transport);
    }

    /// Has all tasks look again that wait for anything here.
    fn wake_tasks(&mut self) {
        self.reader.take().into_iter().for_each(Waker::wake);
        self.wake_writers();
    }

    #[inline]
    fn wake_writers(&mut self) {
        if let Some(rare) = &mut self.rare {
            rare.writers.drain(..).for_each(Waker::wake);
        }
    }

    /// Whether no message may be queued: the queue is at its high mark, or another message is on
    /// its way in fragments.
    #[inline]
    fn is_full(&self) -> bool {
        let high = self.rare.as_ref().map(|rare| rare.high_mark());
        self.outbox.len() >= high.unwrap_or(QUEUE_LEN_HIGH)
    }

    /// Whether a reader who answers in `recv_with` waits for room before it reads on, as one who
    /// sends does. One who does not answer is not to wait for what others send: two ends that flood
    /// each other would both read no more.
    fn is_held_up(&self, shared: &Shared<T>) -> bool {
        if !self.is_full() {
            shared.replying.store(false, Ordering::Relaxed);
            return false;
        }
        shared.replying.load(Ordering::Relaxed)
    }

    /// Whether the queue is at its high mark, which is what matters to frames inside a message.
    fn is_queue_full(&self) -> bool {
        let high = self.rare.as_ref().map(|rare| rare.marks.high());
        self.outbox.len() >= high.unwrap_or(QUEUE_LEN_HIGH)
    }

    /// Whether a message is on its way in fragments.
    fn is_in_message(&self) -> bool {
        self.rare.as_ref().is_some_and(|rare| rare.is_in_message)
    }

    /// The bytes at which those who wait for room go on.
    fn low_mark(&self) -> usize {
        let low = self.rare.as_ref().map(|rare| rare.marks.low());
        low.unwrap_or(QUEUE_LEN_LOW)
    }

    fn rare(&mut self) -> &mut Rare {
        self.rare.get_or_insert_default()
    }

    /// The transport reported the end of its input, or an error.
    ///
    /// An end alone leaves the other direction open: what is queued still goes out, within the
    /// closing budget.
    fn lose(&mut self, shared: &Arc<Shared<T>>, source: Option<io::Error>) {
        if source.is_none() && !self.outbox.is_empty() {
            self.is_eof = true;
            self.connection.start_closing_budget(keeper::now());
            self.update_timer(shared);
            return;
        }
        let was_failed = self
            .connection
            .close_event()
            .is_some_and(|event| !event.was_clean);
        let is_proper = self.connection.handle_eof();
        let source = source.or_else(|| self.rare.as_mut()?.write_error.take());
        let error = if is_proper || was_failed {
            None
        } else {
            // What is sent from now on is lost as well.
            let kind = source.as_ref().map(io::Error::kind);
            self.rare().write_error = Some(kind.unwrap_or(io::ErrorKind::UnexpectedEof).into());
            Some(Error::lost(source))
        };
        self.finish(shared, error);
    }
}

impl<T> Drop for Shared<T> {
    fn drop(&mut self) {
        let core = self.core.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = core.timer_at {
            self.keeper.clear_timer(at, std::ptr::from_ref(self).cast());
        }
    }
}

impl<T: Transport> Wake for Shared<T> {
    /// The transport takes bytes again, or, once nobody calls `recv`, has some.
    fn wake(self: Arc<Self>) {
        let keeper = Arc::clone(&self.keeper);
        keeper.call(self);
    }
}

impl<T> fmt::Debug for Shared<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Shared").finish_non_exhaustive()
    }
}

/// Polls `attempt` without a waker first, which is all that is needed while it does not wait; then,
/// if it does, with the connection itself as the waker.
#[inline]
fn poll_with_own_waker<T: Transport, R>(
    shared: &Arc<Shared<T>>,
    mut attempt: impl FnMut(&mut Context<'_>) -> Poll<R>,
) -> Poll<R> {
    let first = attempt(&mut Context::from_waker(Waker::noop()));
    if first.is_ready() {
        return first;
    }
    let waker = Waker::from(Arc::clone(shared));
    attempt(&mut Context::from_waker(&waker))
}

#[cfg(test)]
#[cfg(sockeye_loom)]
mod models;
#[cfg(test)]
#[cfg(not(sockeye_loom))]
mod tests;
