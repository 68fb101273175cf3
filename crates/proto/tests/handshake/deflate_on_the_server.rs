//! Which offers of permessage-deflate a server agrees to, and what it answers.

use sockeye_proto::handshake::server::Answer;
use sockeye_proto::handshake::{DeflateAgreed, DeflatePolicy, Field};

use crate::heads::{Lines, check_whole};

fn agreed(flags: (bool, bool), bits: (u8, u8)) -> DeflateAgreed {
    DeflateAgreed {
        server_no_context_takeover: flags.0,
        client_no_context_takeover: flags.1,
        server_max_window_bits: bits.0,
        client_max_window_bits: bits.1,
    }
}

/// The outcome of `list` under `policy`, and the extensions that the response names.
fn negotiate(policy: DeflatePolicy, list: &str) -> Option<(DeflateAgreed, String)> {
    let request = check_whole(&Lines::request().set("Sec-WebSocket-Extensions", list))
        .unwrap()
        .unwrap();
    let answer = Answer {
        deflate: Some(policy),
        ..Answer::default()
    };
    let acceptance = request.accept(&answer).unwrap();
    let mut headers = acceptance.headers();
    let named = headers.find(|(name, _)| *name == "Sec-WebSocket-Extensions");
    assert_eq!(acceptance.deflate().is_some(), named.is_some());
    Some((acceptance.deflate()?, named?.1.to_owned()))
}

fn answered(policy: DeflatePolicy, list: &str, flags: (bool, bool), bits: (u8, u8), text: &str) {
    let expected = format!("permessage-deflate{text}");
    assert_eq!(
        negotiate(policy, list),
        Some((agreed(flags, bits), expected)),
        "{list}"
    );
}

#[test]
fn server_with_takeover_answers_what_was_asked() {
    // RFC 7692 §5-3 §5-4 §5-5 §7.1.1.1-1 §7.1.2.1-2 §7.1.2.2-2 TEST
    let policy = DeflatePolicy::takeover();
    let cases = [
        ("", (false, false), (15, 15), ""),
        ("; client_max_window_bits", (false, false), (15, 15), ""),
        (
            "; server_no_context_takeover",
            (true, false),
            (15, 15),
            "; server_no_context_takeover",
        ),
        (
            "; client_no_context_takeover",
            (false, true),
            (15, 15),
            "; client_no_context_takeover",
        ),
        (
            "; server_max_window_bits=15",
            (false, false),
            (15, 15),
            "; server_max_window_bits=15",
        ),
        (
            "; server_max_window_bits=\"9\"",
            (false, false),
            (9, 15),
            "; server_max_window_bits=9",
        ),
        (
            "; client_max_window_bits=8",
            (false, false),
            (15, 8),
            "; client_max_window_bits=8",
        ),
        (
            "; client_max_window_bits=\"1\\0\"",
            (false, false),
            (15, 10),
            "; client_max_window_bits=10",
        ),
    ];
    for (params, flags, bits, text) in cases {
        answered(
            policy,
            &format!("permessage-deflate{params}"),
            flags,
            bits,
            text,
        );
    }
}

#[test]
fn server_without_takeover_says_so_unasked() {
    // RFC 7692 §5-5 TEST
    let text = "; server_no_context_takeover; client_no_context_takeover";
    answered(
        DeflatePolicy::default(),
        "permessage-deflate",
        (true, true),
        (15, 15),
        text,
    );
}

#[test]
fn server_with_own_limits_answers_the_smaller_ones() {
    let policy = DeflatePolicy::takeover()
        .server_max_window_bits(12)
        .unwrap();
    let text = "; server_max_window_bits=12";
    answered(policy, "permessage-deflate", (false, false), (12, 15), text);
    let list = "permessage-deflate; server_max_window_bits=10";
    answered(
        policy,
        list,
        (false, false),
        (10, 15),
        "; server_max_window_bits=10",
    );
    let list = "permessage-deflate; server_max_window_bits=14";
    answered(policy, list, (false, false), (12, 15), text);

    let policy = DeflatePolicy::takeover()
        .client_max_window_bits(11)
        .unwrap();
    let list = "permessage-deflate; client_max_window_bits";
    answered(
        policy,
        list,
        (false, false),
        (15, 11),
        "; client_max_window_bits=11",
    );
    let list = "permessage-deflate; client_max_window_bits=10";
    answered(
        policy,
        list,
        (false, false),
        (15, 10),
        "; client_max_window_bits=10",
    );
    let list = "permessage-deflate; client_max_window_bits=15";
    answered(
        policy,
        list,
        (false, false),
        (15, 11),
        "; client_max_window_bits=11",
    );
}

