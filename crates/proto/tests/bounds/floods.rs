//! Floods of control frames and of frames that never end a message, at a server that never writes.

use std::sync::Arc;

use sockeye_proto::Role;
use sockeye_proto::connection::Config;
use sockeye_proto::fault::{Fault, Limit};
use sockeye_proto::limits::{CONTROL_LEN_MAX, EMPTY_FRAGMENTS_MAX};

use crate::frames::{BINARY, CONTINUATION, Frame, PING, PONG, TEXT, wire};
use crate::gauge::{AMID_LEN, Victim, bytes};

const READ: usize = 16 * 1024;

/// As many of `frame` as one read holds.
fn read_full_of(frame: &Frame) -> Vec<u8> {
    let bytes = frame.from(Role::Client);
    bytes.repeat(READ / bytes.len())
}

fn victim() -> Victim {
    Victim::new(&Arc::default())
}

#[test]
fn server_retains_nothing_of_empty_pings() {
    // RFC 6455 §5.5.2-1 TEST: one Pong is owed, not one for each
    // CVE-2021-3690 (Undertow); three crates keep hundreds of MiB here.
    let (pings, mut victim) = (read_full_of(&Frame::new(PING, "")), victim());
    for _ in 0..100 {
        victim.read(&pings);
    }
    assert_eq!(victim.retained_max, 0);
}

#[test]
fn server_retains_one_payload_of_full_pings() {
    let pings = read_full_of(&Frame::new(PING, [7; CONTROL_LEN_MAX]));
    let mut victim = victim();
    for _ in 0..200 {
        victim.read(&pings);
    }
    assert_eq!(victim.retained_max, bytes(CONTROL_LEN_MAX));
}

#[test]
fn server_retains_a_cut_control_frame_and_one_pong() {
    let ping = Frame::new(PING, [7; CONTROL_LEN_MAX]).from(Role::Client);
    let mut victim = victim();
    for _ in 0..1000 {
        for part in ping.chunks(10) {
            victim.read(part);
        }
    }
    assert!(
        victim.retained_max <= bytes(3 * CONTROL_LEN_MAX),
        "{}",
        victim.retained_max
    );
    assert_eq!(victim.retained, bytes(CONTROL_LEN_MAX));
}

#[test]
fn server_retains_nothing_of_pongs() {
    let pongs = read_full_of(&Frame::new(PONG, [7; CONTROL_LEN_MAX]));
    let mut victim = victim();
    for _ in 0..200 {
        victim.read(&pongs);
    }
    assert_eq!(victim.retained_max, 0);
}

#[test]
fn server_retains_twice_the_received_bytes_of_tiny_fragments() {
    // RFC 6455 §10.4-1 TEST
    // CVE-2026-48779 (ws), CVE-2026-12151 (undici), CVE-2014-0193 (Netty): one object for each.
    let len_max = 256 * 1024;
    let mut config = Config::default();
    config.message_len_max = len_max;
    let config = Arc::new(config);
    let fragments = read_full_of(&Frame::new(CONTINUATION, "x").no_fin());
    let per_read = fragments.len() / 7;
    for opcode in [BINARY, TEXT] {
        let mut victim = Victim::new(&config);
        victim.read(&Frame::new(opcode, "x").no_fin().from(Role::Client));
        let mut received = 1;
        while victim.fault.is_none() {
            victim.read(&fragments);
            received += per_read;
            let bound = bytes(AMID_LEN + 2 * received + 8);
            assert!(victim.retained <= bound, "{received}");
        }
        assert!(received <= len_max + per_read);
        let fault = Fault::Limit(Limit::MessageLen { max: len_max });
        assert_eq!(victim.fault, Some(fault));
        assert!(victim.retained_max <= bytes(AMID_LEN + 2 * len_max));
        assert_eq!(victim.retained, 0, "after the fault");
        assert!(
            victim.allocations <= 20,
            "moved {} times",
            victim.allocations
        );
    }
}

#[test]
fn server_retains_nothing_of_empty_fragments_and_ends_them() {
    // CVE-2026-62389 (ws), actix-extras#651.
    let empty = Frame::new(CONTINUATION, "").no_fin().from(Role::Client);
    let mut victim = victim();
    victim.read(&Frame::new(TEXT, "").no_fin().from(Role::Client));
    for _ in 1..EMPTY_FRAGMENTS_MAX {
        victim.read(&empty);
        assert_eq!(victim.fault, None);
    }
    victim.read(&empty);
    let max = EMPTY_FRAGMENTS_MAX;
    let fault = Fault::Limit(Limit::EmptyFragments { max });
    let nothing = bytes(AMID_LEN);
    assert_eq!((victim.fault, victim.retained_max), (Some(fault), nothing));
}

#[test]
fn server_that_failed_retains_nothing_of_what_follows() {
    // RFC 6455 §7.1.7-4 TEST
    let mut victim = victim();
    victim.read(&Frame::new(BINARY, [1; 5000]).no_fin().from(Role::Client));
    assert_eq!(victim.retained, bytes(AMID_LEN + 5000));
    for _ in 0..100 {
        victim.read(&[0xFF; READ]);
        assert_eq!(victim.retained, 0);
    }
}

#[test]
fn server_that_was_closed_retains_no_message_in_progress() {
    let mut victim = victim();
    victim.read(&Frame::new(BINARY, [1; 5000]).no_fin().from(Role::Client));
    let last = [Frame::new(PING, "x"), Frame::close(1000, "")];
    victim.read(&wire(Role::Client, &last));
    assert_eq!(victim.retained, 1, "the Pong that is owed");
}
