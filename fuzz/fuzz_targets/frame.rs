//! The frame header: what decodes encodes back to the same bytes, and where the input is cut makes
//! no difference.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sockeye_proto::frame::FrameHeader;

fuzz_target!(|bytes: &[u8]| {
    match FrameHeader::decode(bytes) {
        Ok(Some((header, len))) => {
            // Lengths are minimal, so a header has one form only.
            assert_eq!(header.encode().as_slice(), &bytes[..len]);
            for cut in 0..len {
                assert_eq!(FrameHeader::decode(&bytes[..cut]), Ok(None), "cut at {cut}");
            }
        }
        Ok(None) => assert!(bytes.len() < 14, "no header is longer than 14 bytes"),
        Err(fault) => {
            // A fault shows as soon as the byte that proves it is there, and then stays the same.
            for cut in 0..bytes.len() {
                let early = FrameHeader::decode(&bytes[..cut]);
                assert!(
                    early == Ok(None) || early == Err(fault),
                    "cut at {cut}: {early:?}"
                );
            }
        }
    }
});
