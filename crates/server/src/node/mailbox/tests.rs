//! Mailboxes: what waits, and what becomes of what has no room.

use std::sync::Arc;

use sockeye_hub::{
    Entry, Epoch, Join, News, Payload, Position, Publication, Recovery, RequestId, SessionId,
    Start, Ticket, WorkerId, limits,
};

use super::*;

fn name(text: &str) -> ChannelName {
    ChannelName::new(text).unwrap()
}

fn news(channel: &str, offset: u64, len: usize) -> Mail {
    let epoch = Epoch(1);
    let payload = Payload::Binary(vec![0; len].into());
    let entry = Arc::new(Entry {
        position: Position { epoch, offset },
        publication: Publication::new(payload, 0),
    });
    let (channel, news) = (name(channel), News::Entry(entry));
    Mail::Worker(ToWorker::News { channel, news })
}

fn joined(ticket: u64) -> Mail {
    let position = Position {
        epoch: Epoch(1),
        offset: 0,
    };
    Mail::Worker(ToWorker::Joined {
        ticket: Ticket(ticket),
        live: position,
        position,
        recovery: Recovery::NotAsked,
        replay: Vec::new(),
    })
}

fn leave(ticket: u64) -> Mail {
    Mail::Owner(ToOwner::Leave {
        worker: WorkerId(0),
        ticket: Ticket(ticket),
        channel: name("room"),
    })
}

/// News until the bytes are used up, and how many these were.
fn fill(mailbox: &Mailbox, channel: &str) -> u64 {
    let len = limits::PAYLOAD_LEN_MAX;
    let charge = Publication::new(Payload::Binary(vec![0; len].into()), 0).charge();
    let count = u64::try_from(MAILBOX_BYTES_MAX / charge).unwrap();
    let mut mail = (0..count).map(|at| news(channel, at, len)).collect();
    mailbox.post(&mut mail);
    assert!(mail.is_empty());
    count
}

fn taken(mailbox: &Mailbox) -> Vec<Letter> {
    let mut letters = Vec::new();
    mailbox.take(&mut letters);
    letters
}

/// If this fails, mail overtakes other mail, or a worker sleeps while it has some.
#[tokio::test]
async fn mail_arrives_in_order_with_one_wake_up() {
    let mailbox = Mailbox::default();
    mailbox.post(&mut vec![leave(1), leave(2)]);
    mailbox.post(&mut vec![leave(3)]);
    mailbox.arrived().await;
    let tickets = taken(&mailbox).into_iter().map(|letter| match letter {
        Letter::Mail(Mail::Owner(ToOwner::Leave { ticket, .. })) => ticket.0,
        other => panic!("{other:?}"),
    });
    assert_eq!(tickets.collect::<Vec<_>>(), [1, 2, 3]);
    let again = tokio::time::timeout(std::time::Duration::ZERO, mailbox.arrived());
    assert!(again.await.is_err(), "there was one wake-up for all");
}

/// If this fails, a worker that is behind grows without end, waits for another one, or misses news
/// without being told.
#[test]
fn full_mailbox_refuses_who_asks_loses_news_and_takes_answers() {
    let mailbox = Mailbox::default();
    let count = fill(&mailbox, "full");
    let publish = Mail::Owner(ToOwner::Publish {
        asker: Asker::Server(1),
        channel: name("room"),
        publication: Publication::new(Payload::Binary(vec![0; 70_000].into()), 0).into(),
    });
    let mut mail = vec![
        publish,
        news("room", 1, 70_000),
        news("room", 2, 0),
        leave(1),
    ];
    mailbox.post(&mut mail);
    assert!(
        matches!(&mail[..], [Mail::Owner(ToOwner::Publish { .. })]),
        "{mail:?}"
    );
    let letters = taken(&mailbox);
    let count = usize::try_from(count).unwrap();
    let [Letter::Lost(lost), Letter::Mail(Mail::Owner(_))] = &letters[count..] else {
        panic!("{:?}", &letters[count..]);
    };
    assert_eq!(*lost, name("room"));
    // All was taken, so there is room again, and nothing is lost any more.
    mailbox.post(&mut vec![news("room", 3, 0)]);
    assert!(matches!(&taken(&mailbox)[..], [Letter::Mail(_)]));
}

/// If this fails, a client whose command had no room waits for its answer for ever.
#[test]
fn whatever_asks_is_refused_in_its_own_words() {
    let channel = name("room");
    let asker = Asker::Session {
        worker: WorkerId(0),
        session: SessionId(7),
        request: RequestId(8),
    };
    let join = Join {
        worker: WorkerId(0),
        ticket: Ticket(9),
        channel: channel.clone(),
        start: Start::Live,
        may_replay: true,
        member: None,
    };
    let refused = Mail::Owner(ToOwner::Join(join)).refused();
    assert!(matches!(
        refused,
        Some(ToWorker::NotJoined {
            ticket: Ticket(9),
            refused: _,
        })
    ));
    for message in [
        ToOwner::Publish {
            asker,
            channel: channel.clone(),
            publication: Publication::new(Payload::Text("x".into()), 0).into(),
        },
        ToOwner::Members {
            asker,
            channel: channel.clone(),
        },
        ToOwner::Claim {
            asker,
            worker: WorkerId(0),
            ticket: Ticket(9),
            channel,
            holder: None,
            names: Vec::new(),
            is_back: false,
        },
    ] {
        let refused = Mail::Owner(message).refused();
        let Some(ToWorker::Answer {
            session: SessionId(7),
            request: RequestId(8),
            answer: Answer::Refused(refused),
            ..
        }) = refused
        else {
            panic!("{refused:?}");
        };
        assert!(refused.refusal.is_temporary());
    }
    assert_eq!(leave(1).refused(), None);
}

/// If this fails, whoever subscribed after the loss misses what came behind without being told.
#[test]
fn loss_behind_a_new_subscription_is_told_again() {
    let mailbox = Mailbox::default();
    let count = usize::try_from(fill(&mailbox, "full")).unwrap();
    let len = limits::PAYLOAD_LEN_MAX + 4096;
    mailbox.post(&mut vec![
        news("room", 1, len),
        news("room", 2, len),
        joined(1),
        news("room", 3, len),
        news("room", 4, len),
    ]);
    let letters = taken(&mailbox);
    assert!(
        matches!(
            &letters[count..],
            [
                Letter::Lost(_),
                Letter::Mail(Mail::Worker(ToWorker::Joined { .. })),
                Letter::Lost(_)
            ]
        ),
        "{:?}",
        &letters[count..]
    );
}
