//! Every malformed input is refused with the right close code on the wire; what was complete before
//! it is delivered and can be answered first (RFC 6455 §7.1.7).

use sockeye::fault::{Fault, Limit};
use sockeye::{CloseCode, Error};

use crate::support::open::{client, config, server, server_with};
use crate::support::poll::settle;
use crate::support::wire::{
    CLOSE, TEXT, masked, masked_close, masked_header64, payloads, unmasked,
};

/// Malformed input of a client, by name, with the close code it is refused with.
fn malformed() -> Vec<(&'static str, Vec<u8>, u16)> {
    let key = [1, 2, 3, 4];
    let with_len = |head: &[u8]| [head, &key, &[0; 5]].concat();
    vec![
        ("unmasked binary", unmasked(0x82, b"hello"), 1002),
        ("len16 not minimal", with_len(&[0x82, 0xFE, 0, 5]), 1002),
        ("len64 not minimal", masked_header64(0x82, 5), 1002),
        ("len64 MSB set", masked_header64(0x82, 1 << 63), 1002),
        (
            "length beyond the limit",
            masked_header64(0x82, 1 << 62),
            1009,
        ),
        ("rsv1 without extension", masked(0xC1, b"a"), 1002),
        ("rsv2", masked(0xA1, b"a"), 1002),
        ("rsv3", masked(0x91, b"a"), 1002),
        ("opcode 3", masked(0x83, b"a"), 1002),
        ("opcode 11", masked(0x8B, b"a"), 1002),
        ("bad utf8 text", masked(TEXT, b"\xFF\xFE"), 1007),
        (
            "bad utf8 split between fragments",
            [masked(0x01, b"\xCE"), masked(0x80, b"A")].concat(),
            1007,
        ),
        ("ping 126 B", masked(0x89, &[0; 126]), 1002),
        ("fragmented ping", masked(0x09, b"a"), 1002),
        (
            "text inside a fragmented message",
            [masked(0x01, b"a"), masked(TEXT, b"b")].concat(),
            1002,
        ),
        ("continuation first", masked(0x80, b"a"), 1002),
        ("close 1 byte", masked(CLOSE, &[3]), 1002),
        ("close 1005", masked_close(1005), 1002),
        ("close 999", masked_close(999), 1002),
        ("close bad utf8", masked(CLOSE, b"\x03\xE8\xFF"), 1007),
    ]
}

/// The library has a word for whose fault it is, and names the rule in its source.
fn assert_explained(name: &str, error: &Error, code: u16) {
    assert_eq!(error.is_limit(), code == 1009, "{name}: {error:?}");
    assert_eq!(error.is_peer_fault(), code != 1009, "{name}: {error:?}");
    assert!(!error.is_lost() && !error.is_timeout() && !error.is_closed());
    assert_eq!(error.fault().map(Fault::close_code), Some(code.into()));
}

#[tokio::test(start_paused = true)]
async fn server_refuses_each_malformed_input_with_its_close_code_and_ends_tcp() {
    // RFC 6455 §7.1.7-1 §7.1.7-3 TEST
    for (name, wire, code) in malformed() {
        let (mut ws, script) = server().await;
        script.bytes(wire);
        let error = ws.recv().await.unwrap_err();
        assert_explained(name, &error, code);
        let frames = script.take_frames();
        assert_eq!(frames.len(), 1, "{name}");
        assert_eq!(frames[0].close_code(), Some(code), "{name}");
        assert!(script.is_shut(), "{name}");
        assert_eq!(ws.recv().await.unwrap(), None, "{name}: reported once");
        let late = ws.send("late").await.unwrap_err();
        assert_eq!(late.fault(), error.fault(), "{name}: senders get the same");
    }
}

#[tokio::test(start_paused = true)]
async fn server_delivers_messages_before_a_malformed_one_and_lets_them_be_answered() {
    for (name, wire, code) in malformed() {
        let (mut ws, script) = server().await;
        script.bytes([masked(TEXT, b"one"), masked(TEXT, b"two"), wire].concat());
        for text in ["one", "two"] {
            let message = ws.recv().await.unwrap().expect(name);
            assert_eq!(message.as_text(), Some(text), "{name}");
            ws.send(message).await.expect(name);
        }
        assert_explained(name, &ws.recv().await.unwrap_err(), code);
        let frames = script.take_frames();
        assert_eq!(payloads(&frames), [b"one", b"two"], "{name}");
        assert_eq!(frames[2].close_code(), Some(code), "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn server_finds_the_same_fault_byte_by_byte() {
    for (name, wire, code) in malformed() {
        let (mut ws, script) = server().await;
        script.read_at_most(1);
        script.bytes([masked(TEXT, b"one"), wire].concat());
        assert!(ws.recv().await.unwrap().is_some(), "{name}");
        assert_explained(name, &ws.recv().await.unwrap_err(), code);
        assert_eq!(script.take_frames()[0].close_code(), Some(code), "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn server_finds_the_same_fault_when_messages_are_lent() {
    for (name, wire, code) in malformed() {
        let (mut ws, script) = server().await;
        script.bytes([masked(TEXT, b"one"), wire].concat());
        let count = ws
            .recv_with(|message, replies| replies.send(message.kind(), message.payload()).unwrap());
        assert_eq!(count.await.unwrap(), Some(1), "{name}");
        let error = ws.recv_with(|_, _| panic!("{name}")).await.unwrap_err();
        assert_explained(name, &error, code);
        let frames = script.take_frames();
        assert_eq!(payloads(&frames), [b"one"], "{name}");
        assert_eq!(frames[1].close_code(), Some(code), "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn server_whose_owner_is_gone_still_tells_the_peer() {
    for (name, wire, code) in malformed() {
        let (ws, script) = server().await;
        let (sender, receiver) = ws.split();
        drop(receiver);
        script.bytes(wire);
        settle().await;
        let frames = script.take_frames();
        assert_eq!(frames[0].close_code(), Some(code), "{name}");
        assert!(script.is_shut(), "{name}");
        let late = sender.send("late").await.unwrap_err();
        assert_explained(name, &late, code);
    }
}

#[tokio::test(start_paused = true)]
async fn client_refuses_a_masked_frame_and_waits_no_longer_for_the_server() {
    // RFC 6455 §5.1-4 TEST
    let (mut ws, script) = client().await;
    script.bytes(masked(TEXT, b"masked"));
    let error = ws.recv().await.unwrap_err();
    assert!(error.is_peer_fault());
    let frames = script.take_frames();
    assert_eq!(frames[0].close_code(), Some(1002));
    assert!(frames[0].is_masked && script.is_shut());
    assert_eq!(ws.close_event().unwrap().code, CloseCode::ABNORMAL);
}

#[tokio::test(start_paused = true)]
async fn server_takes_a_message_of_the_limit_and_refuses_one_byte_more() {
    let config = config(|config| config.message_len_max = 1000);
    let (mut ws, script) = server_with(config).await;
    script.bytes(masked(0x82, &[0; 1000]));
    assert_eq!(ws.recv().await.unwrap().unwrap().payload().len(), 1000);
    script.bytes([masked(0x02, &[0; 999]), masked(0x80, &[0; 2])].concat());
    let error = ws.recv().await.unwrap_err();
    let limit = Fault::Limit(Limit::MessageLen { max: 1000 });
    assert_eq!(error.fault(), Some(limit));
    assert_eq!(script.take_frames()[0].close_code(), Some(1009));
}
