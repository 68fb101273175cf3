//! A stream of frames: the connection agrees with the naive receiver, however the stream is cut and
//! whichever way it is read.

use std::sync::Arc;

use sockeye_proto::connection::Config;
use sockeye_proto::frame::FrameHeader;
use sockeye_proto::limits::MESSAGE_LEN_MAX;

use super::role;
use crate::support::cuts::{observe, pieces};
use crate::support::endpoint::Reading;
use crate::support::{frames, naive};

/// `[role and cut, limit, stream..]`
pub(crate) fn frame(data: &[u8]) {
    let [choice, limit, stream @ ..] = data else {
        return;
    };
    check_headers(stream);
    let receiver = role(*choice);
    let mut config = Config::default();
    config.message_len_max = [MESSAGE_LEN_MAX, 10, 300, 70_000][usize::from(limit % 4)];
    let config = Arc::new(config);
    let (events, replies) = naive::receive(receiver, &config, stream);
    for reading in [Reading::Buffered, Reading::Straight] {
        for pieces in [vec![stream], pieces(stream, u64::from(choice >> 1))] {
            let observed = observe(receiver, &config, reading, pieces);
            assert_eq!(observed.events, events, "{reading:?}");
            assert_eq!(
                frames::read(receiver, &observed.output).0,
                replies,
                "{reading:?}"
            );
        }
    }
}

/// What decodes as a header encodes to the same bytes, and no shorter prefix decodes.
fn check_headers(stream: &[u8]) {
    for at in 0..stream.len().min(64) {
        let bytes = &stream[at..];
        if let Ok(Some((header, len))) = FrameHeader::decode(bytes) {
            assert_eq!(header.encode().as_slice(), &bytes[..len]);
            for cut in 0..len {
                assert_eq!(FrameHeader::decode(&bytes[..cut]), Ok(None));
            }
        }
    }
}
