//! What an owner knows of one channel. Owns the place up to which its news are known, and how a
//! page of history and the live publications become one replay. Emits nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::held::Held;
use super::present::Present;
use super::roster::Roster;
use super::turns::Turns;
use crate::code::End;
use crate::id::{Ticket, Token, WorkerId};
use crate::limits::PAGE_LEN_MAX;
use crate::message::{Join, News, Start};
use crate::name::UserId;
use crate::position::Position;
use crate::publication::Entry;
use crate::recovery::{self, Recovery};
use crate::stream::Page;

/// Whether the engine hands out the channel's news.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Attachment {
    /// It does not.
    #[default]
    None,
    /// It was asked to, with this token.
    Attaching(Token),
    /// It does, and this was the last.
    Attached(Position),
}

/// What to do with news.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Heard {
    /// Tell all workers.
    Told,
    /// Nothing: they are held for later, or known.
    Held,
    /// They do not follow the last ones.
    Broken(End),
}

/// What a subscriber gets before the live publications.
#[derive(Debug)]
pub(super) struct Replay {
    pub(super) live: Position,
    pub(super) position: Position,
    pub(super) recovery: Recovery,
    pub(super) entries: Vec<Arc<Entry>>,
}

/// One channel.
#[derive(Debug, Default)]
pub(super) struct Channel {
    pub(super) attachment: Attachment,
    /// Those who wait for the attachment or for their page of history.
    pub(super) waiting: Vec<Join>,
    /// Of those who speak, and of those who claim a name.
    pub(super) speaking: Turns,
    pub(super) naming: Turns,
    pub(super) present: Present,
    pub(super) roster: Roster,
    /// What came while somebody waits.
    held: Held,
    /// Who is a member by which subscription.
    subscribers: BTreeMap<(WorkerId, Ticket), Option<UserId>>,
    /// How many of them each worker has. Invariant: none has 0.
    workers: Vec<(WorkerId, usize)>,
}

impl Channel {
    /// The workers that have subscribers.
    pub(super) fn workers(&self) -> impl Iterator<Item = WorkerId> {
        self.workers.iter().map(|(worker, _)| *worker)
    }

    /// Whether somebody is subscribed or waits to be.
    pub(super) fn is_wanted(&self) -> bool {
        !self.waiting.is_empty() || !self.subscribers.is_empty()
    }

    /// Takes in what the engine handed out.
    pub(super) fn hear(&mut self, news: &News, held_bytes_max: usize) -> Heard {
        let News::Entry(entry) = news else {
            return match self.attachment {
                Attachment::Attached(_) => Heard::Told,
                // Who is there is asked for after the subscribe.
                Attachment::None | Attachment::Attaching(_) => Heard::Held,
            };
        };
        match self.attachment {
            Attachment::None => Heard::Held,
            Attachment::Attaching(_) => {
                self.held.push(entry, held_bytes_max);
                Heard::Held
            }
            Attachment::Attached(last) => match follow(last, entry.position) {
                Ok(true) => {
                    self.attachment = Attachment::Attached(entry.position);
                    if !self.waiting.is_empty() {
                        self.held.push(entry, held_bytes_max);
                    }
                    Heard::Told
                }
                Ok(false) => Heard::Held,
                Err(end) => Heard::Broken(end),
            },
        }
    }

    /// Begins with the news after `top`, some of which may have come already.
    pub(super) fn attach(&mut self, top: Position) -> Result<(), End> {
        let mut last = top;
        for entry in self.held.iter() {
            if follow(last, entry.position)? {
                last = entry.position;
            }
        }
        self.attachment = Attachment::Attached(last);
        Ok(())
    }

    /// The replay of whoever needs none, or may have none and misses what there is.
    pub(super) fn nothing_before(&self, start: Start) -> Replay {
        let live = self.last();
        let is_whole = match start {
            Start::After(since) | Start::AfterOrLast { since, .. } => since == live,
            Start::Live | Start::Last(_) => true,
        };
        Replay {
            live,
            position: live,
            recovery: recovery(start, is_whole),
            entries: Vec::new(),
        }
    }

    /// Makes one replay of a page and of what came while it was on its way.
    pub(super) fn replay(&self, start: Start, mut page: Page) -> Replay {
        let live = self.last();
        let came_to = self.extend(&mut page, start);
        let reaches = came_to.is_some();
        let entries = if reaches { page.entries } else { Vec::new() };
        // A page may know of publications that were not handed out yet. What is not replayed is
        // live, so the place is then the one that is known here.
        let is_ahead = reaches && page.top.epoch == live.epoch && page.top.offset > live.offset;
        Replay {
            live,
            position: if is_ahead { page.top } else { live },
            recovery: came_to.unwrap_or(Recovery::Lost),
            entries,
        }
    }

    /// Whether what a subscriber missed that was at `since` may be in one page.
    pub(super) fn is_near(&self, since: Position) -> bool {
        let live = self.last();
        let missed = live.offset.checked_sub(since.offset);
        let missed = missed.and_then(|missed| usize::try_from(missed).ok());
        since.epoch == live.epoch && missed.is_some_and(|missed| missed <= PAGE_LEN_MAX)
    }

    /// Brings the page to the live place, oldest first, and says what that is. `None` if there is a
    /// hole.
    fn extend(&self, page: &mut Page, start: Start) -> Option<Recovery> {
        if let Start::Last(_) | Start::AfterOrLast { .. } = start {
            page.entries.reverse();
        }
        for entry in self.held.iter() {
            if page.top.is_next(entry.position) {
                page.top = entry.position;
                page.entries.push(Arc::clone(entry));
            }
        }
        let live = self.last();
        if page.top.epoch != live.epoch || page.top.offset < live.offset {
            return None;
        }
        match start {
            Start::After(since) => {
                recovery::is_complete(since, page).then_some(Recovery::Recovered)
            }
            Start::AfterOrLast { since, last } => missed_or_newest(page, since, last),
            Start::Last(limit) => cut_to_newest(page, limit).then_some(Recovery::NotAsked),
            Start::Live => Some(Recovery::NotAsked),
        }
    }

