//! What the frame view shows: recorded connections, by browser session. Owns who may see what:
//! whoever has a session's cookie its connections, whoever has the administrator's token all. What
//! is recorded costs its connection; what is not costs nothing but the look for that cookie when it
//! is opened.

mod bell;
mod cookie;
mod frame;
mod handshake;
#[cfg(any(test, feature = "hostile"))]
pub(crate) mod hostile;
mod masking;
mod record;
mod recording;
mod shelf;
mod track;
mod view;

use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hyper::HeaderMap;
use hyper::header::HeaderValue;
use tokio::time::Instant;

use crate::limits::{
    FRAME_SESSION_KEEP, RECORDS_OF_OTHERS_MAX, RECORDS_PER_SESSION_MAX, TEND_INTERVAL,
};
use crate::options::Options;
use crate::secret::Secret;
use bell::Admins;
use cookie::{Mint, SessionId};
use record::{Record, Subject};
use shelf::Shelf;

pub(crate) use cookie::is_session;
pub(crate) use handshake::Handshake;
pub(crate) use recording::Recording;
pub(crate) use view::View;

/// All recorded connections.
#[derive(Debug)]
pub(crate) struct Frames {
    /// None where no session is recorded.
    mint: Option<Mint>,
    sessions_max: usize,
    admin: Option<Secret>,
    admins: Arc<Admins>,
    message_len_max: usize,
    /// Locked when a recorded connection or a view begins or ends, never for a frame.
    shelves: Mutex<Shelves>,
    /// Of connections without a session, while an administrator looks.
    others: Arc<Shelf>,
    next_id: AtomicU64,
}

/// The shelves of all sessions.
#[derive(Debug)]
struct Shelves {
    of: HashMap<SessionId, Arc<Shelf>>,
    /// When those that nobody uses were looked for.
    swept_at: Instant,
}

/// Where the connections of a request's session are kept.
#[derive(Debug)]
enum Session {
    Kept(Arc<Shelf>),
    /// There are too many already.
    NoRoom,
    /// The request has no cookie of ours.
    Unknown,
    /// This server records none.
    Off,
}

impl Session {
    /// What a page is told of it.
    fn word(&self) -> &'static str {
        match self {
            Self::Kept(_) => "on",
            Self::NoRoom => "full",
            Self::Unknown => "unknown",
            Self::Off => "off",
        }
    }
}

impl Shelves {
    /// Lets go of sessions that nobody used for their time, looking once in a while.
    fn sweep(&mut self) {
        let now = Instant::now();
        if now.duration_since(self.swept_at) < TEND_INTERVAL {
            return;
        }
        self.swept_at = now;
        self.of.retain(|_, shelf| {
            let idle_since = shelf.idle_since();
            idle_since.is_none_or(|since| now.duration_since(since) < FRAME_SESSION_KEEP)
        });
    }
}

impl Frames {
    /// # Errors
    /// If the administrator's token cannot be read, or can be guessed.
    pub(crate) fn new(options: &Options) -> io::Result<Arc<Self>> {
        let admins = Arc::new(Admins::new());
        let path = options.frames.admin_token_file.as_deref();
        let sessions_max = options.frames.sessions_max;
        Ok(Arc::new(Self {
            mint: (sessions_max > 0).then(|| Mint::new(options)).flatten(),
            sessions_max: usize::try_from(sessions_max).unwrap_or(usize::MAX),
            admin: path
                .map(|path| Secret::read("frames.admin_token_file", path))
                .transpose()?,
            others: Arc::new(Shelf::new(RECORDS_OF_OTHERS_MAX, Arc::clone(&admins))),
            admins,
            message_len_max: options.websocket.message_len_max,
            shelves: Mutex::new(Shelves {
                of: HashMap::new(),
                swept_at: Instant::now(),
            }),
            next_id: AtomicU64::new(1),
        }))
    }

    /// The cookie of a new session for whoever sent `headers` and has none.
    pub(crate) fn greet(&self, headers: &HeaderMap, is_secure: bool) -> Option<HeaderValue> {
        let mint = self.mint.as_ref()?;
        match mint.session(headers, is_secure) {
            Some(_) => None,
            None => mint.issue(is_secure),
        }
    }

    /// Begins the record of a connection, if it is of a session or an administrator looks. Only
    /// then is its handshake asked for.
    pub(crate) fn record(
        &self,
        headers: &HeaderMap,
        is_secure: bool,
        who: (Option<IpAddr>, Option<&str>),
        handshake: impl FnOnce() -> Handshake,
    ) -> Option<Recording> {
        let id = self.id(headers, is_secure);
        if id.is_none() && !self.admins.are_there() {
            return None;
        }
        let (address, user) = (who.0, who.1.map(Box::from));
        let make = |is_for_admins| {
            move |bell| {
                let subject = Subject {
                    handshake: handshake(),
                    address,
                    user,
                    is_for_admins,
                };
                Record::new(self.next_id.fetch_add(1, Ordering::Relaxed), subject, bell)
            }
        };
        let record = match id {
            // With the lock, so that its shelf does not make room for another one meanwhile.
            Some(id) => {
                let mut shelves = self.lock();
                let shelf = self.shelf(&mut shelves, id)?;
                shelf.add(make(false))?
            }
            None => self.others.add(make(true))?,
        };
        Some(Recording::new(record, self.message_len_max))
    }

    /// What whoever sent `headers` may see.
    pub(crate) fn view(self: &Arc<Self>, headers: &HeaderMap, is_secure: bool) -> View {
        let session = self.session(headers, is_secure);
        View::new(Arc::clone(self), &session)
    }

    fn session(&self, headers: &HeaderMap, is_secure: bool) -> Session {
        if self.mint.is_none() {
            return Session::Off;
        }
        let Some(id) = self.id(headers, is_secure) else {
            return Session::Unknown;
        };
        let mut shelves = self.lock();
        match self.shelf(&mut shelves, id) {
            Some(shelf) => {
                shelf.enter();
                Session::Kept(shelf)
            }
            None => Session::NoRoom,
        }
    }

    fn id(&self, headers: &HeaderMap, is_secure: bool) -> Option<SessionId> {
        self.mint.as_ref()?.session(headers, is_secure)
    }

    /// The shelf of the session `id`, a new one where there is room or one that is not used.
    fn shelf(&self, shelves: &mut Shelves, id: SessionId) -> Option<Arc<Shelf>> {
        shelves.sweep();
        let shelves = &mut shelves.of;
        if let Some(shelf) = shelves.get(&id) {
            return Some(Arc::clone(shelf));
        }
        if shelves.len() >= self.sessions_max {
            let idle = shelves
                .iter()
                .filter_map(|(id, shelf)| Some((shelf.idle_since()?, *id)));
            let (_, oldest) = idle.min_by_key(|(since, _)| *since)?;
            shelves.remove(&oldest);
        }
        let shelf = Shelf::new(RECORDS_PER_SESSION_MAX, Arc::clone(&self.admins));
        let shelf = Arc::new(shelf);
        shelves.insert(id, Arc::clone(&shelf));
        Some(shelf)
    }

    /// All records.
    fn records(&self) -> Vec<Arc<Record>> {
        let shelves: Vec<_> = self.lock().of.values().cloned().collect();
        let others = std::iter::once(&self.others);
        let all = shelves.iter().chain(others);
        all.flat_map(|shelf| shelf.records()).collect()
    }

    /// Lets go of what was recorded for administrators, when there are none.
    fn drop_unwatched(&self) {
        if !self.admins.are_there() {
            self.others.drop_all();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Shelves> {
        self.shelves.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
