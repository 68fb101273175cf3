//! The body of a Close frame: decoded as the naive reader does, encoded to the same bytes, and
//! answered with its code.

use std::sync::Arc;

use sockeye_proto::close::{CloseCode, CloseFrame};
use sockeye_proto::fault::Fault;
use sockeye_proto::limits::CONTROL_LEN_MAX;

use super::role;
use crate::support::cuts::{observe, pieces};
use crate::support::endpoint::{Reading, Seen};
use crate::support::frames::{self, CLOSE, Frame};
use crate::support::naive::read_close;

/// `[role and cut, body..]`
pub(crate) fn close(data: &[u8]) {
    let Some((choice, body)) = data.split_first() else {
        return;
    };
    let body = &body[..body.len().min(CONTROL_LEN_MAX)];
    let decoded = CloseFrame::decode(body);
    let expected = read_close(body);
    let event = match (&decoded, expected) {
        (Ok(frame), Ok(event)) => {
            let (code, reason) = (frame.code(), frame.reason());
            let seen = Seen::Close(code.map(CloseCode::number), reason.into());
            assert_eq!(seen, event);
            let mut encoded = Vec::new();
            frame.encode(&mut encoded);
            assert_eq!(encoded, body);
            assert_eq!(
                CloseFrame::new(code, reason).as_ref(),
                Ok(frame),
                "it may be sent on"
            );
            event
        }
        (Err(fault), Err(expected)) => {
            assert_eq!(*fault, expected);
            Seen::Fault(Fault::Peer(expected))
        }
        (decoded, expected) => unreachable!("{decoded:?}, but {expected:?}"),
    };
    let answer = match event {
        Seen::Fault(fault) => Frame::close(fault.close_code().number(), ""),
        _ => Frame::new(CLOSE, &body[..body.len().min(2)]),
    };

    let receiver = role(*choice);
    let wire = Frame::new(CLOSE, body).from(receiver.peer());
    let pieces = pieces(&wire, u64::from(*choice));
    let observed = observe(receiver, &Arc::default(), Reading::Buffered, pieces);
    assert_eq!(observed.events, [event]);
    assert_eq!(frames::read(receiver, &observed.output).0, [answer]);
}
