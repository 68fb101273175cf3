//! `foresee_close`: the peer's Close in bytes that are still to be received, wherever reading
//! stopped.

use std::time::Instant;

use sockeye_proto::Role;
use sockeye_proto::close::CloseFrame;

use crate::support::endpoint::Endpoint;
use crate::support::frames::{BINARY, CONTINUATION, Frame, PING, TEXT};

/// What a peer in `role` says before its Close, the Close, and what must not be looked at.
fn wire(role: Role) -> [Vec<u8>; 3] {
    let before = [
        Frame::new(TEXT, "one"),
        Frame::new(BINARY, vec![7; 300]).no_fin(),
        Frame::new(PING, "?"),
        Frame::new(CONTINUATION, [8, 9]),
    ];
    [
        before.map(|frame| frame.from(role)).concat(),
        Frame::close(1009, "too big").from(role),
        Frame::close(1000, "").from(role),
    ]
}

/// Fails if a writer whose peer closed is told of a loss because reading had stopped somewhere.
#[test]
fn close_is_foreseen_from_every_byte_at_which_reading_stopped() {
    let expected = CloseFrame::new(Some(1009.into()), "too big").unwrap();
    for role in [Role::Server, Role::Client] {
        let [before, close, after] = wire(role.peer());
        let end = before.len() + close.len();
        let all = [before, close, after].concat();
        for cut in 0..end {
            let now = Instant::now();
            let mut endpoint = Endpoint::open(role, now);
            endpoint.read(&all[..cut], now);
            let connection = &endpoint.connection;
            assert_eq!(connection.peer_close(), None, "{cut}");
            let foreseen = connection.foresee_close(&all[cut..]);
            assert_eq!(foreseen.as_ref(), Some(&expected), "{role:?} {cut}");
            assert_eq!(connection.foresee_close(&all[cut..end - 1]), None, "{cut}");
            // It took nothing: what is received next is what would have been.
            endpoint.read(&all[cut..], now);
            assert_eq!(endpoint.connection.peer_close(), Some(&expected), "{cut}");
            assert_eq!(endpoint.connection.foresee_close(&all[end..]), None);
        }
    }
}

#[test]
fn close_that_breaks_a_rule_is_not_foreseen() {
    let endpoint = Endpoint::open(Role::Client, Instant::now());
    for bad in [
        Frame::close(1005, "").from(Role::Server),
        vec![0x88, 1, 3],
        vec![0x83, 0, 0x88, 0],
    ] {
        assert_eq!(endpoint.connection.foresee_close(&bad), None, "{bad:x?}");
    }
}