    /// The newest place that is known here.
    fn last(&self) -> Position {
        match self.attachment {
            Attachment::Attached(last) => last,
            // Nobody asks before: there is nothing to begin from.
            Attachment::None | Attachment::Attaching(_) => Position::start(crate::Epoch(0)),
        }
    }

    pub(super) fn take_waiting(&mut self) -> Vec<Join> {
        std::mem::take(&mut self.waiting)
    }

    /// Takes one out of those who wait.
    pub(super) fn stop_waiting(&mut self, worker: WorkerId, ticket: Ticket) -> Option<Join> {
        let is_it = |join: &Join| join.worker == worker && join.ticket == ticket;
        let index = self.waiting.iter().position(is_it)?;
        Some(self.waiting.remove(index))
    }

    /// Lets go of what was held, once nobody waits for it.
    pub(super) fn release_held(&mut self) {
        if self.waiting.is_empty() {
            self.held = Held::default();
        }
    }

    /// The member that a subscription is; `None`: there is no such subscription.
    pub(super) fn member(&self, worker: WorkerId, ticket: Ticket) -> Option<&Option<UserId>> {
        self.subscribers.get(&(worker, ticket))
    }

    pub(super) fn insert(&mut self, worker: WorkerId, ticket: Ticket, user: Option<UserId>) {
        if self.subscribers.insert((worker, ticket), user).is_some() {
            return;
        }
        match self.workers.iter_mut().find(|(known, _)| *known == worker) {
            Some((_, count)) => *count += 1,
            None => self.workers.push((worker, 1)),
        }
    }

    /// Takes a subscription out, and gives the member that it was.
    pub(super) fn remove(&mut self, worker: WorkerId, ticket: Ticket) -> Option<UserId> {
        let user = self.subscribers.remove(&(worker, ticket))?;
        if let Some((_, count)) = self.workers.iter_mut().find(|(known, _)| *known == worker) {
            *count -= 1;
        }
        self.workers.retain(|(_, count)| *count > 0);
        user
    }

    /// Takes all subscriptions out, and gives their workers and the members that they were.
    pub(super) fn clear(&mut self) -> (Vec<WorkerId>, Vec<UserId>) {
        let workers = std::mem::take(&mut self.workers);
        let workers = workers.into_iter().map(|(worker, _)| worker).collect();
        let users = std::mem::take(&mut self.subscribers);
        (workers, users.into_values().flatten().collect())
    }
}

/// Whether `next` is news after `last`; an error if something between the two is missing.
fn follow(last: Position, next: Position) -> Result<bool, End> {
    if next.epoch != last.epoch {
        return Err(End::Restarted);
    }
    if next.offset <= last.offset {
        return Ok(false);
    }
    if last.is_next(next) {
        Ok(true)
    } else {
        Err(End::Gap)
    }
}

/// Leaves what is after `since` in a page of the newest, if that is all of it; or else the `last`.
fn missed_or_newest(page: &mut Page, since: Position, last: usize) -> Option<Recovery> {
    let is_known = |entry: &&Arc<Entry>| {
        entry.position.epoch == since.epoch && entry.position.offset <= since.offset
    };
    let known = page.entries.iter().take_while(is_known).count();
    let missed = Page {
        entries: page.entries.iter().skip(known).cloned().collect(),
        top: page.top,
    };
    if recovery::is_complete(since, &missed) {
        *page = missed;
        return Some(Recovery::Recovered);
    }
    cut_to_newest(page, last).then_some(Recovery::Lost)
}

/// Leaves the `last` newest in a page, oldest first. `false` if there is a hole among them.
fn cut_to_newest(page: &mut Page, last: usize) -> bool {
    let surplus = page.entries.len().saturating_sub(last);
    page.entries.drain(..surplus);
    let before = page.entries.first().map(|entry| entry.position.offset - 1);
    let since = Position {
        offset: before.unwrap_or(page.top.offset),
        ..page.top
    };
    recovery::is_complete(since, page)
}

/// What came of a subscription from `start` on, whose replay is whole or not.
fn recovery(start: Start, is_whole: bool) -> Recovery {
    match start {
        _ if !is_whole => Recovery::Lost,
        Start::After(_) | Start::AfterOrLast { .. } => Recovery::Recovered,
        Start::Live | Start::Last(_) => Recovery::NotAsked,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// If this fails, a worker is told of each publication in a channel that nobody there wants.
    #[test]
    fn worker_is_known_from_its_first_subscriber_to_its_last() {
        let mut channel = Channel::default();
        let (here, there) = (WorkerId(1), WorkerId(2));
        for (worker, ticket) in [(here, 1), (here, 2), (there, 1), (there, 1)] {
            channel.insert(worker, Ticket(ticket), None);
        }
        channel.remove(here, Ticket(1));
        assert_eq!(channel.workers().collect::<Vec<_>>(), [here, there]);
        for (worker, ticket) in [(there, 1), (there, 1), (here, 9)] {
            channel.remove(worker, Ticket(ticket));
        }
        assert_eq!(channel.workers().collect::<Vec<_>>(), [here]);
        assert_eq!(channel.clear().0, [here]);
        assert!(!channel.is_wanted());
    }
}
