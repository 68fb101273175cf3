//! The body of a Close frame (RFC 6455 §5.5.1, §7.4): nothing, or a code that may be on the wire
//! and a reason in UTF-8.

use sockeye_proto::Role;
use sockeye_proto::close::{CloseCode, CloseFrame};
use sockeye_proto::fault::{Fault, Misuse, PeerFault};

use crate::support::cuts::{assert_received, assert_refused};
use crate::support::endpoint::Seen;
use crate::support::frames::{CLOSE, Frame};

const ROLES: [Role; 2] = [Role::Client, Role::Server];

#[test]
fn receiver_takes_every_code_that_may_be_sent_and_echoes_it() {
    // RFC 6455 §5.5.1-1 §5.5.1-5 TEST
    for receiver in ROLES {
        for code in (1000..=1003)
            .chain(1007..=1014)
            .chain([3000, 3999, 4000, 4999])
        {
            let wire = Frame::close(code, "why not").from(receiver.peer());
            let event = Seen::Close(Some(code), "why not".into());
            assert_received(receiver, &wire, &[event], &[Frame::close(code, "")]);
        }
    }
}

#[test]
fn receiver_refuses_every_code_that_may_not_be_sent() {
    // RFC 6455 §7.4.1-1 §7.4.1-2 §7.4.1-3 TEST: as a receiver
    for receiver in ROLES {
        let codes = [
            0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535,
        ];
        for code in codes {
            let wire = Frame::close(code, "x").from(receiver.peer());
            let fault = Fault::Peer(PeerFault::CloseCode(code));
            assert_refused(receiver, &wire, &[], fault, 1002);
        }
    }
}

#[test]
fn receiver_refuses_a_body_of_one_byte() {
    for receiver in ROLES {
        let wire = Frame::new(CLOSE, [0x03]).from(receiver.peer());
        assert_refused(
            receiver,
            &wire,
            &[],
            Fault::Peer(PeerFault::CloseLenOne),
            1002,
        );
    }
}

#[test]
fn receiver_refuses_a_reason_that_is_not_utf8() {
    // RFC 6455 §8.1-1 TEST: close reasons
    for receiver in ROLES {
        for reason in [&b"\xFF"[..], b"cut off \xCE", b"\xED\xA0\x80", &[0x80; 123]] {
            let wire = Frame::close(1000, reason).from(receiver.peer());
            assert_refused(
                receiver,
                &wire,
                &[],
                Fault::Peer(PeerFault::CloseReasonUtf8),
                1007,
            );
        }
    }
}

#[test]
fn sender_may_not_make_a_close_frame_that_a_peer_would_refuse() {
    // RFC 6455 §7.4.1-1 §7.4.1-2 §7.4.1-3 TEST: as a sender, every code there is
    for number in 0..=u16::MAX {
        let may_be_sent = matches!(number, 1000..=1003 | 1007..=1014 | 3000..=4999);
        let frame = CloseFrame::new(Some(number.into()), "");
        assert_eq!(frame.is_ok(), may_be_sent, "{number}");
        if !may_be_sent {
            assert_eq!(frame, Err(Misuse::CloseCode(number)));
        }
    }
}

#[test]
fn sender_fits_a_reason_of_123_bytes_and_no_more() {
    let reason = "é".repeat(61) + "!";
    assert!(CloseFrame::new(Some(CloseCode::NORMAL), &reason).is_ok());
    let refused = CloseFrame::new(Some(CloseCode::NORMAL), &(reason + "!"));
    assert_eq!(refused, Err(Misuse::CloseReasonTooLong { len: 124 }));
    assert_eq!(
        CloseFrame::new(None, "why"),
        Err(Misuse::CloseReasonWithoutCode)
    );
}
