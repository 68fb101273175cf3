//! Each fault of a decompressor, and that it is whole again afterwards.

use sockeye_proto::deflate::{ContextTakeover, Decompressor, InflateFault};

use crate::support::{PLENTY, compressed, compressor, incompressible, inflated, json};

const HELLO: &[u8] = b"\xf2\x48\xcd\xc9\xc9\x07\x00";

fn assert_fault(message: &[u8], expected: InflateFault) {
    for takeover in [ContextTakeover::No, ContextTakeover::Yes] {
        let mut decompressor = Decompressor::new(takeover);
        assert_eq!(
            inflated(&mut decompressor, message),
            Err(expected),
            "{message:x?}"
        );
        assert_eq!(
            inflated(&mut decompressor, HELLO).as_deref(),
            Ok(&b"Hello"[..])
        );
    }
}

#[test]
fn reserved_block_type_is_corrupt() {
    let fault = InflateFault::Corrupt { at: 1 };
    assert_fault(b"\x06\x00\x00", fault);
    assert_eq!(
        fault.to_string(),
        "the peer's compressed message is corrupt near byte 1"
    );
}

#[test]
fn distance_before_the_window_is_corrupt() {
    // The second message of RFC 7692 §7.2.3.2, without the first.
    assert_fault(b"\xf2\x00\x11\x00\x00", InflateFault::Corrupt { at: 3 });
}

#[test]
fn garbage_behind_the_message_is_corrupt_or_unfinished() {
    assert_fault(
        &[HELLO, b"\xff\xff\xff\xff"].concat(),
        InflateFault::Corrupt { at: 11 },
    );
    assert_fault(
        b"\xf3\x48\xcd\xc9\xc9\x07\x00\x00\x00",
        InflateFault::Unfinished { len: 9 },
    );
}

#[test]
fn message_cut_anywhere_is_unfinished() {
    for payload in [json(300, 1), incompressible(100), b"a".repeat(1000)] {
        let message = compressed(&mut compressor(ContextTakeover::No), &payload);
        // The first byte of a stored block alone is an empty message.
        let stored = message[0] == 0;
        for len in 1 + usize::from(stored)..message.len() {
            assert_fault(
                &message[..len],
                InflateFault::Unfinished { len: len as u64 },
            );
        }
    }
    let text = InflateFault::Unfinished { len: 7 }.to_string();
    assert_eq!(
        text,
        "the peer's compressed message of 7 bytes ends inside a block"
    );
}

#[test]
fn message_with_its_tail_left_on_is_unfinished() {
    let message = [HELLO, b"\x00\x00\xff\xff"].concat();
    assert_fault(&message, InflateFault::Unfinished { len: 11 });
}

#[test]
fn first_byte_over_the_budget_is_too_large() {
    for payload in [json(5000, 2), b"a".repeat(70_000), incompressible(3000)] {
        let message = compressed(&mut compressor(ContextTakeover::No), &payload);
        let mut decompressor = Decompressor::new(ContextTakeover::No);
        for missing in [1, 2, payload.len() / 2, payload.len()] {
            let budget = payload.len() - missing;
            let mut out = b"kept".to_vec();
            let result = decompressor.inflate(&message, true, &mut out, budget);
            assert_eq!(result, Err(InflateFault::TooLarge { budget }));
            assert_eq!(out.len(), 4 + budget);
            assert_eq!(out[4..], payload[..budget]);
        }
        let mut out = Vec::new();
        let result = decompressor.inflate(&message, true, &mut out, payload.len());
        assert_eq!(
            (result, &out),
            (Ok(()), &payload),
            "exactly the budget is fine"
        );
    }
    let text = InflateFault::TooLarge { budget: 9 }.to_string();
    assert_eq!(text, "a compressed message inflates to more than 9 bytes");
}

/// Or the same message would be too large or corrupt by how it was cut.
#[test]
fn byte_over_the_budget_is_found_before_the_corruption_behind_it() {
    // A block of fixed codes: `a`, and then 286, which stands for nothing.
    let message = b"\x4a\x1c\x03\x00";
    for cut in 0..=message.len() {
        let (head, tail) = message.split_at(cut);
        let inflated = |budget| {
            let mut decompressor = Decompressor::new(ContextTakeover::No);
            let mut out = Vec::new();
            decompressor.inflate(head, false, &mut out, budget)?;
            let left = budget - out.len();
            decompressor.inflate(tail, true, &mut out, left)
        };
        assert_eq!(inflated(0), Err(InflateFault::TooLarge { budget: 0 }));
        let corrupt = inflated(1).expect_err("286 is no code");
        assert!(matches!(corrupt, InflateFault::Corrupt { .. }), "{cut}");
    }
}

/// Or what comes before a fault in a stream that is read in parts is lost with it.
#[test]
fn part_that_fills_its_room_comes_before_the_corruption_behind_it() {
    let message = b"\x4a\x1c\x03\x00";
    let mut decompressor = Decompressor::new(ContextTakeover::Yes);
    let mut out = Vec::new();
    let part = decompressor.inflate_some(message, &mut out, 1);
    let (taken, is_full) = part.expect("the fault is behind the part");
    assert_eq!((is_full, &out[..]), (true, &b"a"[..]));
    let behind = decompressor.inflate_some(&message[taken..], &mut out, 1);
    assert!(matches!(behind, Err(InflateFault::Corrupt { .. })));
    assert_eq!(
        inflated(&mut decompressor, HELLO).as_deref(),
        Ok(&b"Hello"[..])
    );
}

#[test]
fn empty_payload_is_an_empty_message_and_keeps_the_window() {
    let mut decompressor = Decompressor::new(ContextTakeover::Yes);
    for (message, payload) in [
        (&b""[..], &b""[..]),
        (HELLO, b"Hello"),
        (b"", b""),
        (b"\xf2\x00\x11\x00\x00", b"Hello"),
    ] {
        assert_eq!(inflated(&mut decompressor, message).as_deref(), Ok(payload));
    }
    let mut out = Vec::new();
    assert_eq!(decompressor.inflate(b"", true, &mut out, 0), Ok(()));
    assert_eq!(
        decompressor.inflate(b"\x00", true, &mut out, PLENTY),
        Ok(())
    );
}
