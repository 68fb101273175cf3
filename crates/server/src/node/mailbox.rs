//! Mail from worker threads to one of them. Owns the bound on what waits there, and the fate of
//! what there is no room for. Nobody waits for room, so that no two threads wait for each other.
//!
//! - What asks for something (a subscription, a publication, a page) goes back to its sender, who
//!   refuses it with [`Refusal::Unavailable`](sockeye_hub::Refusal::Unavailable).
//! - News of a channel are lost, and the worker is told that they are: its subscriptions of the
//!   channel end with [`End::Gap`](sockeye_hub::End::Gap), which says to recover.
//! - What answers somebody or ends something is always taken: it is at most one for each that was
//!   asked for, and without it both sides would disagree for ever.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use sockeye_hub::{Answer, Asker, ChannelName, Refusal, Refused, ToOwner, ToWorker};

use crate::limits::{MAILBOX_BYTES_MAX, MAILBOX_LEN_MAX};
use crate::sync::{Mutex, MutexGuard, Notify};

/// What workers send each other.
#[derive(Debug)]
pub(crate) enum Mail {
    /// To the owner of a channel.
    Owner(ToOwner),
    /// To a fan-out.
    Worker(ToWorker),
}

impl Mail {
    /// What its sender is told where there is no room for it: the same as if the owner had none.
    pub(crate) fn refused(self) -> Option<ToWorker> {
        let refused = Refused::from(Refusal::Unavailable);
        let Self::Owner(message) = self else {
            return None;
        };
        match message {
            ToOwner::Join(join) => {
                let ticket = join.ticket;
                Some(ToWorker::NotJoined { ticket, refused })
            }
            ToOwner::Publish { asker, channel, .. }
            | ToOwner::History { asker, channel, .. }
            | ToOwner::Members { asker, channel }
            | ToOwner::MemberCount { asker, channel }
            | ToOwner::Claim { asker, channel, .. } => match asker {
                Asker::Session {
                    session, request, ..
                } => Some(ToWorker::Answer {
                    session,
                    request,
                    channel,
                    answer: Answer::Refused(refused),
                }),
                Asker::Server(_) => None,
            },
            ToOwner::Leave { .. } => None,
        }
    }
}

/// What a worker finds in its mailbox.
#[derive(Debug)]
pub(crate) enum Letter {
    Mail(Mail),
    /// News of this channel that would stand here are lost.
    Lost(ChannelName),
}

#[derive(Debug, Default)]
struct Waiting {
    letters: Vec<Letter>,
    /// Invariant: the charge of all news and publications among them.
    bytes: usize,
    /// Where the last mark of each channel stands that lost something.
    lost: BTreeMap<ChannelName, usize>,
    /// Where the last subscription began: a mark before it says nothing to that one.
    joined: usize,
}

/// The mailbox of one worker.
#[derive(Debug, Default)]
pub(crate) struct Mailbox {
    waiting: Mutex<Waiting>,
    arrived: Notify,
}

impl Mailbox {
    /// Puts in what `mail` has, in its order, with one wake-up for all of it. What asks and has no
    /// room is what remains in `mail`.
    pub(crate) fn post(&self, mail: &mut Vec<Mail>) {
        if mail.is_empty() {
            return;
        }
        let mut waiting = self.lock();
        let mut refused = Vec::new();
        for one in mail.drain(..) {
            refused.extend(waiting.put(one));
        }
        drop(waiting);
        // Not in its place: its memory serves what is posted next.
        mail.append(&mut refused);
        self.arrived.notify_one();
    }

    /// Takes everything, in the order in which it came from each sender, into `letters`, which is
    /// empty: its memory serves what comes next.
    pub(crate) fn take(&self, letters: &mut Vec<Letter>) {
        let mut waiting = self.lock();
        std::mem::swap(&mut waiting.letters, letters);
        waiting.bytes = 0;
        waiting.lost.clear();
        waiting.joined = 0;
    }

    /// Waits until something came since the last call.
    ///
    /// # Cancel safety
    /// A dropped future takes nothing; the next one is ready at once.
    pub(crate) async fn arrived(&self) {
        self.arrived.notified().await;
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // What a panic could leave here is whole: each change is one call.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    /// What goes back to its sender.
    fn put(&mut self, mail: Mail) -> Option<Mail> {
        let charge = charge(&mail);
        let is_full = self.letters.len() >= MAILBOX_LEN_MAX
            || self.bytes.saturating_add(charge) > MAILBOX_BYTES_MAX;
        match &mail {
            Mail::Worker(ToWorker::News { channel, .. }) => {
                let known = self.lost.get(channel).copied();
                if is_full || known.is_some() {
                    let channel = channel.clone();
                    self.lose(channel, known);
                    return None;
                }
            }
            Mail::Worker(ToWorker::Joined { .. }) => self.joined = self.letters.len(),
            Mail::Worker(_) | Mail::Owner(ToOwner::Leave { .. }) => {}
            Mail::Owner(_) if is_full => return Some(mail),
            Mail::Owner(_) => {}
        }
        self.bytes += charge;
        self.letters.push(Letter::Mail(mail));
        None
    }

    /// Marks that something of a channel is missing here, unless the mark before says so already.
    fn lose(&mut self, channel: ChannelName, known: Option<usize>) {
        if known.is_some_and(|at| at >= self.joined) {
            return;
        }
        self.lost.insert(channel.clone(), self.letters.len());
        self.letters.push(Letter::Lost(channel));
    }
}

fn charge(mail: &Mail) -> usize {
    match mail {
        Mail::Owner(ToOwner::Publish { publication, .. }) => publication.charge(),
        Mail::Worker(ToWorker::News { news, .. }) => news.charge(),
        Mail::Owner(_) | Mail::Worker(_) => 0,
    }
}

#[cfg(test)]
mod tests;
