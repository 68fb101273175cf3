//! Of one stream: what it keeps, gives and refuses to take twice.

use super::*;
use crate::limits::{IDEMPOTENCY_WINDOW, PUBLICATION_OVERHEAD};
use crate::publication::Payload;

const EPOCH: Epoch = Epoch(9);

fn publication(text: &str) -> Publication {
    Publication::new(Payload::Text(text.into()), 0)
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A stream with `count` publications of one per second, from second 1 on.
fn filled(count: u64, options: &ChannelOptions) -> Stream {
    let mut stream = Stream::new(EPOCH);
    for number in 1..=count {
        let appended = stream.append(seconds(number), publication("x"), options);
        assert!(matches!(appended, Appended::New(entry) if entry.position.offset == number));
    }
    stream
}

fn offsets(stream: &Stream, since: Option<u64>, limit: usize, direction: Direction) -> Vec<u64> {
    let query = HistoryQuery {
        since: since.map(|offset| Position {
            epoch: EPOCH,
            offset,
        }),
        limit,
        direction,
    };
    let page = stream.history(query);
    page.entries
        .iter()
        .map(|entry| entry.position.offset)
        .collect()
}

/// If this fails, a page begins or ends at the wrong publication, or has them out of order.
#[test]
fn pages_go_both_ways_from_where_they_are_asked() {
    use Direction::{Backward, Forward};
    let options = ChannelOptions {
        history_len_max: 5,
        ..ChannelOptions::default()
    };
    let stream = filled(8, &options);
    assert_eq!(offsets(&stream, None, 9, Forward), [4, 5, 6, 7, 8]);
    assert_eq!(offsets(&stream, Some(5), 2, Forward), [6, 7]);
    assert_eq!(offsets(&stream, Some(8), 9, Forward), [0; 0]);
    assert_eq!(offsets(&stream, None, 2, Backward), [8, 7]);
    assert_eq!(offsets(&stream, Some(6), 9, Backward), [5, 4]);
    assert_eq!(offsets(&stream, Some(2), 9, Backward), [0; 0]);
    let other = HistoryQuery {
        since: Some(Position::start(Epoch(1))),
        limit: 9,
        direction: Forward,
    };
    assert_eq!(stream.history(other).entries.len(), 0);
    assert_eq!(stream.history(other).top.epoch, EPOCH);
}

/// If this fails, a history outgrows its number, its age or its bytes, or its bytes are miscounted.
#[test]
fn history_is_bounded_by_number_age_and_bytes() {
    let options = ChannelOptions {
        history_len_max: 100,
        history_age_max: seconds(10),
        history_bytes_max: 4 * (PUBLICATION_OVERHEAD + 1),
        ..ChannelOptions::default()
    };
    let mut stream = filled(8, &options);
    assert_eq!(offsets(&stream, None, 9, Direction::Forward), [5, 6, 7, 8]);
    assert_eq!(stream.bytes(), options.history_bytes_max);
    stream.trim(seconds(16), &options);
    assert_eq!(offsets(&stream, None, 9, Direction::Forward), [7, 8]);
    stream.trim(seconds(18), &options);
    assert!(stream.is_idle());
    assert_eq!((stream.bytes(), stream.top().offset), (0, 8));
    let none = ChannelOptions {
        history_len_max: 0,
        ..options
    };
    assert!(filled(3, &none).is_idle());
}

/// If this fails, a page alone is more than a client may be owed, or is never given at all.
#[test]
fn page_is_bounded_by_number_and_bytes() {
    let options = ChannelOptions {
        history_len_max: 1000,
        history_bytes_max: usize::MAX,
        ..ChannelOptions::default()
    };
    let stream = filled(400, &options);
    let page = offsets(&stream, None, usize::MAX, Direction::Forward);
    assert_eq!(page.len(), PAGE_LEN_MAX);
    let mut stream = Stream::new(EPOCH);
    for len in [1, PAGE_BYTES_MAX, 1] {
        stream.append(seconds(0), publication(&"x".repeat(len)), &options);
    }
    assert_eq!(offsets(&stream, None, 9, Direction::Forward), [1]);
    assert_eq!(offsets(&stream, Some(1), 9, Direction::Forward), [2]);
}

/// If this fails, a publish that was tried again appears twice, or a key is kept for ever.
#[test]
fn key_counts_once_in_its_window() {
    let options = ChannelOptions::default();
    let mut stream = Stream::new(EPOCH);
    let mut keyed = publication("x");
    keyed.idempotency_key = Some("k".into());
    let mut append = |now| stream.append(now, keyed.clone(), &options);
    let Appended::New(first) = append(seconds(0)) else {
        panic!("the first is new");
    };
    let just_before = IDEMPOTENCY_WINDOW.saturating_sub(Duration::from_millis(1));
    assert_eq!(append(just_before), Appended::Duplicate(first.position));
    assert!(matches!(append(IDEMPOTENCY_WINDOW), Appended::New(_)));
    assert_eq!(stream.top().offset, 2);
    assert!(!stream.is_idle());
    stream.trim(IDEMPOTENCY_WINDOW * 2, &options);
    assert!(stream.is_idle());
}

/// If this fails, keys fill memory, or the oldest is not the one that is forgotten.
#[test]
fn keys_are_bounded() {
    let options = ChannelOptions::default();
    let mut stream = Stream::new(EPOCH);
    let mut append = |key: usize| {
        let mut keyed = publication("x");
        keyed.idempotency_key = Some(key.to_string().into());
        stream.append(seconds(0), keyed, &options)
    };
    for key in 0..=IDEMPOTENCY_KEYS_MAX {
        assert!(matches!(append(key), Appended::New(_)));
    }
    assert!(matches!(append(1), Appended::Duplicate(_)));
    assert!(matches!(append(0), Appended::New(_)));
    assert_eq!(stream.keys.len(), IDEMPOTENCY_KEYS_MAX);
    assert_eq!(stream.positions.len(), IDEMPOTENCY_KEYS_MAX);
}

/// If this fails, an old state overwrites a newer one.
#[test]
fn version_only_goes_up() {
    let options = ChannelOptions::default();
    let mut stream = Stream::new(EPOCH);
    let mut append = |version| {
        let mut versioned = publication("x");
        versioned.version = version;
        matches!(
            stream.append(seconds(0), versioned, &options),
            Appended::New(_)
        )
    };
    let versions = [Some(3), Some(3), Some(2), None, Some(3), Some(4)];
    assert_eq!(
        versions.map(&mut append),
        [true, false, false, true, false, true]
    );
    assert_eq!(stream.top().offset, 3);
}
