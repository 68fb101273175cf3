//! A session of the JSON chat: how it joins its room, gets a name, speaks, and comes back. Owns the
//! order of these steps; what is said in which words is `incoming`'s and `outgoing`'s. Never knows
//! what others have for names: the hub does.

mod answers;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use sockeye_hub::{Command, Notice, Payload, Publication, RequestId, Start};

use super::fault::{Fault, Reason};
use super::incoming::{self, Incoming};
use super::naming::{Naming, Wish};
use super::outgoing;
use crate::act::{Acts, Close};
use crate::chat::name::{self, Name};
use crate::chat::{Options, Protocol, Seat, chars_over};
use crate::limits::{FAULTS_MAX, JOIN_WAIT, QUOTE_CHARS_MAX, TEXT_CHARS_MAX, UNNAMED_MESSAGES_MAX};
use crate::session::{Now, Session};

/// Where the client is.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// Not in its room. Unless it says something before `due`, it joins with `start`.
    Outside { due: Option<Duration>, start: Start },
    /// On its way in.
    Joining { start: Start },
    /// The hub was too busy to let it in, and is asked again then.
    Waiting { due: Duration, start: Start },
    /// In its room.
    Joined,
}

/// What a command is for; its request's number says it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Purpose {
    Join,
    Claim,
    List,
    Publish,
}

impl Purpose {
    const ALL: [Self; 4] = [Self::Join, Self::Claim, Self::List, Self::Publish];

    fn of(request: RequestId) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|purpose| request.0 % 4 == *purpose as u64)
    }
}

/// A message that waits for its sender's name.
#[derive(Debug)]
struct Said {
    text: String,
    key: Option<Box<str>>,
}

/// What the client said that is not done.
#[derive(Debug)]
struct Untaken {
    fault: Fault,
    /// By which the client knows its message again.
    key: Option<Box<str>>,
}

impl From<Fault> for Untaken {
    fn from(fault: Fault) -> Self {
        Self { fault, key: None }
    }
}

/// A session of the JSON chat.
#[derive(Debug)]
pub(in crate::chat) struct Json {
    seat: Seat,
    name_chars_max: usize,
    text_chars_max: usize,
    history_len: usize,
    place: Place,
    naming: Naming,
    /// What the server knows its user by: it wants no other name.
    known: Option<Wish>,
    /// What such a client asked for before it has a name. It is answered with the name, in one
    /// line with one reason.
    asked: Option<String>,
    /// When to ask again who is there, as the hub was too busy to say so.
    list_due: Option<Duration>,
    /// When to claim the name that is wanted, as the client was too fast.
    claim_due: Option<Duration>,
    unnamed: VecDeque<Said>,
    /// Of publications that wait for their answer: as many as the hub lets wait.
    keys: BTreeMap<RequestId, Box<str>>,
    commands: u64,
    /// Faults since the last message that was none.
    faults: u32,
    /// Nobody else could have a name when this client asked for one, as so many had; the next name
    /// that it asks for is tried again.
    full_of: Option<usize>,
    /// Whether it goes on as who was cut off: it says `resume`, or had a name when the room ended.
    is_back: bool,
}

impl Json {
    pub(in crate::chat) fn new(options: &Options, seat: Seat) -> Self {
        let mut naming = Naming::default();
        let known = seat.name.as_ref();
        let known = known.map(|name| wish(name, options.name_chars_max));
        if let Some(known) = &known {
            naming.want(known.clone());
        }
        Self {
            seat,
            name_chars_max: options.name_chars_max,
            text_chars_max: options.text_chars_max.min(TEXT_CHARS_MAX),
            history_len: options.json_history_len,
            place: Place::Outside {
                due: None,
                start: Start::Last(options.json_history_len),
            },
            naming,
            known,
            asked: None,
            list_due: None,
            claim_due: None,
            unnamed: VecDeque::new(),
            keys: BTreeMap::new(),
            commands: 0,
            faults: 0,
            full_of: None,
            is_back: false,
        }
    }

    /// The room, in the words of its address.
    fn room(&self) -> &str {
        let room = self.seat.room.as_str();
        room.strip_prefix(Protocol::Json.prefix()).unwrap_or(room)
    }

    /// Why it may not speak without a name.
    fn nameless(&self) -> Fault {
        match self.full_of {
            Some(people_max) => Fault::Full {
                room: self.room().to_owned(),
                people_max,
            },
            None => Fault::Nameless,
        }
    }

