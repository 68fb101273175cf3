//! Reading straight into a large message: the same events as through a read buffer, and never a
//! byte more than the frame has.

use std::sync::Arc;
use std::time::Instant;

use sockeye_proto::Role;
use sockeye_proto::connection::Straight;
use sockeye_proto::fault::{Fault, PeerFault};
use sockeye_proto::limits::READ_STRAIGHT_MIN;

use crate::support::cuts::observe;
use crate::support::endpoint::{Endpoint, Reading, Seen};
use crate::support::frames::{self, BINARY, CONTINUATION, Frame, PING, TEXT, wire};

fn assert_same_both_ways(wire: &[u8], events: &[Seen]) {
    for chunk_len in [3, 1000, 4096, 10_000, 65_536, wire.len()] {
        for reading in [Reading::Buffered, Reading::Straight] {
            let observed = observe(
                Role::Server,
                &Arc::default(),
                reading,
                wire.chunks(chunk_len),
            );
            assert!(
                observed.events == events,
                "{reading:?} in reads of {chunk_len}"
            );
        }
    }
}

#[test]
fn straight_message_is_the_same_as_a_buffered_one() {
    // RFC 6455 §6.2-5 TEST: the mask goes on where the read before stopped
    let payload: Vec<u8> = (0..200_001_u32)
        .map(|i| i.to_le_bytes()[i as usize % 3])
        .collect();
    let bytes = Frame::new(BINARY, &payload).from(Role::Client);
    assert_same_both_ways(&bytes, &[Seen::binary(payload)]);
}

#[test]
fn straight_text_is_checked_like_a_buffered_one() {
    // RFC 6455 §8.1-1 TEST
    let text = "aй𝄞".repeat(20_000);
    let good = Frame::new(TEXT, &text).from(Role::Client);
    assert_same_both_ways(&good, &[Seen::text(&text)]);
    let mut bad = text.into_bytes();
    bad[100_000] = 0xFF;
    let bytes = Frame::new(TEXT, &bad).from(Role::Client);
    let valid_up_to = 100_000;
    let fault = Fault::Peer(PeerFault::Utf8 { valid_up_to });
    assert_same_both_ways(&bytes, &[Seen::Fault(fault)]);
}

#[test]
fn straight_fragments_are_put_together_like_buffered_ones() {
    let part = vec![b'p'; 3 * READ_STRAIGHT_MIN];
    let frames = [
        Frame::new(TEXT, &part).no_fin(),
        Frame::new(PING, "between"),
        Frame::new(CONTINUATION, &part).no_fin(),
        Frame::new(CONTINUATION, "").no_fin(),
        Frame::new(CONTINUATION, &part),
        Frame::new(BINARY, "small"),
        Frame::new(BINARY, &part),
    ];
    let text = String::from_utf8(part.repeat(3)).unwrap();
    let events = [
        Seen::Ping,
        Seen::text(&text),
        Seen::binary("small"),
        Seen::binary(&part),
    ];
    assert_same_both_ways(&wire(Role::Client, &frames), &events);
}

#[test]
fn straight_is_offered_for_the_rest_of_large_data_frames_only() {
    let now = Instant::now();
    let mut end = Endpoint::open(Role::Server, now);
    assert!(end.connection.straight().is_none(), "nothing has begun");
    let bytes = Frame::new(BINARY, vec![1; READ_STRAIGHT_MIN + 1]).from(Role::Client);
    let header_len = 8;
    end.read(&bytes[..header_len - 1], now);
    assert!(
        end.connection.straight().is_none(),
        "the header is not complete"
    );
    end.read(&bytes[header_len - 1..=header_len], now);
    let Straight { buffer, rest, .. } = end.connection.straight().unwrap();
    assert_eq!((buffer.as_slice(), rest), (&[1][..], READ_STRAIGHT_MIN));
    end.read(&bytes[header_len + 1..=header_len + 1], now);
    assert!(
        end.connection.straight().is_none(),
        "what is left is not worth it"
    );
    end.read(&bytes[header_len + 2..], now);
    assert_eq!(end.events.len(), 1);
    assert!(
        end.connection.straight().is_none(),
        "the message is complete"
    );
}

#[test]
fn straight_says_when_the_buffer_has_grown_and_only_then() {
    let now = Instant::now();
    let mut end = Endpoint::open(Role::Server, now);
    let bytes = Frame::new(BINARY, vec![1; 1 << 20]).from(Role::Client);
    end.read(&bytes[..100], now);
    let mut capacity = 0;
    let mut grown = 0;
    while let Some(Straight {
        buffer,
        rest,
        has_grown,
    }) = end.connection.straight()
    {
        // The first room came with the bytes that were read before.
        assert_eq!(has_grown, capacity > 0 && buffer.capacity() > capacity);
        capacity = buffer.capacity();
        grown += usize::from(has_grown);
        let start = buffer.len();
        buffer.resize(start + rest.min(10_000).min(capacity - start), 0);
        let _ = end.connection.straight_filled(start, &|| now);
    }
    assert_eq!(grown, 2, "64 KiB, 256 KiB, all");
}

#[test]
fn straight_is_not_offered_after_a_fault() {
    let now = Instant::now();
    let mut end = Endpoint::new(Role::Server, &Arc::default(), Reading::Straight, now);
    let bytes = Frame::new(TEXT, vec![0xFF; 100_000]).from(Role::Client);
    for chunk in bytes.chunks(50_000) {
        end.read(chunk, now);
    }
    assert!(end.connection.straight().is_none());
    let fault = Fault::Peer(PeerFault::Utf8 { valid_up_to: 0 });
    assert_eq!(end.events, [Seen::Fault(fault)]);
    end.answer(now);
    assert_eq!(
        frames::read(Role::Server, &end.output).0,
        [Frame::close(1007, "")]
    );
}
