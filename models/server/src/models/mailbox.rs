//! The mailbox of a worker: other workers post, and it takes.

use loom::future::block_on;
use loom::sync::Arc;
use loom::thread::{self, JoinHandle};
use sockeye_hub::{Asker, Refusal, RequestId, SessionId, Ticket, ToOwner, ToWorker, WorkerId};

use super::{Found, Seen, assert_told, check, name, news, offset, publication};
use crate::limits::{MAILBOX_BYTES_MAX, MAILBOX_LEN_MAX};
use crate::sources::node::mailbox::{Letter, Mail, Mailbox};

fn news_of(channel: &str, at: u64) -> Mail {
    Mail::Worker(ToWorker::News {
        channel: name(channel),
        news: news(at, 1),
    })
}

/// What asks for something and holds `len` bytes.
fn asking(request: u64, len: usize) -> Mail {
    Mail::Owner(ToOwner::Publish {
        asker: Asker::Session {
            worker: WorkerId(0),
            session: SessionId(1),
            request: RequestId(request),
        },
        channel: name("a"),
        publication: publication(len).into(),
    })
}

/// What is always taken: the last of a sender.
fn last() -> Mail {
    Mail::Worker(ToWorker::NotJoined {
        ticket: Ticket(1),
        refused: Refusal::Unavailable.into(),
    })
}

/// What the worker found.
#[derive(Default)]
struct Taken {
    of_a: Vec<Found>,
    of_b: Vec<Found>,
    asked: usize,
    ended: usize,
}

impl Taken {
    fn take(&mut self, mailbox: &Mailbox) {
        let mut letters = Vec::new();
        mailbox.take(&mut letters);
        for letter in letters {
            let (channel, found) = match letter {
                Letter::Mail(Mail::Worker(ToWorker::News { channel, news })) => {
                    (channel, Found::News(offset(&news)))
                }
                Letter::Lost(channel) => (channel, Found::Lost),
                Letter::Mail(Mail::Owner(_)) => {
                    self.asked += 1;
                    continue;
                }
                Letter::Mail(Mail::Worker(_)) => {
                    self.ended += 1;
                    continue;
                }
            };
            let is_a = channel == name("a");
            let of_channel = if is_a { &mut self.of_a } else { &mut self.of_b };
            of_channel.push(found);
        }
    }
}

/// Posts `mail` one by one, and says how many of it came back.
fn post(mailbox: &Arc<Mailbox>, mail: Vec<Mail>) -> JoinHandle<usize> {
    let mailbox = Arc::clone(mailbox);
    thread::spawn(move || {
        let post = |one| {
            let mut mail = vec![one];
            mailbox.post(&mut mail);
            assert!(mail.iter().all(|back| matches!(back, Mail::Owner(_))));
            mail.len()
        };
        mail.into_iter().map(post).sum()
    })
}

/// Both senders post while the worker takes, until the last of each is there. What was found and
/// how many came back.
fn race(first: Vec<Mail>, second: Vec<Mail>) -> (Taken, usize) {
    let mailbox = Arc::new(Mailbox::default());
    let threads = [first, second].map(|mail| post(&mailbox, mail));
    let mut taken = Taken::default();
    while taken.ended < threads.len() {
        block_on(mailbox.arrived());
        taken.take(&mailbox);
    }
    let back = threads.map(|thread| thread.join().unwrap());
    (taken, back.into_iter().sum())
}

/// If this fails, news that have no room vanish without a word, a worker is told of a loss twice or
/// of none, or it sleeps while mail waits.
#[test]
fn losses_of_news_are_told_once() {
    let seen = Seen::default();
    let noted = seen.clone();
    check(move || {
        let of_a = vec![news_of("a", 1), news_of("a", 2), last()];
        let of_b = vec![news_of("b", 1), last()];
        let (taken, back) = race(of_a, of_b);
        assert_eq!(back, 0);
        let lost = [assert_told(&taken.of_a, 2), assert_told(&taken.of_b, 1)];
        noted.note(lost.contains(&true));
    });
    seen.assert_both();
}

/// If this fails, what asks for something is neither done nor refused, or both.
#[test]
fn what_asks_arrives_or_comes_back() {
    let seen = Seen::default();
    let noted = seen.clone();
    check(move || {
        let len = MAILBOX_BYTES_MAX / 2;
        let first = vec![asking(1, len), last()];
        let second = vec![asking(2, len), asking(3, 1), last()];
        let (taken, back) = race(first, second);
        assert_eq!(taken.asked + back, 3);
        noted.note(back > 0);
    });
    seen.assert_both();
}

/// If this fails, two workers with full mailboxes wait for each other, or memory grows with a
/// worker that takes nothing.
#[test]
fn nobody_waits_for_room() {
    check(|| {
        let mailbox = Arc::new(Mailbox::default());
        let of_a = vec![news_of("a", 1), news_of("a", 2), asking(1, 1)];
        let of_b = vec![news_of("b", 1), asking(2, 1)];
        let threads = [of_a, of_b].map(|mail| post(&mailbox, mail));
        let back: usize = threads.map(|thread| thread.join().unwrap()).iter().sum();
        let mut taken = Taken::default();
        taken.take(&mailbox);
        assert_eq!(taken.asked + back, 2);
        assert_told(&taken.of_a, 2);
        assert_told(&taken.of_b, 1);
        let is_news = |found: &&Found| matches!(found, Found::News(_));
        let held = taken.of_a.iter().chain(&taken.of_b).filter(is_news).count();
        assert!(held + taken.asked <= MAILBOX_LEN_MAX, "{held} news held");
        // What waited before is no reason to be woken again for.
        block_on(mailbox.arrived());
    });
}
