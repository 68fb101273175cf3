//! What one page sees: its own session, or everything once it showed the administrator's token.
//! Owns how far it is in each record, and the messages that it is sent.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::watch;

use super::record::{Place, Record, Room};
use super::shelf::Shelf;
use super::{Frames, Session};
use crate::limits::{FRAME_PAYLOAD_LEN_MAX, FRAMES_MAX, RECORDS_PER_SESSION_MAX};

/// What one page sees.
#[derive(Debug)]
pub(crate) struct View {
    frames: Arc<Frames>,
    shelf: Option<Arc<Shelf>>,
    /// Why its own session is or is not recorded, in a word.
    recording: &'static str,
    is_admin: bool,
    /// Rung when there may be news.
    bell: Option<watch::Receiver<()>>,
    places: HashMap<u64, Place>,
    unrecorded: u64,
    /// The record that was read last: the others come first.
    turn: u64,
    /// Whether the last message had no room for all that there was.
    is_behind: bool,
    /// Whether it was sent any.
    has_begun: bool,
}

impl View {
    pub(super) fn new(frames: Arc<Frames>, session: &Session) -> Self {
        let shelf = match session {
            Session::Kept(shelf) => Some(Arc::clone(shelf)),
            _ => None,
        };
        Self {
            frames,
            recording: session.word(),
            is_admin: false,
            bell: shelf.as_ref().map(|shelf| shelf.bell.listen()),
            shelf,
            places: HashMap::new(),
            unrecorded: 0,
            turn: 0,
            is_behind: false,
            has_begun: false,
        }
    }

    /// The first message: what is recorded, and how much of it is kept.
    pub(crate) fn hello(&self) -> String {
        let hello = json!({ "hello": {
            "recording": self.recording,
            "is_admin": self.is_admin,
            "has_admin": self.frames.admin.is_some(),
            "connections_max": RECORDS_PER_SESSION_MAX,
            "frames_max": FRAMES_MAX,
            "payload_len_max": FRAME_PAYLOAD_LEN_MAX,
        }});
        hello.to_string()
    }

    /// Shows everything from now on, if that is the administrator's token.
    pub(crate) fn become_admin(&mut self, token: &str) -> bool {
        let admin = self.frames.admin.as_ref();
        if !admin.is_some_and(|admin| admin.is(token.as_bytes())) {
            return false;
        }
        if !self.is_admin {
            self.is_admin = true;
            self.bell = Some(self.frames.admins.enter());
        }
        true
    }

    /// Lets go of what is kept of its own session.
    pub(crate) fn clear(&self) {
        if let Some(shelf) = &self.shelf {
            shelf.clear();
        }
    }

    /// Waits until there may be news.
    ///
    /// # Cancel safety
    /// Safe: where news were announced to a dropped future, it is for whoever dropped it to look.
    pub(crate) async fn rung(&mut self) {
        if let Some(bell) = &mut self.bell {
            if bell.changed().await.is_ok() {
                return;
            }
        }
        std::future::pending::<()>().await;
    }

    /// The next message with news, as large as one may be; none, if there are none. The first one
    /// comes in any case: a page that was here before learns from it what is there no more.
    pub(crate) fn news(&mut self) -> Option<String> {
        let mut records = self.records();
        let forgotten = self.forget(&records);
        records.sort_by_key(|record| (record.id <= self.turn, record.id));
        let (mut connections, mut frames, mut ended) = (Vec::new(), Vec::new(), Vec::new());
        let mut room = Room::new();
        for record in records {
            if room.is_full() {
                break;
            }
            self.turn = record.id;
            let place = self.places.entry(record.id).or_insert_with(|| {
                connections.push(record.to_json());
                Place::default()
            });
            let news = record.read(place, &mut room);
            if news.lost > 0 || !news.frames.is_empty() {
                let (lost, list) = (news.lost, news.frames);
                frames.push(json!({ "id": record.id, "lost": lost, "list": list }));
            }
            ended.extend(news.end);
        }
        self.is_behind = room.is_full();
        let unrecorded = self.shelf.as_ref().map_or(0, |shelf| shelf.unrecorded());
        let is_same = std::mem::replace(&mut self.unrecorded, unrecorded) == unrecorded;
        let lists = [&connections, &frames, &ended, &forgotten];
        let is_first = !std::mem::replace(&mut self.has_begun, true);
        if !is_first && is_same && lists.iter().all(|list| list.is_empty()) {
            return None;
        }
        let news = json!({ "news": {
            "connections": connections,
            "frames": frames,
            "ended": ended,
            "forgotten": forgotten,
            "unrecorded": unrecorded,
        }});
        Some(news.to_string())
    }

    /// Whether there may be more than the last message had: it is to be asked for without waiting.
    pub(crate) fn is_behind(&self) -> bool {
        self.is_behind
    }

    fn records(&self) -> Vec<Arc<Record>> {
        if self.is_admin {
            return self.frames.records();
        }
        let shelf = self.shelf.as_ref();
        shelf.map(|shelf| shelf.records()).unwrap_or_default()
    }

    /// The records that it knows and that are there no more.
    fn forget(&mut self, records: &[Arc<Record>]) -> Vec<Value> {
        let there: HashSet<u64> = records.iter().map(|record| record.id).collect();
        let mut forgotten = Vec::new();
        self.places.retain(|id, _| {
            let stays = there.contains(id);
            if !stays {
                forgotten.push((*id).into());
            }
            stays
        });
        forgotten
    }
}

impl Drop for View {
    fn drop(&mut self) {
        if let Some(shelf) = &self.shelf {
            shelf.leave();
        }
        if self.is_admin {
            self.frames.admins.leave();
            self.frames.drop_unwatched();
        }
    }
}
