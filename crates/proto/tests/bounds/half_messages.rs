//! Large messages that are announced and do not come: memory follows what was received.

use std::sync::Arc;

use sockeye_proto::Role;
use sockeye_proto::connection::{Config, Straight};
use sockeye_proto::handshake::DeflateAgreed;
use sockeye_proto::limits::{MESSAGE_GROWTH, MESSAGE_LEN_MAX, MESSAGE_RESERVE};

use crate::frames::{BINARY, CONTINUATION, Frame, KEY, LenForm, header};
use crate::gauge::{AMID_LEN, Victim, bytes};

fn announced(len: u64) -> Vec<u8> {
    header(&Frame::new(BINARY, ""), Some(KEY), LenForm::Bits64, len)
}

/// No limit on messages: the bound has to hold by itself.
fn unlimited() -> Arc<Config> {
    let mut config = Config::default();
    config.message_len_max = usize::MAX >> 1;
    Arc::new(config)
}

#[test]
fn server_reserves_a_fixed_step_for_an_announced_length_and_silence() {
    // RFC 6455 §10.4-1 TEST
    // CVE-2022-35922 (rust-websocket): the announced length was reserved.
    for (config, len) in [
        (unlimited(), 1 << 62),
        (Arc::default(), MESSAGE_LEN_MAX as u64),
    ] {
        let mut victim = Victim::new(&config);
        victim.read(&announced(len));
        let nothing = bytes(AMID_LEN);
        assert_eq!(victim.retained_max, nothing, "nothing of the message came");
        victim.read(&[7; 100]);
        let reserved = bytes(AMID_LEN + 100 + MESSAGE_RESERVE);
        assert_eq!(victim.retained_max, reserved);
    }
}

#[test]
fn server_lends_a_fixed_step_to_a_straight_read() {
    let mut victim = Victim::new(&unlimited());
    victim.read(&announced(1 << 62));
    victim.measured(|victim| assert!(victim.connection.straight().is_some()));
    assert_eq!(victim.retained_max, bytes(AMID_LEN + MESSAGE_RESERVE));
}

#[test]
fn server_retains_in_proportion_to_a_message_in_small_reads() {
    let len = 2 << 20;
    let mut victim = Victim::new(&Arc::default());
    victim.read(&announced(len as u64));
    let mut received = 0;
    while received < len - 4 {
        victim.read(&[7; 4]);
        received += 4;
        let bound = (MESSAGE_GROWTH * received).max(received + MESSAGE_RESERVE);
        let bound = bytes(AMID_LEN + bound.min(len));
        assert!(victim.retained <= bound, "{received}");
    }
    assert!(
        victim.allocations <= 7,
        "moved {} times",
        victim.allocations
    );
}

#[test]
fn server_that_was_closed_retains_no_half_of_a_compressed_message() {
    let agreed = DeflateAgreed {
        server_no_context_takeover: true,
        client_no_context_takeover: true,
        server_max_window_bits: 15,
        client_max_window_bits: 15,
    };
    let mut victim = Victim::new(&Arc::default());
    victim.agree(agreed);
    let before = victim.retained;
    let begun = Frame::new(BINARY, [7; 5000]).rsv(4).no_fin();
    victim.read(&begun.from(Role::Client));
    assert!(
        victim.retained >= before + 5000,
        "kept until the message is whole"
    );
    victim.read(&Frame::close(1000, "").from(Role::Client));
    assert_eq!(victim.retained, before);
}

/// A server amid a message that may have `len_max` bytes, and the next of its large fragments.
fn amid_large_fragments(len_max: usize) -> (Victim, Vec<u8>) {
    let mut config = Config::default();
    config.message_len_max = len_max;
    let mut victim = Victim::new(&Arc::new(config));
    victim.read(&Frame::new(BINARY, "x").no_fin().from(Role::Client));
    let fragment = Frame::new(CONTINUATION, [7; 10_000]);
    (victim, fragment.no_fin().from(Role::Client))
}

fn assert_moved_rarely(victim: &Victim, len_max: usize) {
    assert!(victim.retained_max <= bytes(AMID_LEN + 2 * len_max));
    assert!(
        victim.allocations <= 20,
        "moved {} times",
        victim.allocations
    );
}

#[test]
fn server_moves_a_message_of_large_fragments_rarely() {
    // Each fragment comes in two reads, so that each one's end is where the buffer is full.
    let len_max = 8 << 20;
    let (mut victim, fragment) = amid_large_fragments(len_max);
    let (head, tail) = fragment.split_at(1000);
    while victim.fault.is_none() {
        victim.read(head);
        victim.read(tail);
    }
    assert_moved_rarely(&victim, len_max);
}

#[test]
fn server_moves_a_message_of_straight_fragments_rarely() {
    let len_max = 4 << 20;
    let (mut victim, fragment) = amid_large_fragments(len_max);
    let (head, tail) = fragment.split_at(8);
    while victim.fault.is_none() {
        victim.read(head);
        let mut left = tail;
        victim.measured(|victim| {
            while let Some(Straight { buffer, rest, .. }) = victim.connection.straight() {
                let start = buffer.len();
                let len = rest.min(buffer.capacity() - start);
                buffer.extend_from_slice(&left[..len]);
                left = &left[len..];
                let now = std::time::Instant::now();
                assert_eq!(victim.connection.straight_filled(start, &|| now), None);
            }
        });
        victim.read(left);
    }
    assert_moved_rarely(&victim, len_max);
}
