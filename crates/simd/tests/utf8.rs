//! UTF-8 validation (`utf8`, `validator`): slices and pieces against `core::str::from_utf8` and the
//! naive twin.

use proptest::prelude::*;
use sockeye_simd::Utf8Error;
use sockeye_simd::Utf8Validator;
use sockeye_simd::is_utf8;
use sockeye_simd::naive;
use sockeye_simd::to_str;

/// Bytes on both sides of each boundary in the productions of RFC 3629 §4.
const EDGES: [u8; 25] = [
    0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec,
    0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff,
];

/// What a validator must answer for `bytes`, however they are cut.
fn expected(bytes: &[u8]) -> Result<(), Utf8Error> {
    let place = naive::first_bad_byte(bytes)
        .or_else(|| naive::ends_inside_sequence(bytes).then_some(bytes.len()));
    place.map_or(Ok(()), |at| {
        Err(Utf8Error {
            valid_up_to: at as u64,
        })
    })
}

fn push_all<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Result<(), Utf8Error> {
    let mut validator = Utf8Validator::new();
    pieces
        .into_iter()
        .try_for_each(|piece| validator.push(piece))?;
    validator.finish()
}

fn assert_agrees(bytes: &[u8]) {
    let standard = core::str::from_utf8(bytes);
    assert_eq!(is_utf8(bytes), standard.is_ok(), "{bytes:x?}");
    assert_eq!(to_str(bytes), standard.ok(), "{bytes:x?}");
    assert_eq!(naive::is_utf8(bytes), standard.is_ok(), "{bytes:x?}");
    for cut in 0..=bytes.len() {
        let (front, back) = bytes.split_at(cut);
        assert_eq!(
            push_all([front, back]),
            expected(bytes),
            "{front:x?} {back:x?}"
        );
    }
}

// RFC 6455 §8.1-1 TEST
#[test]
fn sequences_of_up_to_four_edge_bytes_agree_with_std_at_each_cut() {
    assert_agrees(&[]);
    for a in EDGES {
        assert_agrees(&[a]);
        for b in EDGES {
            assert_agrees(&[a, b]);
            for c in EDGES {
                assert_agrees(&[a, b, c]);
                for d in EDGES {
                    assert_agrees(&[a, b, c, d]);
                }
            }
        }
    }
}

#[test]
fn edge_sequences_inside_long_text_agree_with_std() {
    for lead in EDGES {
        for second in EDGES {
            for len in [0, 29, 30, 31, 62, 63, 64, 100, 510, 512, 600] {
                let mut bytes = vec![b'a'; len];
                bytes.extend([lead, second, 0x80, b'z', 0xce, 0xba]);
                let standard = core::str::from_utf8(&bytes);
                assert_eq!(is_utf8(&bytes), standard.is_ok());
                assert_eq!(push_all([bytes.as_slice()]), expected(&bytes));
                assert_eq!(push_all(bytes.chunks(7)), expected(&bytes));
            }
        }
    }
}

/// Autobahn 6.4: the byte after which nothing helps is the one that fails.
#[test]
fn bad_byte_fails_at_once_and_not_at_the_end_of_the_character() {
    for (bytes, bad_at) in [
        (&b"\xf4\x90"[..], 1),
        (b"\xed\xa0", 1),
        (b"\xe0\x80", 1),
        (b"\xf0\x80", 1),
        (b"\xc0", 0),
        (b"\xf5", 0),
        (b"\x80", 0),
        (b"\xce\xba\xe1\xbd\xc3", 4),
        (b"\xf0\x90\x80a", 3),
    ] {
        let mut validator = Utf8Validator::new();
        let (good, bad) = bytes.split_at(bad_at);
        assert_eq!(validator.push(good), Ok(()), "{bytes:x?}");
        let error = Utf8Error {
            valid_up_to: bad_at as u64,
        };
        assert_eq!(validator.push(bad), Err(error), "{bytes:x?}");
    }
}

#[test]
fn failed_validator_fails_again_at_the_same_byte_until_reset() {
    let mut validator = Utf8Validator::new();
    let error = validator.push(b"abc\xff").unwrap_err();
    assert_eq!(error, Utf8Error { valid_up_to: 3 });
    assert_eq!(validator.push(b"fine"), Err(error));
    assert_eq!(validator.push(b"\x80"), Err(error));
    assert_eq!(validator.finish(), Err(error));
    assert!(!validator.is_complete());

    validator.reset();
    assert_eq!(validator, Utf8Validator::default());
    assert_eq!(validator.push(b"fine"), Ok(()));
    assert_eq!(validator.finish(), Ok(()));
}

#[test]
fn text_that_ends_inside_a_character_is_incomplete_but_not_failed() {
    let mut validator = Utf8Validator::new();
    validator
        .push("aκ€𝄞".as_bytes().split_last().unwrap().1)
        .unwrap();
    assert!(!validator.is_complete());
    assert_eq!(validator.finish(), Err(Utf8Error { valid_up_to: 9 }));
    validator.push(&[0x9e]).unwrap();
    assert!(validator.is_complete());
}

#[test]
fn error_names_the_byte() {
    let error = Utf8Validator::new().push(b"ab\xff").unwrap_err();
    assert_eq!(error.to_string(), "text is not valid UTF-8 at byte 2");
}

/// Mostly valid text of all lengths of characters, sometimes with a byte changed.
fn nearly_text() -> impl Strategy<Value = Vec<u8>> {
    let text = proptest::collection::vec(any::<char>(), 0..300);
    let ascii = proptest::collection::vec(proptest::char::range('\0', '\x7f'), 0..700);
    (
        prop_oneof![text, ascii],
        any::<Option<(prop::sample::Index, u8)>>(),
    )
        .prop_map(|(chars, change)| {
            let mut bytes = chars.into_iter().collect::<String>().into_bytes();
            if let Some((at, byte)) = change.filter(|_| !bytes.is_empty()) {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            bytes
        })
}

proptest! {
    #[test]
    fn result_does_not_depend_on_the_pieces(
        bytes in nearly_text(),
        cuts in proptest::collection::vec(0usize..100, 0..12),
    ) {
        prop_assert_eq!(is_utf8(&bytes), naive::is_utf8(&bytes));
        let mut pieces = Vec::new();
        let mut rest = bytes.as_slice();
        for cut in cuts {
            let (piece, later) = rest.split_at(cut.min(rest.len()));
            pieces.push(piece);
            rest = later;
        }
        pieces.push(rest);
        prop_assert_eq!(push_all(pieces), expected(&bytes));
        prop_assert_eq!(push_all([bytes.as_slice()]), expected(&bytes));
    }

    #[test]
    fn any_bytes_agree_with_std(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert_eq!(is_utf8(&bytes), core::str::from_utf8(&bytes).is_ok());
        prop_assert_eq!(push_all(bytes.chunks(3)), expected(&bytes));
    }
}
