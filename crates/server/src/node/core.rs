//! The two machines of one worker and what they ask for, carried out: messages to other workers,
//! effects at the engine, frames to lines. Owns the order of these. Never waits; whoever calls it
//! holds its lock for as long as the call takes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use sockeye::PreparedMessage;
use sockeye_dialect::{Act, Acts, Close, Now, Session};
use sockeye_hub::{
    Cause, Completion, Control, Delivery, Done, Fanout, FanoutOptions, Hello, Output, Owner,
    OwnerOutput, Published, SessionId, Verdict, WorkerId,
};

use super::Terms;
use super::effects::{Asked, Carried, Effects, Running};
use super::lines::{End, Lines, Wish, prepare};
use super::mailbag::Mailbag;
use super::mailbox::{Letter, Mail, Mailbox};
use crate::clock::Clock;
use crate::engine::{Engine, Inbox};
use crate::limits::SHORT_WALK_MAX;
use crate::stats::{Count, Counters};

/// What one worker has of the hub.
pub(super) struct Core {
    fanout: Fanout<PreparedMessage>,
    owner: Owner,
    pub(super) lines: Lines,
    effects: Effects,
    inbox: Arc<Inbox>,
    mailbag: Mailbag,
    /// Effects that somebody has to drive.
    pub(super) running: Vec<Running>,
    /// Sessions whose dialect is done with them, and that are told first what they are owed.
    /// Bounded by the sessions that there are.
    parting: BTreeMap<SessionId, Close>,
    /// When somebody will make the next round at the latest.
    due: Option<Duration>,
}

/// What a core is made of.
pub(super) struct Parts {
    pub(super) number: u16,
    pub(super) terms: Terms,
    pub(super) engine: Arc<dyn Engine>,
    pub(super) inbox: Arc<Inbox>,
    pub(super) mailboxes: Arc<[Mailbox]>,
    pub(super) clock: Clock,
    pub(super) counters: Arc<Counters>,
}

impl Core {
    pub(super) fn new(parts: Parts) -> Self {
        let Terms { fanout, owner } = parts.terms;
        let fanout = FanoutOptions {
            worker: WorkerId(parts.number),
            ..fanout
        };
        Self {
            fanout: Fanout::new(fanout),
            owner: Owner::new(owner),
            lines: Lines::new(parts.clock, parts.counters),
            effects: Effects::new(parts.engine, Arc::clone(&parts.inbox)),
            inbox: parts.inbox,
            mailbag: Mailbag::new(parts.number, parts.mailboxes),
            running: Vec::new(),
            parting: BTreeMap::new(),
            due: None,
        }
    }

    // What comes in

    /// Begins a session, whose line is in already.
    pub(super) fn open(&mut self, hello: Hello) -> Result<(), Cause> {
        let session = hello.session;
        self.fanout.open(hello)?;
        let now = self.lines.look();
        self.lines
            .call(session, |dialect, now, acts| dialect.open(now, acts));
        self.fulfil(now);
        Ok(())
    }

    /// Carries out what dialects want.
    fn fulfil(&mut self, now: Duration) {
        while let Some((session, wish)) = self.lines.wishes.pop_front() {
            let is_said = self.parting.contains_key(&session);
            let lines = &mut self.lines;
            match wish {
                // After its Close a dialect says nothing more.
                Wish::Act(_) if is_said => {}
                Wish::Act(Act::Command(request, command)) => {
                    self.fanout.command(now, session, request, command, lines);
                }
                Wish::Act(Act::Frame(frame)) => {
                    self.fanout.send(session, prepare(frame), lines);
                }
                Wish::Act(Act::Close(close)) => {
                    lines.silence(session);
                    self.parting.insert(session, close);
                    self.part(session);
                }
                Wish::End => {
                    self.parting.remove(&session);
                    self.fanout.remove(session);
                    lines.close(session, End::Panic);
                }
            }
        }
    }

