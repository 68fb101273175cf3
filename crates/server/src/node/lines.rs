//! The lines of one worker: for each session the connection it sends on and the dialect it speaks.
//! Where the fan-out's frames are made and go. Owns that what a dialect breaks stays its own
//! session's, and that nobody waits for a client. Never decides what a session is told.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use sockeye::{CloseCode, PreparedMessage, Sender, SlowReceiver, broadcast};
use sockeye_dialect::chat::Protocol;
use sockeye_dialect::{Act, Acts, Close, Encode, Frame, Now, Session};
use sockeye_hub::{ChannelName, Encoded, News, Notice, Outlet, SessionId, Variant};

use crate::clock::Clock;
use crate::stats::{Count, Counters};

/// A client, and what speaks for it.
pub(super) struct Line {
    pub(super) session: SessionId,
    pub(super) sender: Sender,
    /// `None` once it may not be called any more.
    pub(super) dialect: Option<Box<dyn Session>>,
    /// When its dialect wants to be called. Invariant: its alarm is set for then.
    due: Option<Duration>,
    /// Why it was closed from here.
    pub(super) end: Option<End>,
}

/// Why a line was closed from here.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum End {
    /// The hub gave it up, or its dialect was done with it.
    Closed(Close),
    /// Its dialect panicked.
    Panic,
}

impl End {
    /// The code of the Close that says so.
    pub(crate) fn code(&self) -> CloseCode {
        match self {
            Self::Closed(close) => close.code().into(),
            Self::Panic => CloseCode::INTERNAL_ERROR,
        }
    }

    fn reason(&self) -> Cow<'_, str> {
        match self {
            Self::Closed(close) => close.reason(),
            // What failed is nobody else's business.
            Self::Panic => Cow::Borrowed(""),
        }
    }
}

/// All lines of a worker.
pub(super) struct Lines {
    clock: Clock,
    /// When the clock was read last: dialects are told the same time in all of one round.
    now: Now,
    pub(super) counters: Arc<Counters>,
    /// By the number that the fan-out knows as the transport.
    slots: Vec<Option<Line>>,
    free: Vec<usize>,
    numbers: BTreeMap<SessionId, usize>,
    alarms: BTreeSet<(Duration, SessionId)>,
    /// What dialects want, in their order; carried out before anything else.
    pub(super) wishes: VecDeque<(SessionId, Wish)>,
    /// What the dialect that is asked wants; empty in between, and its memory serves the next.
    acts: Acts,
    /// Lines that took not all they were given, and are to be waited for.
    pub(super) full: Vec<(SessionId, Sender)>,
}

/// What is to be done for a session.
pub(super) enum Wish {
    Act(Act),
    /// To end it, as its dialect panicked.
    End,
}

impl Lines {
    pub(super) fn new(clock: Clock, counters: Arc<Counters>) -> Self {
        Self {
            clock,
            now: clock.both(),
            counters,
            slots: Vec::new(),
            free: Vec::new(),
            numbers: BTreeMap::new(),
            alarms: BTreeSet::new(),
            wishes: VecDeque::new(),
            acts: Acts::new(),
            full: Vec::new(),
        }
    }

    /// Reads the clock, for all that is done until it is read again.
    pub(super) fn look(&mut self) -> Duration {
        self.now = self.clock.both();
        self.now.elapsed
    }

    /// Takes a line in: its number.
    pub(super) fn insert(
        &mut self,
        session: SessionId,
        sender: Sender,
        dialect: Box<dyn Session>,
    ) -> u64 {
        let line = Some(Line {
            session,
            sender,
            dialect: Some(dialect),
            due: None,
            end: None,
        });
        let number = self.free.pop().unwrap_or(self.slots.len());
        match self.slots.get_mut(number) {
            Some(slot) => *slot = line,
            None => self.slots.push(line),
        }
        self.numbers.insert(session, number);
        u64::try_from(number).unwrap_or(u64::MAX)
    }

    /// Takes a line out, and says why it was closed from here, if it was.
    pub(super) fn remove(&mut self, session: SessionId) -> Option<End> {
        let number = self.numbers.remove(&session)?;
        let line = self.slots.get_mut(number)?.take()?;
        self.free.push(number);
        if let Some(due) = line.due {
            self.alarms.remove(&(due, session));
        }
        line.end
    }

    /// Closes a line, behind what it was given. Its dialect is not called any more.
    pub(super) fn close(&mut self, session: SessionId, end: End) {
        let Some(line) = self.line(session) else {
            return;
        };
        line.dialect = None;
        if line.sender.close(end.code(), &end.reason()).is_err() {
            // A dialect that closes with what may not be sent is in error, and its client waits.
            let _ = line.sender.close(CloseCode::INTERNAL_ERROR, "");
        }
        line.end.get_or_insert(end);
        self.set_alarm(session);
    }

    /// Calls a line's dialect no more, as it is done; the line is closed later.
    pub(super) fn silence(&mut self, session: SessionId) {
        if let Some(line) = self.line(session) {
            line.dialect = None;
            self.set_alarm(session);
        }
    }

    /// Lets a session's dialect act; what it wants is a wish from then on.
    pub(super) fn call(
        &mut self,
        session: SessionId,
        call: impl FnOnce(&mut dyn Session, Now, &mut Acts),
    ) {
        let mut acts = self.ask(session, call);
        let wishes = acts.drain().map(|act| (session, Wish::Act(act)));
        self.wishes.extend(wishes);
        self.acts = acts;
    }

