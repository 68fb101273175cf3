//! Messages received in chunks (`receive_chunks`): together they are the message, in bounded
//! memory, however it is framed, compressed and cut; and whoever gives one up loses no other.

use std::sync::Arc;
use std::time::Instant;

use sockeye_proto::Role;
use sockeye_proto::connection::{Config, Connection, Event};
use sockeye_proto::deflate::{ContextBudget, ContextTakeover, Decompressor, SharedCodecs};
use sockeye_proto::fault::{Fault, Limit, PeerFault};
use sockeye_proto::limits::{DEFLATE_CHUNKS_BYTES_MAX, DEFLATE_WINDOW_LEN};
use sockeye_proto::message::MessageKind;

use crate::support::chunked::{Chunked, agreed};
use crate::support::endpoint::Seen;
use crate::support::frames::{BINARY, CONTINUATION, Frame, PING, TEXT, wire};

const ROLES: [Role; 2] = [Role::Client, Role::Server];
const TAKEOVERS: [ContextTakeover; 2] = [ContextTakeover::No, ContextTakeover::Yes];

fn limited(message_len_max: usize) -> Config {
    let mut config = Config::default();
    config.message_len_max = message_len_max;
    config.deflate.len_min = 0;
    config
}

/// Reads `wire` cut in two at each position and byte by byte: each time it is `events`.
fn assert_chunked(open: impl Fn() -> Chunked, wire: &[u8], events: &[Seen]) {
    for cut in 0..=wire.len() {
        let mut chunked = open();
        let (front, back) = wire.split_at(cut);
        chunked.read(front);
        chunked.read(back);
        assert_eq!(chunked.events, events, "cut at {cut}");
    }
    let mut chunked = open();
    wire.chunks(1).for_each(|byte| chunked.read(byte));
    assert_eq!(chunked.events, events, "byte by byte");
}

/// A compressed message in one frame, as `sender` sends it after those before.
fn send_compressed(sender: &mut Connection, payload: &[u8], wire: &mut Vec<u8>) {
    let mut codecs = SharedCodecs::default();
    sender
        .send(
            MessageKind::Text,
            payload,
            &mut || [9, 8, 7, 6],
            &mut codecs,
            wire,
        )
        .unwrap();
}

#[test]
fn receiver_of_chunks_gets_what_one_of_whole_messages_gets() {
    // RFC 6455 §5.4-2 §5.4-4 §5.4-5 TEST: in chunks
    let frames = [
        Frame::new(TEXT, "whole é"),
        Frame::new(TEXT, "a€").no_fin(),
        Frame::new(PING, "?"),
        Frame::new(CONTINUATION, &"€".as_bytes()[..1]).no_fin(),
        Frame::new(CONTINUATION, "").no_fin(),
        Frame::new(PING, ""),
        Frame::new(CONTINUATION, &"€".as_bytes()[1..]),
        Frame::new(BINARY, vec![7; 300]),
        Frame::new(BINARY, "").no_fin(),
        Frame::new(CONTINUATION, ""),
        Frame::new(TEXT, ""),
        Frame::close(1000, "bye"),
    ];
    let events = [
        Seen::text("whole é"),
        Seen::Ping,
        Seen::Ping,
        Seen::text("a€€"),
        Seen::binary([7; 300]),
        Seen::binary(""),
        Seen::text(""),
        Seen::Close(Some(1000), "bye".into()),
    ];
    for receiver in ROLES {
        let wire = wire(receiver.peer(), &frames);
        assert_chunked(|| Chunked::new(receiver, Config::default()), &wire, &events);
    }
}

#[test]
fn receiver_of_chunks_fails_at_the_first_byte_that_is_no_text() {
    // RFC 6455 §8.1-1 TEST: in chunks, inside a fragment, at its border, at the end
    let fault = |valid_up_to| Seen::Fault(Fault::Peer(PeerFault::Utf8 { valid_up_to }));
    let split = Frame::new(TEXT, b"ab\xE2\x82").no_fin();
    let cases: [(Vec<Frame>, u64); 3] = [
        (vec![Frame::new(TEXT, b"abc\xFF").no_fin()], 3),
        (
            vec![split.clone(), Frame::new(CONTINUATION, "c").no_fin()],
            4,
        ),
        (vec![split, Frame::new(CONTINUATION, "")], 4),
    ];
    for receiver in ROLES {
        for (frames, valid_up_to) in &cases {
            let wire = wire(receiver.peer(), frames);
            let open = || Chunked::new(receiver, Config::default());
            assert_chunked(open, &wire, &[fault(*valid_up_to)]);
        }
    }
}