#[test]
fn server_needing_a_small_client_window_declines_clients_that_cannot_be_told() {
    // RFC 7692 §7-4 §7.1.2.2-3 TEST
    let policy = DeflatePolicy::takeover()
        .client_max_window_bits(14)
        .unwrap();
    assert_eq!(negotiate(policy, "permessage-deflate"), None);
    assert_eq!(
        negotiate(policy, "permessage-deflate; server_no_context_takeover"),
        None
    );
    let (_, text) = negotiate(DeflatePolicy::takeover(), "permessage-deflate").unwrap();
    assert!(!text.contains("client_max_window_bits"));
}

#[test]
fn server_declines_a_window_that_its_compressor_cannot_keep_to() {
    // RFC 7692 §5-4 §7-4 TEST
    let list = "permessage-deflate; server_max_window_bits=8";
    assert_eq!(negotiate(DeflatePolicy::takeover(), list), None);
    let list = "permessage-deflate; server_max_window_bits=8, permessage-deflate";
    answered(
        DeflatePolicy::takeover(),
        list,
        (false, false),
        (15, 15),
        "",
    );
}

#[test]
fn server_takes_window_values_from_8_to_15_only() {
    // RFC 7692 §7-2 TEST
    let policy = DeflatePolicy::takeover();
    for bits in 0..=99u8 {
        let list = format!("permessage-deflate; server_max_window_bits={bits}");
        assert_eq!(
            negotiate(policy, &list).is_some(),
            (9..=15).contains(&bits),
            "{bits}"
        );
        let list = format!("permessage-deflate; client_max_window_bits={bits}");
        assert_eq!(
            negotiate(policy, &list).is_some(),
            (8..=15).contains(&bits),
            "{bits}"
        );
    }
    for value in [
        "08", "09", "010", "1000", "-9", "+9", "9.0", "0x9", "nine", "15a", "\"09\"",
    ] {
        for name in ["server_max_window_bits", "client_max_window_bits"] {
            let list = format!("permessage-deflate; {name}={value}");
            assert_eq!(negotiate(policy, &list), None, "{list}");
        }
    }
}

#[test]
fn server_declines_offers_against_the_rules_and_looks_at_the_next() {
    // RFC 7692 §7-1 §7-2 §7-3 TEST
    // RFC 6455 §9-2 §9.1-4 TEST
    for params in [
        "unknown",
        "unknown=1",
        "Server_no_context_takeover",
        "server_no_context_takeover=1",
        "client_no_context_takeover=true",
        "server_max_window_bits",
        "server_no_context_takeover; server_no_context_takeover",
        "client_no_context_takeover; client_no_context_takeover",
        "server_max_window_bits=10; server_max_window_bits=10",
        "client_max_window_bits; client_max_window_bits",
        "client_max_window_bits; client_max_window_bits=10",
    ] {
        let bad = format!("permessage-deflate; {params}");
        assert_eq!(negotiate(DeflatePolicy::takeover(), &bad), None, "{bad}");
        let list = format!("{bad}, foo, permessage-deflate; client_max_window_bits=9");
        let text = "; client_max_window_bits=9";
        answered(
            DeflatePolicy::takeover(),
            &list,
            (false, false),
            (15, 9),
            text,
        );
    }
}

#[test]
fn server_accepts_one_offer_of_several() {
    // RFC 7692 §5-6 TEST
    let list = "permessage-deflate; server_no_context_takeover, permessage-deflate";
    let text = "; server_no_context_takeover";
    answered(
        DeflatePolicy::takeover(),
        list,
        (true, false),
        (15, 15),
        text,
    );
}

#[test]
fn server_cannot_limit_windows_beyond_what_compressors_keep() {
    for bits in (0..=8).chain(16..=u8::MAX) {
        let policy = DeflatePolicy::default();
        for outcome in [
            policy.server_max_window_bits(bits),
            policy.client_max_window_bits(bits),
        ] {
            assert_eq!(outcome.unwrap_err().field, Field::WindowBits);
        }
    }
}
