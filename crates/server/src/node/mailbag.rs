//! The mail of one worker: what it finds in its own mailbox, and what leaves for others at the end
//! of a round. Owns the memory of both, which rounds share. What becomes of mail is the core's
//! business.

use std::sync::Arc;

use sockeye_hub::ChannelName;

use super::mailbox::{Letter, Mail, Mailbox};

/// What one worker has of the mail.
pub(super) struct Mailbag {
    number: usize,
    mailboxes: Arc<[Mailbox]>,
    /// Mail to each worker that leaves at the end of a round. Bounded by what one round does.
    outgoing: Vec<Vec<Mail>>,
    /// Letters that were looked at; its memory serves the next round.
    letters: Vec<Letter>,
}

impl Mailbag {
    /// That of the worker with this number.
    pub(super) fn new(number: u16, mailboxes: Arc<[Mailbox]>) -> Self {
        Self {
            number: usize::from(number),
            outgoing: mailboxes.iter().map(|_| Vec::new()).collect(),
            mailboxes,
            letters: Vec::new(),
        }
    }

    /// The worker that a channel's owner is on.
    pub(super) fn worker_of(&self, channel: &ChannelName) -> usize {
        channel.shard(self.mailboxes.len())
    }

    /// Keeps mail to another worker until [`send`](Self::send); what is for this one comes back.
    pub(super) fn put(&mut self, worker: usize, mail: Mail) -> Option<Mail> {
        if worker == self.number {
            return Some(mail);
        }
        if let Some(outgoing) = self.outgoing.get_mut(worker) {
            outgoing.push(mail);
        }
        None
    }

    /// Sends what was put in; what there was no room for.
    pub(super) fn send(&mut self) -> Vec<Mail> {
        let mut refused = Vec::new();
        for (mailbox, outgoing) in self.mailboxes.iter().zip(&mut self.outgoing) {
            mailbox.post(outgoing);
            refused.append(outgoing);
        }
        refused
    }

    /// What came, to be given back by [`return_emptied`](Self::return_emptied).
    pub(super) fn take(&mut self) -> Vec<Letter> {
        let mut letters = std::mem::take(&mut self.letters);
        if let Some(mailbox) = self.mailboxes.get(self.number) {
            mailbox.take(&mut letters);
        }
        letters
    }

    /// Takes the memory of letters that were looked at.
    pub(super) fn return_emptied(&mut self, letters: Vec<Letter>) {
        self.letters = letters;
    }
}

#[cfg(test)]
mod tests {
    use sockeye_hub::{Ticket, ToOwner, WorkerId};

    use super::*;

    fn mail() -> Mail {
        Mail::Owner(ToOwner::Leave {
            worker: WorkerId(0),
            ticket: Ticket(1),
            channel: ChannelName::new("room").unwrap(),
        })
    }

    /// If this fails, a worker waits for mail to itself, or others for mail that is never sent.
    #[test]
    fn own_mail_comes_back_and_that_of_others_leaves_with_the_round() {
        let mailboxes: Arc<[Mailbox]> = (0..2).map(|_| Mailbox::default()).collect();
        let mut one = Mailbag::new(0, Arc::clone(&mailboxes));
        let mut other = Mailbag::new(1, mailboxes);
        assert!(one.put(0, mail()).is_some());
        assert!(one.put(1, mail()).is_none());
        assert!(other.take().is_empty(), "the round is not over");
        assert!(one.send().is_empty(), "there is room");
        let mut letters = other.take();
        assert_eq!(letters.len(), 1);
        letters.clear();
        other.return_emptied(letters);
        assert!(other.put(0, mail()).is_none());
        assert!(other.send().is_empty());
        assert_eq!((one.take().len(), other.take().len()), (1, 0));
    }
}
