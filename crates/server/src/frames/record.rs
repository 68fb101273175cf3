//! What is kept of one connection: its handshake, its last frames, its end. Owns the bounds on
//! these and what each reader has not seen yet. Its lock is the connection's own: it meets there
//! nobody but who looks.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use tokio::time::Instant;

use super::bell::Bell;
use super::frame::Frame;
use super::handshake::Handshake;
use crate::ending::{Ending, Why};
use crate::limits::{FRAMES_BYTES_MAX, FRAMES_MAX, VIEW_BATCH_BYTES_MAX, VIEW_BATCH_LEN_MAX};

/// A recorded connection.
#[derive(Debug)]
pub(super) struct Record {
    /// Its number among all that this process recorded.
    pub(super) id: u64,
    opened_at: SystemTime,
    since: Instant,
    handshake: Handshake,
    /// Who is at the other end.
    address: Option<IpAddr>,
    user: Option<Box<str>>,
    bell: Arc<Bell>,
    /// Whether it is recorded for administrators only, and so only while there are any.
    is_for_admins: bool,
    /// Nobody can look at it any more.
    is_dropped: AtomicBool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    frames: VecDeque<Frame>,
    /// The number of the first of these: so many were let go of.
    first: u64,
    /// The number up to which they were let go of because somebody asked for that.
    cleared: u64,
    /// What their payloads take, in bytes.
    bytes: usize,
    end: Option<(Duration, Ending)>,
    /// Whether the bell rang since somebody looked.
    has_rung: bool,
}

/// Who the other end of a recorded connection is.
#[derive(Debug)]
pub(super) struct Subject {
    pub(super) handshake: Handshake,
    pub(super) address: Option<IpAddr>,
    pub(super) user: Option<Box<str>>,
    pub(super) is_for_admins: bool,
}

/// How far a reader is.
#[derive(Debug, Default)]
pub(super) struct Place {
    next: u64,
    knows_end: bool,
}

/// What a message to a reader still has room for.
#[derive(Debug)]
pub(super) struct Room {
    frames: usize,
    bytes: usize,
}

/// What is new to a reader.
#[derive(Debug)]
pub(super) struct News {
    /// Frames that were let go of before he could see them.
    pub(super) lost: u64,
    /// Frames with their numbers, in order.
    pub(super) frames: Vec<Value>,
    /// The end, if he has seen all frames before it.
    pub(super) end: Option<Value>,
}

impl Room {
    pub(super) fn new() -> Self {
        Self {
            frames: VIEW_BATCH_LEN_MAX,
            bytes: VIEW_BATCH_BYTES_MAX,
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.frames == 0 || self.bytes == 0
    }

    fn take(&mut self, frame: &Frame) {
        self.frames = self.frames.saturating_sub(1);
        self.bytes = self.bytes.saturating_sub(frame.heap_len());
    }
}

impl Record {
    pub(super) fn new(id: u64, subject: Subject, bell: Arc<Bell>) -> Self {
        Self {
            id,
            opened_at: SystemTime::now(),
            since: Instant::now(),
            handshake: subject.handshake,
            address: subject.address,
            user: subject.user,
            bell,
            is_for_admins: subject.is_for_admins,
            is_dropped: AtomicBool::new(false),
            state: Mutex::default(),
        }
    }

    /// How long after the handshake `time` is.
    pub(super) fn age_at(&self, time: std::time::Instant) -> Duration {
        time.saturating_duration_since(self.since.into_std())
    }

    /// Whether somebody may still look at what is recorded. There is no way back.
    pub(super) fn is_wanted(&self) -> bool {
        if self.is_for_admins && !self.bell.has_admins() {
            self.drop_all();
        }
        !self.is_dropped.load(Ordering::Relaxed)
    }

    /// Lets go of everything, and of all that comes.
    pub(super) fn drop_all(&self) {
        self.is_dropped.store(true, Ordering::Relaxed);
        *self.lock() = State::default();
    }

    pub(super) fn push(&self, mut frame: Frame) {
        // What it grew by has no use any more, and would not be counted.
        frame.payload.shrink_to_fit();
        let mut state = self.lock();
        state.bytes += frame.heap_len();
        state.frames.push_back(frame);
        while state.frames.len() > FRAMES_MAX || state.bytes > FRAMES_BYTES_MAX {
            let Some(oldest) = state.frames.pop_front() else {
                break;
            };
            state.bytes = state.bytes.saturating_sub(oldest.heap_len());
            state.first += 1;
        }
        self.ring(state);
    }

    pub(super) fn end(&self, ending: Ending) {
        let mut state = self.lock();
        state.end = Some((self.since.elapsed(), ending));
        self.ring(state);
    }

    pub(super) fn has_ended(&self) -> bool {
        self.lock().end.is_some()
    }

    /// Lets go of its frames. No reader lost them: this was asked for.
    pub(super) fn clear(&self) {
        let mut state = self.lock();
        state.first += state.frames.len() as u64;
        state.cleared = state.first;
        state.frames = VecDeque::new();
        state.bytes = 0;
    }

    /// What is new to whoever is at `place`, as much as there is `room` for.
    pub(super) fn read(&self, place: &mut Place, room: &mut Room) -> News {
        let mut state = self.lock();
        state.has_rung = false;
        place.next = place.next.max(state.cleared);
        let lost = state.first.saturating_sub(place.next);
        place.next += lost;
        let known = usize::try_from(place.next.saturating_sub(state.first)).unwrap_or(usize::MAX);
        let mut frames = Vec::new();
        for frame in state.frames.iter().skip(known) {
            if room.is_full() {
                break;
            }
            room.take(frame);
            frames.push(frame.to_json(place.next));
            place.next += 1;
        }
        let has_all = place.next == state.first + state.frames.len() as u64;
        let end = match state.end {
            Some((age, ending)) if has_all && !place.knows_end => {
                place.knows_end = true;
                Some(self.end_to_json(age, ending))
            }
            _ => None,
        };
        News { lost, frames, end }
    }

    /// What it is, beside its frames.
    pub(super) fn to_json(&self) -> Value {
        let opened_at = self.opened_at.duration_since(UNIX_EPOCH);
        let opened_at = opened_at.unwrap_or_default().as_millis();
        let mut said = self.handshake.to_json();
        if let Value::Object(members) = &mut said {
            let opened_at_ms = u64::try_from(opened_at).unwrap_or(u64::MAX);
            members.insert("id".to_owned(), self.id.into());
            members.insert("opened_at_ms".to_owned(), opened_at_ms.into());
            let address = self.address.map(|address| address.to_string());
            members.insert("address".to_owned(), address.into());
            members.insert("user".to_owned(), self.user.as_deref().into());
        }
        said
    }

    fn end_to_json(&self, age: Duration, ending: Ending) -> Value {
        json!({
            "id": self.id,
            "time_us": u64::try_from(age.as_micros()).unwrap_or(u64::MAX),
            "code": ending.code,
            "is_clean": ending.is_clean,
            "why": ending.why.word(),
        })
    }

    /// Rings, unless it did since somebody looked: a message that nobody waits for writes nothing
    /// that threads share.
    fn ring(&self, mut state: MutexGuard<'_, State>) {
        let is_first = !std::mem::replace(&mut state.has_rung, true);
        drop(state);
        if is_first {
            self.bell.ring();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How a connection ends whose handler never began, as its client went away before.
pub(super) const NEVER_BEGAN: Ending = Ending {
    code: 1006,
    is_clean: false,
    why: Why::Lost,
    fault: None,
};
