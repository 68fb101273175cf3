//! What our client and our server say, they understand in the same way.

use proptest::collection::btree_set;
use proptest::prelude::*;
use sockeye_proto::handshake::client::ClientRequest;
use sockeye_proto::handshake::extension::parse_extensions;
use sockeye_proto::handshake::http1::{HeadLimits, RequestHead, ResponseHead};
use sockeye_proto::handshake::server::{self, Answer};
use sockeye_proto::handshake::{DeflateOffer, DeflatePolicy, Key, WsUrl, deflate_params};

use crate::heads::read_chunks;

fn bits() -> impl Strategy<Value = Option<u8>> {
    prop::option::of(9..=15u8)
}

fn offer() -> impl Strategy<Value = DeflateOffer> {
    (any::<bool>(), bits(), bits()).prop_map(|(takeover, server, client)| {
        let mut offer = DeflateOffer::no_takeover();
        if takeover {
            offer = DeflateOffer::takeover();
        }
        if let Some(bits) = server {
            offer = offer.server_max_window_bits(bits).unwrap();
        }
        client.map_or(offer, |bits| offer.client_max_window_bits(bits).unwrap())
    })
}

fn policy() -> impl Strategy<Value = DeflatePolicy> {
    (any::<bool>(), 9..=15u8, 9..=15u8).prop_map(|(takeover, server, client)| {
        let mut policy = DeflatePolicy::no_takeover();
        if takeover {
            policy = DeflatePolicy::takeover();
        }
        let policy = policy.server_max_window_bits(server).unwrap();
        policy.client_max_window_bits(client).unwrap()
    })
}

fn read_request(bytes: &[u8]) -> RequestHead {
    read_chunks(HeadLimits::default(), [bytes])
        .unwrap()
        .unwrap()
        .0
}

fn read_response(bytes: &[u8]) -> ResponseHead {
    read_chunks(HeadLimits::default(), [bytes])
        .unwrap()
        .unwrap()
        .0
}

proptest! {
    #[test]
    fn client_and_server_agree(
        nonce in any::<[u8; 16]>(),
        resource in "/[!-\"$-~]{0,20}",
        offered in btree_set("[a-z0-9.]{1,8}", 0..5),
        preferred in prop::collection::vec("[a-z0-9.]{1,2}", 0..5),
        offers in prop::collection::vec(offer(), 0..4),
        policy in prop::option::of(policy()),
        header in ("x-[a-z]{1,8}", "[ -~]{0,20}"),
    ) {
        let url = WsUrl::parse(&format!("ws://example.com{resource}")).unwrap();
        let request = ClientRequest::new(&url, Key::from_random(nonce))
            .protocols(&offered)
            .and_then(|request| request.header(&header.0, &header.1))
            .unwrap();
        let request = offers.iter().fold(request, |request, &offer| request.deflate(offer));

        let head = read_request(&request.encode());
        let received = head.headers().first(&header.0).unwrap_or_default();
        prop_assert_eq!(received, header.1.trim_matches(' ').as_bytes());
        let upgrade = server::check(&head).unwrap().unwrap();
        prop_assert_eq!(upgrade.resource_name(), &resource);
        prop_assert!(upgrade.protocols().eq(offered.iter().map(String::as_str)));
        prop_assert_eq!(upgrade.deflate_offers(), &offers[..]);

        let preferred: Vec<&str> = preferred.iter().map(String::as_str).collect();
        let protocol = upgrade.choose_protocol(&preferred);
        let answer = Answer { protocol, deflate: policy, headers: &[] };
        let acceptance = upgrade.accept(&answer).unwrap();
        let agreed = request.verify(&read_response(&acceptance.encode())).unwrap();
        prop_assert_eq!(agreed.protocol.as_deref(), protocol);
        prop_assert_eq!(agreed.deflate, acceptance.deflate());
    }

    #[test]
    fn offer_written_and_read_is_the_same(offer in offer()) {
        let text = offer.to_string();
        let list = parse_extensions([text.as_bytes()].into_iter()).unwrap();
        prop_assert_eq!(list.len(), 1);
        prop_assert_eq!(list[0].name, deflate_params::NAME);
        prop_assert_eq!(DeflateOffer::parse(&list[0]), Ok(offer));
    }

    #[test]
    fn key_of_any_nonce_is_valid(nonce in any::<[u8; 16]>()) {
        let key = Key::from_random(nonce);
        prop_assert_eq!(Key::parse(key.as_str().as_bytes()), Ok(key));
    }

    #[test]
    fn parsers_given_any_bytes_answer(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        _ = parse_extensions([&bytes[..]].into_iter());
        _ = sockeye_proto::handshake::subprotocol::parse_offer([&bytes[..]].into_iter());
        _ = Key::parse(&bytes);
        _ = WsUrl::parse(&String::from_utf8_lossy(&bytes));
        _ = WsUrl::parse(&format!("ws://{}", String::from_utf8_lossy(&bytes)));
    }
}
