//! Models of mail between threads that has no room: in every order in which threads can meet,
//! nothing is lost silently, each loss is told once, no wake-up goes missing, and nobody waits for
//! room. Loom finds who waits for ever as a deadlock.

mod inbox;
mod mailbox;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use loom::model::Builder;
use sockeye_hub::{ChannelName, Entry, Epoch, News, Payload, Position, Publication};

/// How often a thread may be interrupted where it does not wait.
const PREEMPTIONS: usize = 3;

/// Tries all orders.
fn check(model: impl Fn() + Sync + Send + 'static) {
    let mut builder = Builder::new();
    builder.preemption_bound = Some(PREEMPTIONS);
    builder.check(model);
}

/// How many orders came to a loss and how many did not: a model that sees but one of the two says
/// nothing of the other. Not loom's: it outlives each order.
#[derive(Clone, Default)]
struct Seen(Arc<[AtomicUsize; 2]>);

impl Seen {
    fn note(&self, is_lost: bool) {
        self.0[usize::from(is_lost)].fetch_add(1, Ordering::Relaxed);
    }

    fn assert_both(&self) {
        let [whole, lost] = &*self.0;
        let both = (whole.load(Ordering::Relaxed), lost.load(Ordering::Relaxed));
        assert!(
            both.0 > 0 && both.1 > 0,
            "orders without and with a loss: {both:?}"
        );
    }
}

fn name(text: &str) -> ChannelName {
    ChannelName::new(text).unwrap()
}

fn publication(len: usize) -> Publication {
    Publication::new(Payload::Binary(vec![0; len].into()), 0)
}

/// News number `offset` of a channel.
fn news(offset: u64, len: usize) -> News {
    let position = Position {
        epoch: Epoch(1),
        offset,
    };
    let publication = publication(len);
    News::Entry(Arc::new(Entry {
        position,
        publication,
    }))
}

fn offset(news: &News) -> u64 {
    match news {
        News::Entry(entry) => entry.position.offset,
        other => panic!("nobody sent {other:?}"),
    }
}

/// What a reader finds of a channel.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Found {
    News(u64),
    Lost,
}

/// That the news from 1 to `count` are all there or said to be lost, in order, and no loss is said
/// of nothing or twice. Whether something was lost.
fn assert_told(found: &[Found], count: u64) -> bool {
    let mut next = 1;
    let mut is_lost = false;
    for one in found {
        match *one {
            Found::News(offset) if is_lost => {
                assert!(offset > next, "nothing is missing: {found:?}");
                (next, is_lost) = (offset + 1, false);
            }
            Found::News(offset) => {
                assert_eq!(offset, next, "lost silently or out of order: {found:?}");
                next += 1;
            }
            Found::Lost => {
                assert!(!is_lost, "told twice: {found:?}");
                is_lost = true;
            }
        }
    }
    assert_eq!(next <= count, is_lost, "what became of the last: {found:?}");
    found.contains(&Found::Lost)
}
