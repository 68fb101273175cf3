//! The inbox of an owner: one thread for each channel delivers, and the owner takes.

use loom::future::block_on;
use loom::sync::Arc;
use loom::thread;
use sockeye_hub::Delivery;

use super::{Found, Seen, assert_told, check, name, news, offset};
use crate::limits::{INBOX_BYTES_MAX, INBOX_LEN_MAX};
use crate::sources::engine::inbox::Inbox;

/// Notes what one channel got; what is lost is of this channel only.
fn note(delivery: Delivery, a: &mut Vec<Found>, b: &mut Vec<Found>) {
    let (channel, found) = match delivery {
        Delivery::News { channel, news } => (channel, Found::News(offset(&news))),
        Delivery::Lost { channel } => (channel, Found::Lost),
    };
    let of_channel = if channel == name("a") { a } else { b };
    of_channel.push(found);
}

/// Delivers `lens` to a channel, each in its place of the stream.
fn deliver(inbox: &Inbox, channel: &str, lens: &[usize]) {
    for (offset, len) in (1..).zip(lens) {
        inbox.deliver(&name(channel), news(offset, *len));
    }
}

/// One thread delivers `a`, another one `b`, and the owner takes.
fn race(a: &'static [usize], b: &'static [usize]) {
    let seen = Seen::default();
    let noted = seen.clone();
    check(move || {
        let inbox = Arc::new(Inbox::new());
        let threads = [("a", a), ("b", b)].map(|(channel, lens)| {
            let inbox = Arc::clone(&inbox);
            thread::spawn(move || deliver(&inbox, channel, lens))
        });
        let counts = [a, b].map(|lens| u64::try_from(lens.len()).unwrap());
        let (mut of_a, mut of_b) = (Vec::new(), Vec::new());
        // Whoever is told of a loss does not wait for more.
        let is_over = |found: &[Found], count| {
            found.contains(&Found::Lost) || found.last() == Some(&Found::News(count))
        };
        while !(is_over(&of_a, counts[0]) && is_over(&of_b, counts[1])) {
            note(block_on(inbox.next()), &mut of_a, &mut of_b);
        }
        for thread in threads {
            thread.join().unwrap();
        }
        while let Some(delivery) = inbox.take() {
            note(delivery, &mut of_a, &mut of_b);
        }
        let lost = [assert_told(&of_a, counts[0]), assert_told(&of_b, counts[1])];
        noted.note(lost.contains(&true));
        // All room is there again.
        deliver(&inbox, "a", &[INBOX_BYTES_MAX - news(1, 0).charge()]);
        assert!(matches!(inbox.take(), Some(Delivery::News { .. })));
    });
    seen.assert_both();
}

/// If this fails, news that have no room vanish without a word, an owner is told of a loss twice or
/// of none, or it sleeps while something waits.
#[test]
fn losses_beyond_the_number_are_told_once() {
    race(&[1, 1], &[1]);
}

/// If this fails, the same is so where the bytes are used up.
#[test]
fn losses_beyond_the_bytes_are_told_once() {
    race(&[INBOX_BYTES_MAX / 2], &[INBOX_BYTES_MAX / 2, 1]);
}

/// If this fails, an owner that takes by itself for a while sleeps over what came meanwhile.
#[test]
fn owner_that_takes_by_itself_misses_nothing() {
    check(|| {
        let inbox = Arc::new(Inbox::new());
        let thread = {
            let inbox = Arc::clone(&inbox);
            thread::spawn(move || deliver(&inbox, "a", &[1, 1]))
        };
        inbox.hold();
        let mut taken = 0;
        while inbox.take().is_some() {
            taken += 1;
        }
        inbox.release();
        while taken < 2 {
            block_on(inbox.next());
            taken += 1;
        }
        thread.join().unwrap();
        assert!(inbox.take().is_none());
    });
}

/// If this fails, who delivers waits for an owner that takes nothing, or memory grows with it.
#[test]
fn nobody_waits_for_room() {
    check(|| {
        let inbox = Arc::new(Inbox::new());
        let threads = ["a", "b"].map(|channel| {
            let inbox = Arc::clone(&inbox);
            thread::spawn(move || deliver(&inbox, channel, &[1; INBOX_LEN_MAX]))
        });
        for thread in threads {
            thread.join().unwrap();
        }
        let (mut of_a, mut of_b) = (Vec::new(), Vec::new());
        while let Some(delivery) = inbox.take() {
            note(delivery, &mut of_a, &mut of_b);
        }
        let is_news = |found: &&Found| matches!(found, Found::News(_));
        let held = of_a.iter().chain(&of_b).filter(is_news).count();
        assert_eq!(held, INBOX_LEN_MAX);
        let count = u64::try_from(INBOX_LEN_MAX).unwrap();
        let lost = [assert_told(&of_a, count), assert_told(&of_b, count)];
        assert!(lost.contains(&true));
    });
}
