//! Masking (`mask`, and `wide` for long payloads): the fast routine against its naive twin and the
//! examples of RFC 6455 §5.7.

use proptest::prelude::*;
use sockeye_simd::apply_mask;
use sockeye_simd::naive;

/// Long enough that every alignment and every step of the routine is reached.
fn text(len: usize) -> Vec<u8> {
    (0..=255).chain(128..=255).cycle().take(len).collect()
}

/// Masks `payload` at `alignment` bytes after a 64-byte boundary and checks that nothing else
/// moved.
fn assert_matches_twin(payload: &[u8], key: [u8; 4], offset: usize, alignment: usize) {
    let mut expected = payload.to_vec();
    naive::apply_mask(&mut expected, key, offset);

    let mut room = vec![0xEE; payload.len() + 192];
    let start = room.as_ptr().align_offset(64) + alignment;
    let end = start + payload.len();
    room[start..end].copy_from_slice(payload);
    apply_mask(&mut room[start..end], key, offset);

    assert_eq!(
        room[start..end],
        expected,
        "len {}, offset {offset}",
        payload.len()
    );
    assert!(
        room[..start]
            .iter()
            .chain(&room[end..])
            .all(|byte| *byte == 0xEE)
    );
}

// RFC 6455 §5.3-5 TEST
#[test]
fn mask_of_each_short_length_alignment_and_offset_matches_twin() {
    let payload = text(300);
    for len in 0..payload.len() {
        for alignment in 0..16 {
            for offset in 0..4 {
                assert_matches_twin(&payload[..len], [0x37, 0xfa, 0x21, 0x3d], offset, alignment);
            }
        }
    }
}

#[test]
fn mask_of_lengths_around_the_aligned_form_matches_twin() {
    let payload = text(600);
    for len in 505..payload.len() {
        for alignment in 0..64 {
            assert_matches_twin(&payload[..len], [1, 2, 4, 8], len + alignment, alignment);
        }
    }
}

#[test]
fn mask_with_wrapping_offset_matches_twin() {
    for offset in usize::MAX - 3..=usize::MAX {
        assert_matches_twin(&text(70), [9, 8, 7, 6], offset, 3);
    }
}

#[test]
fn unmask_of_the_rfc_example_is_hello() {
    let mut payload = *b"\x7f\x9f\x4d\x51\x58";
    apply_mask(&mut payload, [0x37, 0xfa, 0x21, 0x3d], 0);
    assert_eq!(&payload, b"Hello");
}

proptest! {
    #[test]
    fn mask_in_pieces_is_mask_at_once(
        payload in proptest::collection::vec(any::<u8>(), 0..2000),
        cuts in proptest::collection::vec(1usize..700, 0..8),
        key in any::<[u8; 4]>(),
    ) {
        let mut whole = payload.clone();
        apply_mask(&mut whole, key, 0);

        let mut pieces = payload.clone();
        let (mut done, mut rest) = (0, pieces.as_mut_slice());
        for cut in cuts {
            let (piece, later) = rest.split_at_mut(cut.min(rest.len()));
            apply_mask(piece, key, done);
            done += piece.len();
            rest = later;
        }
        apply_mask(rest, key, done);
        prop_assert_eq!(&pieces, &whole);

        apply_mask(&mut whole, key, 0);
        prop_assert_eq!(whole, payload, "masking twice is the identity");
    }
}
