//! Headers by themselves: round trips, every length form, every fault, every prefix.

use super::*;

fn header(payload_len: u64, masking_key: Option<[u8; 4]>) -> FrameHeader {
    FrameHeader {
        fin: true,
        rsv: Rsv::NONE,
        opcode: Opcode::Binary,
        masking_key,
        payload_len,
    }
}

#[test]
fn header_of_every_length_form_round_trips_and_is_minimal() {
    let forms = [
        (0, 2),
        (125, 2),
        (126, 4),
        (65_535, 4),
        (65_536, 10),
        (u64::MAX >> 1, 10),
    ];
    for (payload_len, encoded_len) in forms {
        for key in [None, Some([1, 2, 3, 4])] {
            let header = header(payload_len, key);
            let bytes = header.encode();
            let key_len = if key.is_some() { 4 } else { 0 };
            assert_eq!(bytes.as_slice().len(), encoded_len + key_len, "{header}");
            let mut appended = Vec::new();
            header.append_to(&mut appended);
            assert_eq!(appended, bytes.as_slice(), "{header}");
            let decoded = FrameHeader::decode(bytes.as_slice());
            assert_eq!(decoded, Ok(Some((header, encoded_len + key_len))));
        }
    }
}

#[test]
fn header_cut_anywhere_asks_for_more() {
    for payload_len in [5, 300, 70_000] {
        let bytes = header(payload_len, Some([9; 4])).encode();
        for cut in 0..bytes.as_slice().len() {
            assert_eq!(
                FrameHeader::decode(&bytes.as_slice()[..cut]),
                Ok(None),
                "cut at {cut}"
            );
        }
    }
}

#[test]
fn header_with_every_reserved_opcode_is_refused_by_its_first_two_bytes() {
    for number in (0x3..=0x7).chain(0xB..=0xF) {
        let fault = FrameHeader::decode(&[0x80 | number, 0xFF]);
        assert_eq!(fault, Err(PeerFault::ReservedOpcode(number)));
    }
}

#[test]
fn header_length_not_minimal_is_refused() {
    for len in [0_u16, 5, 125] {
        let [high, low] = len.to_be_bytes();
        let fault = FrameHeader::decode(&[0x82, 126, high, low]);
        assert_eq!(
            fault,
            Err(PeerFault::LengthNotMinimal {
                len: len.into(),
                bytes: 2
            })
        );
    }
    for len in [0_u64, 125, 126, 65_535] {
        let mut bytes = vec![0x82, 127];
        bytes.extend(len.to_be_bytes());
        let fault = FrameHeader::decode(&bytes);
        assert_eq!(fault, Err(PeerFault::LengthNotMinimal { len, bytes: 8 }));
    }
}

#[test]
fn header_length_with_the_top_bit_is_refused() {
    for len in [1 << 63, u64::MAX] {
        let mut bytes = vec![0x82, 127];
        bytes.extend(u64::to_be_bytes(len));
        assert_eq!(
            FrameHeader::decode(&bytes),
            Err(PeerFault::LengthTopBit(len))
        );
    }
}

#[test]
fn header_bits_survive_in_every_combination() {
    for bits in 0..16_u8 {
        let bytes = [bits << 4 | 0x2, 0];
        let (header, _) = FrameHeader::decode(&bytes).unwrap().unwrap();
        assert_eq!(header.fin, bits & 8 != 0);
        assert_eq!(header.rsv.is_none(), bits % 8 == 0);
        assert_eq!(header.rsv.is_rsv1_only(), bits % 8 == 4);
        assert_eq!(header.encode().as_slice(), bytes);
    }
}

#[test]
fn header_display_is_one_short_line() {
    let mut header = header(5, Some([0; 4]));
    assert_eq!(header.to_string(), "binary 5 B masked");
    header.fin = false;
    header.rsv = Rsv::RSV1;
    header.masking_key = None;
    assert_eq!(header.to_string(), "binary 5 B no-fin rsv 100");
}

#[test]
fn header_of_a_control_frame_that_is_fragmented_or_long_is_refused_by_its_first_two_bytes() {
    // RFC 6455 §5.4-1 §5.5-1 §5.5-2 TEST
    for opcode in [Opcode::Close, Opcode::Ping, Opcode::Pong] {
        let fragmented = FrameHeader::decode(&[opcode.number(), 0]);
        assert_eq!(fragmented, Err(PeerFault::ControlFragmented(opcode)));
        for len in [0x7E, 0x7F, 0xFE] {
            let long = FrameHeader::decode(&[0x80 | opcode.number(), len]);
            assert_eq!(long, Err(PeerFault::ControlTooLong(opcode)));
        }
    }
}
