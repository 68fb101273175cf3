//! What all chats have in common.

use super::*;

/// If this fails, two protocols share a variant or a channel, and clients get what is not theirs.
#[test]
fn protocols_are_told_apart() {
    for (index, protocol) in Protocol::ALL.into_iter().enumerate() {
        assert_eq!(Protocol::of(protocol.variant()), Some(protocol));
        for other in Protocol::ALL.into_iter().skip(index + 1) {
            assert!(!protocol.prefix().starts_with(other.prefix()));
            assert!(!other.prefix().starts_with(protocol.prefix()));
        }
    }
    assert_eq!(Protocol::of(Variant(u8::MAX)), None);
}

/// If this fails, a hostile address makes a channel of another chat, or one that cannot be.
#[test]
fn rooms_are_names_of_bounded_length_in_any_script() {
    let channel = |room: &str| Protocol::Plain.channel(room);
    assert_eq!(channel("кухня 🍲").unwrap().as_str(), "plain:кухня 🍲");
    assert_eq!(channel(""), Err(NameFault::Empty));
    assert!(channel(&"x".repeat(limits::ROOM_LEN_MAX)).is_ok());
    let long = channel(&"x".repeat(limits::ROOM_LEN_MAX + 1));
    assert!(matches!(long, Err(NameFault::Len { .. })));
    assert!(matches!(channel("a\nb"), Err(NameFault::Control { .. })));
}

/// If this fails, somebody looks for a control character where there is none.
#[test]
fn place_in_a_room_counts_from_its_own_beginning() {
    for protocol in Protocol::ALL {
        let fault = protocol.channel("ab\n").unwrap_err();
        assert_eq!(fault.to_string(), "control character at byte 2 of a name");
    }
}