    /// Closes a session that its dialect is done with, behind all that it is owed: what was taken
    /// from it comes back to it before its Close. Where that is not out yet, a later round does it.
    fn part(&mut self, session: SessionId) {
        if !self.fanout.finish(session, &mut self.lines) {
            return;
        }
        if let Some(close) = self.parting.remove(&session) {
            self.lines.close(session, End::Closed(close));
        }
    }

    fn part_all(&mut self) {
        if self.parting.is_empty() {
            return;
        }
        let parting: Vec<SessionId> = self.parting.keys().copied().collect();
        for session in parting {
            self.part(session);
        }
    }

    /// Ends a session whose connection is over: why it was closed from here, if it was.
    pub(super) fn remove(&mut self, session: SessionId) -> Option<End> {
        self.parting.remove(&session);
        self.fanout.remove(session);
        self.lines.remove(session)
    }

    /// A line has room again.
    pub(super) fn writable(&mut self, session: SessionId) {
        self.fanout.writable(session);
    }

    pub(super) fn control(&mut self, control: &Control) {
        let now = self.lines.look();
        self.fanout.control(now, control, &mut self.lines);
    }

    pub(super) fn deliver(&mut self, delivery: Delivery) {
        let now = self.lines.look();
        self.owner.deliver(now, delivery);
        self.carry_owner(now);
    }

    /// An effect that was driven is over.
    pub(super) fn carried(&mut self, carried: Carried) {
        let now = self.lines.look();
        self.complete(now, carried.completion);
        // As long as those that waited behind it are over at once, so is the next one.
        while let Some(asked) = self.effects.over(&carried.channel) {
            match asked {
                Asked::Over(completion) => self.complete(now, completion),
                Asked::Running(running) => {
                    self.running.push(running);
                    break;
                }
                Asked::Waiting => break,
            }
        }
        self.carry_owner(now);
    }

    /// Whether nothing is under way for a session, nor to anybody else.
    pub(super) fn is_settled(&self, session: SessionId) -> bool {
        self.fanout.is_settled(session)
            && !self.lines.is_waiting(session)
            && self.fanout.waiting() == 0
    }

    /// Whether all that the client of a session said is carried out.
    pub(super) fn is_carried_out(&self, session: SessionId) -> bool {
        self.fanout.is_answered(session) && !self.lines.is_waiting(session)
    }

    // A round

    /// Looks at the mail, does what is due, carries out what follows from it, and tells all lines
    /// what is new, each in one piece. When it has to be called again at the latest.
    pub(super) fn work(&mut self) -> Option<Duration> {
        let now = self.lines.look();
        self.work_at(now, usize::MAX);
        self.due = self.next_due();
        self.due
    }

    /// Takes what the client of a session said, and does the same, but for a walk over more than a
    /// few lines. Whether nothing is left for [`work`](Self::work), nor due before it will be
    /// called.
    pub(super) fn hear(
        &mut self,
        session: SessionId,
        call: impl FnOnce(&mut dyn Session, Now, &mut Acts),
    ) -> bool {
        let now = self.lines.look();
        self.lines.call(session, call);
        let is_over = self.work_at(now, SHORT_WALK_MAX);
        let is_in_time = |due| self.due.is_some_and(|known| known <= due);
        is_over && self.next_due().is_none_or(is_in_time)
    }

    /// Whether all is done.
    fn work_at(&mut self, now: Duration, walk_max: usize) -> bool {
        self.inbox.hold();
        self.open_mail(now);
        self.lines.tick(now);
        self.fanout.tick(now, &mut self.lines);
        self.owner.tick(now);
        self.carry_owner(now);
        let mut is_settled = self.settle(now, walk_max);
        while self.send_mail() {
            is_settled = self.settle(now, walk_max);
        }
        self.count();
        self.inbox.release() && is_settled
    }

    fn next_due(&self) -> Option<Duration> {
        let deadlines = [
            self.lines.next_alarm(),
            self.fanout.next_deadline(),
            self.owner.next_deadline(),
        ];
        deadlines.into_iter().flatten().min()
    }