    /// When the first dialect wants to be called.
    pub(super) fn next_alarm(&self) -> Option<Duration> {
        self.alarms.first().map(|(at, _)| *at)
    }

    /// Calls the dialects that are due, each once: one that wants to be called again at once has to
    /// let the others have their round.
    pub(super) fn tick(&mut self, now: Duration) {
        let mut due = Vec::new();
        while let Some((_, session)) = self.alarms.first().copied().filter(|(at, _)| *at <= now) {
            self.alarms.pop_first();
            due.push(session);
        }
        for session in due {
            if let Some(line) = self.line(session) {
                line.due = None;
            }
            self.call(session, |dialect, now, acts| dialect.tick(now, acts));
        }
    }

    /// Whether a session's dialect keeps something that its client said. One that breaks keeps
    /// nothing.
    pub(super) fn is_waiting(&self, session: SessionId) -> bool {
        let slot = self.numbers.get(&session);
        let line = slot.and_then(|number| self.slots.get(*number)?.as_ref());
        let dialect = line.and_then(|line| line.dialect.as_deref());
        dialect.is_some_and(|dialect| {
            catch_unwind(AssertUnwindSafe(|| dialect.is_waiting())).unwrap_or(false)
        })
    }

    /// The line that the fan-out knows by that number.
    #[inline]
    fn on(&self, transport: u64) -> Option<&Line> {
        let number = usize::try_from(transport).unwrap_or(usize::MAX);
        self.slots.get(number)?.as_ref()
    }

    fn line(&mut self, session: SessionId) -> Option<&mut Line> {
        let number = *self.numbers.get(&session)?;
        self.slots.get_mut(number)?.as_mut()
    }

    /// What a session's dialect wants, in `acts`, which is to be put back. One that panics is never
    /// called again.
    fn ask(
        &mut self,
        session: SessionId,
        call: impl FnOnce(&mut dyn Session, Now, &mut Acts),
    ) -> Acts {
        let now = self.now;
        let mut acts = std::mem::take(&mut self.acts);
        let Some(line) = self.line(session) else {
            return acts;
        };
        let Some(dialect) = line.dialect.as_deref_mut() else {
            return acts;
        };
        // Unwind safe: the dialect is dropped, and what it wanted so far with it.
        let called = catch_unwind(AssertUnwindSafe(|| call(dialect, now, &mut acts)));
        if called.is_err() {
            line.dialect = None;
            acts = Acts::new();
            self.counters.count(Count::Panics);
            tracing::error!("the dialect of a session panicked");
            self.wishes.push_back((session, Wish::End));
        }
        self.set_alarm(session);
        acts
    }

    /// Keeps the alarm of a session as its dialect wants it.
    fn set_alarm(&mut self, session: SessionId) {
        let Some(line) = self.line(session) else {
            return;
        };
        let due = line.dialect.as_ref().and_then(|dialect| dialect.due());
        let before = std::mem::replace(&mut line.due, due);
        if before == due {
            return;
        }
        if let Some(before) = before {
            self.alarms.remove(&(before, session));
        }
        self.alarms.extend(due.map(|due| (due, session)));
    }
}

/// A frame that all who get it share, each class of receivers with one compression.
pub(super) fn prepare(frame: Frame) -> Encoded<PreparedMessage> {
    let len = frame.len();
    let frame = match frame {
        Frame::Text(text) => PreparedMessage::new(&*text),
        Frame::Binary(bytes) => PreparedMessage::new(&*bytes),
    };
    Encoded { frame, len }
}

impl Outlet for Lines {
    type Frame = PreparedMessage;

    fn encode(
        &mut self,
        variant: Variant,
        channel: &ChannelName,
        news: &News,
    ) -> Option<Encoded<PreparedMessage>> {
        // A dialect that cannot say something says nothing, and the walk goes on.
        let now = self.now;
        let said = catch_unwind(|| Protocol::of(variant)?.encode(now, channel, news));
        let said = said.unwrap_or_else(|_| {
            self.counters.count(Count::Panics);
            tracing::error!("the dialect of a channel panicked");
            None
        });
        said.map(prepare)
    }

    fn notice(
        &mut self,
        session: SessionId,
        _variant: Variant,
        notice: &Notice,
        frames: &mut Vec<Encoded<PreparedMessage>>,
    ) {
        let mut acts = self.ask(session, |dialect, now, acts| {
            dialect.notice(now, notice, acts);
        });
        for act in acts.drain() {
            match act {
                Act::Frame(frame) => frames.push(prepare(frame)),
                act => self.wishes.push_back((session, Wish::Act(act))),
            }
        }
        self.acts = acts;
    }

    fn foresee(&mut self, transport: u64) {
        if let Some(line) = self.on(transport) {
            line.sender.prefetch();
        }
    }

    fn send(&mut self, transport: u64, session: SessionId, frames: &[PreparedMessage]) -> usize {
        let line = self.on(transport);
        // Whoever is gone needs nothing any more.
        let Some(line) = line.filter(|line| line.session == session) else {
            return frames.len();
        };
        for (index, frame) in frames.iter().enumerate() {
            // Held until this task yields: so all that one round brings goes out in one write.
            let report = broadcast([&line.sender], frame, SlowReceiver::Skip);
            if report.skipped > 0 {
                self.full.push((session, line.sender.clone()));
                return index;
            }
            if report.sent > 0 {
                self.counters.count(Count::Deliveries);
                self.counters.sent(frame.message().payload().len());
            }
        }
        frames.len()
    }
}