#[test]
fn receiver_of_chunks_has_no_limit_on_the_message_and_the_next_whole_one_has() {
    let long = Frame::new(BINARY, vec![1; 300]);
    let fragments = [
        Frame::new(BINARY, [2; 8]).no_fin(),
        Frame::new(CONTINUATION, [2; 8]),
    ];
    let wire = wire(Role::Client, &[&[long.clone()][..], &fragments].concat());
    let events = [Seen::binary([1; 300]), Seen::binary([2; 16])];
    assert_chunked(|| Chunked::new(Role::Server, limited(10)), &wire, &events);

    let mut chunked = Chunked::new(Role::Server, limited(10));
    chunked.read(&wire);
    chunked.is_asking = false;
    chunked.connection.receive_whole();
    chunked.read(&long.from(Role::Client));
    let limit = Seen::Fault(Fault::Limit(Limit::MessageLen { max: 10 }));
    assert_eq!(chunked.events.last(), Some(&limit));
}

#[test]
fn receiver_whose_message_is_cut_off_by_a_close_gets_no_last_chunk() {
    let frames = [Frame::new(BINARY, "part").no_fin(), Frame::close(1001, "")];
    let mut chunked = Chunked::new(Role::Server, Config::default());
    chunked.read(&frames[0].from(Role::Client));
    chunked.read(&frames[1].from(Role::Client));
    assert_eq!(chunked.events, [Seen::Close(Some(1001), String::new())]);
    assert_eq!(
        chunked.message,
        Some((MessageKind::Binary, b"part".to_vec()))
    );
    assert_eq!(
        chunked.connection.receive_chunks(),
        None,
        "it does not go on"
    );
}

#[test]
fn receiver_that_skips_a_message_keeps_none_of_it_and_gets_the_next_one_whole() {
    for after in [0, 1, 5, 150] {
        let first = Frame::new(BINARY, vec![3; 100_000])
            .no_fin()
            .from(Role::Client);
        let rest = [Frame::new(CONTINUATION, [3; 200]), Frame::new(TEXT, "next")];
        let mut chunked = Chunked::new(Role::Server, limited(1000));
        chunked.read(&first[..20 + after]);
        chunked.connection.skip_message();
        chunked.is_asking = false;
        chunked.read(&first[20 + after..]);
        assert!(chunked.connection.straight().is_none());
        chunked.read(&wire(Role::Client, &rest));
        assert_eq!(chunked.events, [Seen::text("next")], "{after}");
    }
}

#[test]
fn receiver_of_compressed_chunks_inflates_them_in_bounded_steps() {
    // RFC 7692 §6.2-1 TEST: in chunks
    for takeover in TAKEOVERS {
        let peer = Connection::new(Role::Client, Arc::new(limited(0)), Instant::now());
        let mut peer = peer.with_deflate(agreed(takeover), None);
        let long = "a long text, again and again; ".repeat(20_000);
        let (mut wire, mut events) = (Vec::new(), Vec::new());
        for text in ["short", &long, "short", "", "shorter than short"] {
            send_compressed(&mut peer, text.as_bytes(), &mut wire);
            events.push(Seen::text(text));
        }
        for step in [1, 2, 3, 100, 1000, wire.len()] {
            let mut chunked = Chunked::deflating(Role::Server, takeover, limited(1000));
            wire.chunks(step).for_each(|bytes| chunked.read(bytes));
            assert!(chunked.events == events, "{takeover:?} by {step}");
        }
    }
}