    fn request(&mut self, purpose: Purpose) -> RequestId {
        self.commands += 1;
        RequestId(self.commands * 4 + purpose as u64)
    }

    // What the client says

    fn take(&mut self, now: Now, incoming: Incoming, acts: &mut Acts) -> Result<(), Untaken> {
        match incoming {
            Incoming::Username(name) => {
                self.username(now, &name, acts);
                self.join_if_outside(acts);
                self.claim(acts);
            }
            Incoming::Message { text, key } => {
                if let Err(fault) = self.check(&text) {
                    return Err(Untaken { fault, key });
                }
                let said = Said { text, key };
                if self.naming.shown().is_some() {
                    self.publish(now, said, acts);
                } else {
                    self.unnamed.push_back(said);
                    self.join_if_outside(acts);
                }
            }
            Incoming::Resume(position) => match self.place {
                Place::Outside { .. } => {
                    self.is_back = true;
                    let (since, last) = (position, self.history_len);
                    self.join(Start::AfterOrLast { since, last }, acts);
                }
                Place::Joining { .. } | Place::Waiting { .. } | Place::Joined => {
                    return Err(Fault::Joined.into());
                }
            },
        }
        Ok(())
    }

    /// Whether a text can be said, now or once its sender has a name.
    fn check(&self, text: &str) -> Result<(), Fault> {
        if text.is_empty() {
            return Err(Fault::Empty);
        }
        let chars_max = self.text_chars_max;
        if let Some(chars) = chars_over(text, chars_max) {
            return Err(Fault::Text { chars, chars_max });
        }
        if self.naming.shown().is_some() {
            Ok(())
        } else if !self.naming.is_under_way() {
            Err(self.nameless())
        } else if self.unnamed.len() >= UNNAMED_MESSAGES_MAX {
            Err(Fault::Impatient)
        } else {
            Ok(())
        }
    }

    fn username(&mut self, now: Now, asked: &str, acts: &mut Acts) {
        let wish = wish(asked, self.name_chars_max);
        if let Some(known) = &self.known {
            let is_own = wish.instead.is_none() && wish.name.key() == known.name.key();
            match self.naming.shown() {
                Some(name) if !is_own => {
                    let (asked, reason) = (quote(asked), Reason::Known);
                    acts.frame(outgoing::rejectusername(now, name, &asked, &reason));
                }
                _ => {
                    self.asked = (!is_own).then(|| quote(asked));
                    if !self.naming.is_under_way() {
                        self.naming.want(known.clone());
                    }
                }
            }
            return;
        }
        match (self.naming.shown(), &wish.instead) {
            // It has a name, and keeps it.
            (Some(name), Some((asked, reason))) => {
                acts.frame(outgoing::rejectusername(now, name, asked, reason));
            }
            _ => self.naming.want(wish),
        }
    }

    fn fault(&mut self, now: Now, untaken: &Untaken, acts: &mut Acts) {
        let Untaken { fault, key } = untaken;
        acts.frame(outgoing::fault(now, fault, key.as_deref()));
        self.faults += 1;
        if self.faults >= FAULTS_MAX {
            let detail =
                format!("at most {FAULTS_MAX} messages in a row that are none of this chat's");
            acts.close(Close::hub(sockeye_hub::Close::BadRequest, &detail));
        }
    }

    // What it wants of the hub

    fn join_if_outside(&mut self, acts: &mut Acts) {
        if let Place::Outside { start, .. } = self.place {
            self.join(start, acts);
        }
    }

    fn join(&mut self, start: Start, acts: &mut Acts) {
        self.place = Place::Joining { start };
        let request = self.request(Purpose::Join);
        acts.command(request, self.seat.subscribe(start));
    }

    fn list(&mut self, acts: &mut Acts) {
        self.list_due = None;
        let request = self.request(Purpose::List);
        let channel = self.seat.room.clone();
        acts.command(request, Command::Members { channel });
    }

    /// Claims the name that is wanted, once that can be done.
    fn claim(&mut self, acts: &mut Acts) {
        if !matches!(self.place, Place::Joined) {
            return;
        }
        self.claim_due = None;
        let request = self.request(Purpose::Claim);
        if let Some(wish) = self.naming.claim(request) {
            let channel = self.seat.room.clone();
            let names = wish.name.choices(self.seat.session.0);
            let command = Command::Claim {
                channel,
                names,
                is_back: self.is_back,
            };
            acts.command(request, command);
        }
    }