    fn open_mail(&mut self, now: Duration) {
        let mut letters = self.mailbag.take();
        for letter in letters.drain(..) {
            match letter {
                Letter::Mail(mail) => self.read(now, mail),
                Letter::Lost(channel) => {
                    self.lines.counters.count(Count::Lost);
                    self.fanout.lose(&channel, &mut self.lines);
                }
            }
        }
        self.mailbag.return_emptied(letters);
    }

    fn read(&mut self, now: Duration, mail: Mail) {
        match mail {
            Mail::Owner(message) => {
                self.owner.handle(now, message);
                self.carry_owner(now);
            }
            Mail::Worker(message) => self.fanout.handle(message, &mut self.lines),
        }
    }

    /// Until nothing is left to be done here: `true`. `false` where only a walk over more than
    /// `walk_max` lines is left, and what comes of that.
    fn settle(&mut self, now: Duration, walk_max: usize) -> bool {
        loop {
            self.fulfil(now);
            while let Some(output) = self.fanout.poll_output() {
                self.carry(now, output);
            }
            while let Some(delivery) = self.inbox.take() {
                self.owner.deliver(now, delivery);
                self.carry_owner(now);
            }
            if self.fanout.waiting() > walk_max {
                return false;
            }
            self.fanout.flush(&mut self.lines);
            self.part_all();
            // What the walk found out is to be carried out as well.
            match self.fanout.poll_output() {
                Some(output) => self.carry(now, output),
                None if self.lines.wishes.is_empty() => return true,
                None => {}
            }
        }
    }

    fn carry(&mut self, now: Duration, output: Output) {
        match output {
            Output::ToOwner(message) => {
                let worker = self.mailbag.worker_of(message.channel());
                self.post(now, worker, Mail::Owner(message));
            }
            Output::Authorize { token, .. } => {
                // No rule of ours says to ask.
                self.fanout
                    .authorized(token, Verdict::Deny, &mut self.lines);
            }
            Output::Closed { session, cause, .. } => {
                self.parting.remove(&session);
                if cause.close == sockeye_hub::Close::Slow {
                    self.lines.counters.count(Count::Slow);
                }
                self.lines.close(session, End::Closed(cause.into()));
            }
        }
    }

    fn carry_owner(&mut self, now: Duration) {
        while let Some(output) = self.owner.poll_output() {
            match output {
                OwnerOutput::ToWorker { worker, message } => {
                    self.post(now, usize::from(worker.0), Mail::Worker(message));
                }
                OwnerOutput::Effect {
                    token,
                    channel,
                    effect,
                } => match self.effects.ask(token, channel, effect) {
                    Asked::Over(completion) => self.complete(now, completion),
                    Asked::Running(running) => self.running.push(running),
                    Asked::Waiting => {}
                },
                // The server itself asks nothing yet.
                OwnerOutput::Answer { .. } => {}
            }
        }
    }

    fn complete(&mut self, now: Duration, completion: Completion) {
        if let Ok(Done::Published(Published::New(_))) = completion.done {
            self.lines.counters.count(Count::Publications);
        }
        // What the effect handed out comes first: whoever published is told of it before the
        // answer.
        while let Some(delivery) = self.inbox.take() {
            self.owner.deliver(now, delivery);
        }
        self.owner.complete(now, completion);
    }

    // Mail

    /// To this worker at once, to others at the end of the round.
    fn post(&mut self, now: Duration, worker: usize, mail: Mail) {
        if let Some(own) = self.mailbag.put(worker, mail) {
            self.read(now, own);
        }
    }

    /// Whether something came of it that is to be settled.
    fn send_mail(&mut self) -> bool {
        let refused = self.mailbag.send();
        let has_refused = !refused.is_empty();
        for mail in refused {
            if let Some(message) = mail.refused() {
                self.fanout.handle(message, &mut self.lines);
            }
        }
        has_refused
    }

    fn count(&self) {
        let counters = &self.lines.counters;
        counters.set(Count::Sessions, self.fanout.sessions());
        counters.set(Count::Subscriptions, self.fanout.subscriptions());
        counters.set(Count::Channels, self.owner.channels());
    }
}