#[test]
fn receiver_may_ask_for_chunks_in_the_middle_of_a_message() {
    let frames = [
        Frame::new(TEXT, "plain ").no_fin(),
        Frame::new(PING, "?"),
        Frame::new(CONTINUATION, "text").no_fin(),
        Frame::new(CONTINUATION, "!"),
    ];
    let plain = wire(Role::Client, &frames);
    for takeover in TAKEOVERS {
        let peer = Connection::new(Role::Client, Arc::new(limited(0)), Instant::now());
        let mut peer = peer.with_deflate(agreed(takeover), None);
        let mut wire = plain.clone();
        for text in ["compressed, compressed", "compressed again"] {
            send_compressed(&mut peer, text.as_bytes(), &mut wire);
        }
        for cut in 0..wire.len() {
            let mut chunked = Chunked::deflating(Role::Server, takeover, limited(1000));
            chunked.is_asking = false;
            chunked.read(&wire[..cut]);
            chunked.is_asking = true;
            chunked.read(&wire[cut..]);
            let messages: Vec<_> = chunked
                .events
                .iter()
                .filter(|seen| **seen != Seen::Ping)
                .collect();
            let expected =
                ["plain text!", "compressed, compressed", "compressed again"].map(Seen::text);
            assert!(
                messages.iter().copied().eq(&expected),
                "{cut}: {messages:?}"
            );
        }
    }
}

#[test]
fn receiver_that_skips_a_compressed_message_can_read_those_that_refer_to_it() {
    for takeover in TAKEOVERS {
        let peer = Connection::new(Role::Client, Arc::new(limited(0)), Instant::now());
        let mut peer = peer.with_deflate(agreed(takeover), None);
        let (mut first, mut second) = (Vec::new(), Vec::new());
        let long = "what is skipped counts as well ".repeat(10_000);
        send_compressed(&mut peer, long.as_bytes(), &mut first);
        send_compressed(&mut peer, &long.as_bytes()[..300], &mut second);
        for cut in [15, first.len() / 2, first.len() - 1] {
            let mut chunked = Chunked::deflating(Role::Server, takeover, limited(1000));
            chunked.read(&first[..cut]);
            chunked.connection.skip_message();
            chunked.is_asking = false;
            chunked.read(&first[cut..]);
            chunked.read(&second);
            assert_eq!(
                chunked.events,
                [Seen::text(&long[..300])],
                "{takeover:?} {cut}"
            );
        }
    }
}

#[test]
fn receiver_that_defers_limits_can_still_refuse_or_take_what_is_too_long() {
    let frames = [
        Frame::new(TEXT, "first"),
        Frame::new(BINARY, vec![5; 70_000]),
    ];
    let bytes = wire(Role::Client, &frames);
    for (takes, cut) in [false, true]
        .into_iter()
        .flat_map(|takes| (11..20).map(move |cut| (takes, cut)))
    {
        let mut chunked = Chunked::new(Role::Server, limited(1000));
        chunked.connection.defer_limits();
        let mut kept = Vec::new();
        for part in [&bytes[..cut], &bytes[cut..]] {
            let mut read = [&kept, part].concat();
            let mut input = chunked.connection.input(&Instant::now, &mut read);
            while let Some(event) = chunked
                .connection
                .poll_event(&mut input, &mut chunked.codecs)
            {
                if event == Event::Oversize {
                    break;
                }
            }
            kept = input.unread().to_vec();
        }
        assert!(!kept.is_empty(), "the message was not taken");
        if takes {
            chunked.read(&kept);
            assert_eq!(chunked.events, [Seen::binary(vec![5; 70_000])], "{cut}");
        } else {
            let fault = Fault::Limit(Limit::MessageLen { max: 1000 });
            assert_eq!(chunked.connection.refuse_oversize(), fault);
            assert!(chunked.connection.has_close());
        }
    }
}

/// Reads `wire`, cut in two at `cut`, up to a message that is too long: what came before it.
fn read_to_oversize(chunked: &mut Chunked, wire: &[u8], cut: usize) -> (Vec<Event>, Vec<u8>) {
    let (mut events, mut kept) = (Vec::new(), Vec::new());
    for part in [&wire[..cut], &wire[cut..]] {
        let mut read = [&kept, part].concat();
        let mut input = chunked.connection.input(&Instant::now, &mut read);
        while let Some(event) = chunked
            .connection
            .poll_event(&mut input, &mut chunked.codecs)
        {
            if event == Event::Oversize {
                break;
            }
            events.push(event);
        }
        kept = input.unread().to_vec();
    }
    (events, kept)
}