    fn publish(&mut self, now: Now, said: Said, acts: &mut Acts) {
        let Some(name) = self.naming.shown() else {
            return;
        };
        let mut publication = Box::new(Publication::new(
            Payload::Text(said.text.into()),
            now.unix_ms,
        ));
        publication.tags.insert("name".into(), name.as_ref().into());
        // Others may have the same key for another text. No space is in a name's key.
        let key = said.key.as_deref();
        publication.idempotency_key = key.map(|key| format!("{} {key}", name::key(name)).into());
        let request = self.request(Purpose::Publish);
        self.keys.extend(said.key.map(|key| (request, key)));
        let channels = vec![self.seat.room.clone()];
        let command = Command::Publish {
            channels,
            publication,
        };
        acts.command(request, command);
    }
}

impl Session for Json {
    fn open(&mut self, now: Now, acts: &mut Acts) {
        acts.frame(outgoing::id(now, self.seat.session));
        if let Place::Outside { due, .. } = &mut self.place {
            *due = Some(now.elapsed.saturating_add(JOIN_WAIT));
        }
    }

    fn text(&mut self, now: Now, text: &str, acts: &mut Acts) {
        let incoming = incoming::read(text).map_err(Untaken::from);
        let taken = incoming.and_then(|incoming| self.take(now, incoming, acts));
        match taken {
            Ok(()) => self.faults = 0,
            Err(untaken) => self.fault(now, &untaken, acts),
        }
    }

    fn binary(&mut self, now: Now, _bytes: &[u8], acts: &mut Acts) {
        self.fault(now, &Fault::Binary.into(), acts);
    }

    fn notice(&mut self, now: Now, notice: &Notice, acts: &mut Acts) {
        match notice {
            Notice::Subscribed(subscribed) => self.subscribed(now, subscribed, acts),
            Notice::Answered {
                request, answer, ..
            } => self.answered(now, *request, answer, acts),
            Notice::Ended { end, .. } => {
                acts.frame(outgoing::ended(now, *end));
                self.is_back |= self.naming.shown().is_some();
                self.naming.lost();
                (self.list_due, self.claim_due) = (None, None);
                // A client that knows how says what it saw last; another one goes on with what is
                // live, and was told that something is missing.
                let wait = now.elapsed.saturating_add(JOIN_WAIT);
                self.place = Place::Outside {
                    due: end.is_resubscribe().then_some(wait),
                    start: Start::Live,
                };
            }
            Notice::Unsubscribed { .. } => {}
        }
    }

    fn due(&self) -> Option<Duration> {
        match self.place {
            Place::Outside { due, .. } => due,
            Place::Waiting { due, .. } => Some(due),
            Place::Joined => [self.list_due, self.claim_due].into_iter().flatten().min(),
            Place::Joining { .. } => None,
        }
    }

    fn tick(&mut self, now: Now, acts: &mut Acts) {
        if self.due().is_none_or(|due| due > now.elapsed) {
            return;
        }
        match self.place {
            Place::Outside { start, .. } | Place::Waiting { start, .. } => self.join(start, acts),
            Place::Joined => {
                let is_due = |due: Option<Duration>| due.is_some_and(|due| due <= now.elapsed);
                if is_due(self.list_due) {
                    self.list(acts);
                }
                if is_due(self.claim_due) {
                    self.claim(acts);
                }
            }
            Place::Joining { .. } => {}
        }
    }

    fn is_waiting(&self) -> bool {
        // Out of a room that it was put out of, it waits for its client alone.
        let is_out = matches!(self.place, Place::Outside { due: None, .. });
        !self.unnamed.is_empty() && !is_out
    }
}

/// The name that somebody wants, or the one of who has no other and why.
fn wish(asked: &str, chars_max: usize) -> Wish {
    match Name::new(asked, chars_max) {
        Ok(name) => Wish {
            name,
            instead: None,
        },
        Err(fault) => Wish {
            name: Name::guest(),
            instead: Some((quote(asked), Reason::Fault(fault))),
        },
    }
}

fn quote(text: &str) -> String {
    text.chars().take(QUOTE_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests;
