//! Which answers to an offer of permessage-deflate a client accepts.

use sockeye_proto::handshake::client::{ClientFault, ClientRequest};
use sockeye_proto::handshake::deflate_params;
use sockeye_proto::handshake::extension::parse_extensions;
use sockeye_proto::handshake::{DeflateAgreed, DeflateFault, DeflateOffer, Key, WsUrl};

use crate::heads::{Lines, response_whole};

fn verify(offers: &[DeflateOffer], list: &str) -> Result<Option<DeflateAgreed>, ClientFault> {
    let url = WsUrl::parse("ws://example.com/").unwrap();
    let request = ClientRequest::new(&url, Key::from_random(*b"the sample nonce"));
    let request = offers
        .iter()
        .fold(request, |request, &offer| request.deflate(offer));
    let lines = Lines::response().set("Sec-WebSocket-Extensions", list);
    request
        .verify(&response_whole(&lines))
        .map(|agreed| agreed.deflate)
}

fn agreed(offer: DeflateOffer, params: &str) -> (bool, bool, u8, u8) {
    let agreed = verify(&[offer], &format!("permessage-deflate{params}"))
        .unwrap()
        .unwrap();
    (
        agreed.server_no_context_takeover,
        agreed.client_no_context_takeover,
        agreed.server_max_window_bits,
        agreed.client_max_window_bits,
    )
}

fn fault(offer: DeflateOffer, params: &str) -> DeflateFault {
    match verify(&[offer], &format!("permessage-deflate{params}")) {
        Err(ClientFault::Deflate(fault)) => {
            assert_eq!(
                ClientFault::Deflate(fault.clone()).to_string(),
                fault.to_string()
            );
            assert!(fault.to_string().starts_with("permessage-deflate: "));
            fault
        }
        other => panic!("{params}: {other:?}"),
    }
}

#[test]
fn client_takes_what_the_server_grants() {
    let takeover = DeflateOffer::takeover();
    assert_eq!(agreed(takeover, ""), (false, false, 15, 15));
    assert_eq!(
        agreed(takeover, "; server_no_context_takeover"),
        (true, false, 15, 15)
    );
    assert_eq!(
        agreed(takeover, "; server_max_window_bits=8"),
        (false, false, 8, 15)
    );
    assert_eq!(
        agreed(takeover, "; client_max_window_bits=\"9\""),
        (false, false, 15, 9)
    );
    let limited = takeover.client_max_window_bits(12).unwrap();
    assert_eq!(agreed(limited, ""), (false, false, 15, 12));
    assert_eq!(
        agreed(limited, "; client_max_window_bits=10"),
        (false, false, 15, 10)
    );
    assert_eq!(
        agreed(limited, "; client_max_window_bits=15"),
        (false, false, 15, 12)
    );
}

#[test]
fn client_obeys_no_takeover_whether_it_offered_it_or_not() {
    // RFC 7692 §7.1.1.2-1 TEST
    let params = "; client_no_context_takeover";
    assert_eq!(
        agreed(DeflateOffer::takeover(), params),
        (false, true, 15, 15)
    );
    // Its own hint binds the client also where the server does not repeat it.
    let params = "; server_no_context_takeover";
    assert_eq!(
        agreed(DeflateOffer::no_takeover(), params),
        (true, true, 15, 15)
    );
}

#[test]
fn client_refuses_an_answer_that_ignores_its_demands() {
    // RFC 7692 §5-11 TEST
    let name = "server_no_context_takeover";
    let expected = DeflateFault::NotHonoured { name };
    assert_eq!(fault(DeflateOffer::no_takeover(), ""), expected);
    let message = "permessage-deflate: the demanded server_no_context_takeover was not granted";
    assert_eq!(expected.to_string(), message);
    let limited = DeflateOffer::takeover().server_max_window_bits(10).unwrap();
    let expected = DeflateFault::NotHonoured {
        name: "server_max_window_bits",
    };
    assert_eq!(fault(limited, ""), expected);
    assert_eq!(fault(limited, "; server_max_window_bits=11"), expected);
    assert_eq!(agreed(limited, "; server_max_window_bits=10").2, 10);
    assert_eq!(agreed(limited, "; server_max_window_bits=8").2, 8);
}

#[test]
fn client_refuses_a_limit_that_no_compressor_of_ours_keeps() {
    // RFC 7692 §7-8 TEST
    let fault = fault(DeflateOffer::takeover(), "; client_max_window_bits=8");
    assert_eq!(
        fault,
        DeflateFault::WindowTooSmall {
            name: "client_max_window_bits"
        }
    );
    let message =
        "permessage-deflate: client_max_window_bits is 8, our compressor needs at least 9";
    assert_eq!(fault.to_string(), message);
}