#[test]
fn receiver_that_defers_limits_can_still_refuse_or_take_what_inflates_to_too_much() {
    let long = "é, and more of it. ".repeat(300);
    for (takeover, takes) in TAKEOVERS
        .into_iter()
        .flat_map(|takeover| [(takeover, false), (takeover, true)])
    {
        let peer = Connection::new(Role::Client, Arc::new(limited(0)), Instant::now());
        let mut peer = peer.with_deflate(agreed(takeover), None);
        let mut wire = Vec::new();
        for text in ["first", &long, "é, and next"] {
            send_compressed(&mut peer, text.as_bytes(), &mut wire);
        }
        for cut in 0..wire.len() {
            let mut chunked = Chunked::deflating(Role::Server, takeover, limited(1000));
            chunked.connection.defer_limits();
            let (before, kept) = read_to_oversize(&mut chunked, &wire, cut);
            let case = format!("{takeover:?} {cut}");
            assert!(
                matches!(before[..], [Event::Message(_)]),
                "{case}: what came before is delivered: {before:?}"
            );
            let mut nothing = chunked.connection.input(&Instant::now, &mut []);
            let again = chunked
                .connection
                .poll_event(&mut nothing, &mut chunked.codecs);
            assert_eq!(again, Some(Event::Oversize), "{case}: without more input");
            if takes {
                chunked.read(&kept);
                let expected = [Seen::text(&long), Seen::text("é, and next")];
                assert_eq!(chunked.events, expected, "{case}");
            } else {
                let fault = Fault::Limit(Limit::MessageLen { max: 1000 });
                assert_eq!(chunked.connection.refuse_oversize(), fault, "{case}");
                assert!(chunked.connection.has_close());
            }
        }
    }
}

#[test]
fn receiver_whose_budget_for_chunks_is_spent_fails_with_1013_and_the_others_go_on() {
    let context_bytes = Decompressor::HEAP_BYTES + DEFLATE_WINDOW_LEN;
    // What `limits` and docs/memory.md say.
    assert_eq!(DEFLATE_CHUNKS_BYTES_MAX / context_bytes, 839);
    let mut config = limited(1000);
    config.chunk_contexts = ContextBudget::new(context_bytes + context_bytes / 2);
    let budget = Arc::clone(&config.chunk_contexts);
    let peer = Connection::new(Role::Client, Arc::new(limited(0)), Instant::now());
    let mut peer = peer.with_deflate(agreed(ContextTakeover::No), None);
    let (mut wire, long) = (Vec::new(), "as long as it takes ".repeat(1000));
    send_compressed(&mut peer, long.as_bytes(), &mut wire);
    let (front, back) = wire.split_at(wire.len() / 2);
    let open = || Chunked::deflating(Role::Server, ContextTakeover::No, config.clone());

    let [mut one, mut other] = [open(), open()];
    one.read(front);
    assert_eq!(budget.used_bytes(), context_bytes);
    other.read(front);
    let max = budget.max_bytes();
    let fault = Fault::Limit(Limit::Contexts { max });
    assert_eq!(other.events, [Seen::Fault(fault)]);
    assert_eq!(fault.close_code().number(), 1013);
    one.read(back);
    assert_eq!(one.events, [Seen::text(&long)]);
    assert_eq!(
        budget.used_bytes(),
        0,
        "with the message its context is gone"
    );

    let mut third = open();
    third.read(front);
    assert_eq!(budget.used_bytes(), context_bytes);
    third.connection.skip_message();
    third.is_asking = false;
    assert_eq!(
        budget.used_bytes(),
        context_bytes,
        "what nobody wants is inflated too"
    );
    drop(third);
    assert_eq!(budget.used_bytes(), 0, "with the connection as well");
}

#[test]
fn receiver_of_chunks_with_takeover_needs_nothing_of_their_budget() {
    let mut config = limited(1000);
    config.chunk_contexts = ContextBudget::new(0);
    let peer = Connection::new(Role::Client, Arc::new(limited(0)), Instant::now());
    let mut peer = peer.with_deflate(agreed(ContextTakeover::Yes), None);
    let mut wire = Vec::new();
    send_compressed(&mut peer, b"paid in the opening handshake", &mut wire);
    let mut chunked = Chunked::deflating(Role::Server, ContextTakeover::Yes, config);
    chunked.read(&wire);
    assert_eq!(
        chunked.events,
        [Seen::text("paid in the opening handshake")]
    );
}