#[test]
fn client_refuses_parameters_against_the_rules() {
    // RFC 7692 §7-5 §7-6 §7-7 TEST
    let takeover = DeflateOffer::takeover();
    let unknown = DeflateFault::UnknownParam {
        name: "x".to_owned(),
    };
    assert_eq!(fault(takeover, "; x"), unknown);
    assert_eq!(
        unknown.to_string(),
        "permessage-deflate: unknown parameter \"x\""
    );
    for param in [
        "server_no_context_takeover",
        "client_no_context_takeover",
        "server_max_window_bits=9",
        "client_max_window_bits=9",
    ] {
        let name = param.trim_end_matches("=9");
        let repeated = fault(takeover, &format!("; {param}; {param}"));
        assert!(matches!(repeated, DeflateFault::RepeatedParam { name: own } if own == name));
        assert_eq!(
            repeated.to_string(),
            format!("permessage-deflate: {name} is there twice")
        );
    }
    for (param, shown) in [
        (
            "server_no_context_takeover=1",
            "is \"1\", it must have no value",
        ),
        ("server_max_window_bits", "must have a value from 8 to 15"),
        ("client_max_window_bits", "must have a value from 8 to 15"),
    ] {
        let fault = fault(takeover, &format!("; {param}"));
        assert!(matches!(fault, DeflateFault::Value { .. }));
        assert!(fault.to_string().ends_with(shown), "{fault}");
    }
}

#[test]
fn client_takes_window_values_from_8_to_15_only() {
    // RFC 7692 §7-6 TEST
    let value_is_refused = |params: &str| {
        let fault = fault(DeflateOffer::takeover(), params);
        assert!(
            matches!(fault, DeflateFault::Value { value: Some(_), .. }),
            "{params}"
        );
    };
    for name in ["server_max_window_bits", "client_max_window_bits"] {
        for bits in (0..=7).chain(16..=99).chain([1000]) {
            value_is_refused(&format!("; {name}={bits}"));
        }
        for value in ["08", "015", "\"08\"", "9a"] {
            value_is_refused(&format!("; {name}={value}"));
        }
    }
}

#[test]
fn client_accepts_the_answer_to_any_of_its_offers() {
    let strict = DeflateOffer::no_takeover()
        .server_max_window_bits(9)
        .unwrap();
    let offers = [strict, DeflateOffer::takeover()];
    let agreed = verify(&offers, "permessage-deflate").unwrap().unwrap();
    assert!(!agreed.server_no_context_takeover);
    let fault = verify(&offers, "permessage-deflate; client_max_window_bits=8");
    let name = "server_no_context_takeover";
    assert_eq!(
        fault,
        Err(ClientFault::Deflate(DeflateFault::NotHonoured { name }))
    );
}

#[test]
fn client_refuses_the_extension_twice() {
    // RFC 7692 §5-7 TEST
    let outcome = verify(
        &[DeflateOffer::takeover()],
        "permessage-deflate, permessage-deflate",
    );
    assert_eq!(
        outcome,
        Err(ClientFault::Deflate(DeflateFault::RepeatedExtension))
    );
    let message = "permessage-deflate: agreed more than once";
    assert_eq!(DeflateFault::RepeatedExtension.to_string(), message);
}

#[test]
fn client_that_offers_no_limit_refuses_one() {
    // RFC 7692 §7-5 TEST
    let list = [&b"permessage-deflate"[..]].into_iter();
    let offered = parse_extensions(list).unwrap();
    let offer = DeflateOffer::parse(&offered[0]).unwrap();
    assert_eq!(offer.to_string(), "permessage-deflate");
    let fault = fault(offer, "; client_max_window_bits=15");
    assert_eq!(
        fault,
        DeflateFault::NotOffered {
            name: "client_max_window_bits"
        }
    );
    let message = "permessage-deflate: client_max_window_bits was not offered";
    assert_eq!(fault.to_string(), message);
}

#[test]
fn client_that_offers_nothing_agrees_to_nothing() {
    let list = [&b"permessage-deflate"[..]].into_iter();
    let element = &parse_extensions(list).unwrap()[0];
    let expected = DeflateFault::NotOffered {
        name: deflate_params::NAME,
    };
    assert_eq!(deflate_params::verify_response(element, &[]), Err(expected));
}
