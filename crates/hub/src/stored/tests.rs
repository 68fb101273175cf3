//! Of the stored form: it brings everything back, in exactly one way, and believes nothing.

use super::*;

fn full() -> Publication {
    Publication {
        payload: Payload::Json("{\"a\":1}".into()),
        event: Some("message".into()),
        publisher: Some(Publisher {
            session: Some(SessionId(7)),
            user: Some(UserId::new("ann").unwrap()),
        }),
        excluded: Some(SessionId(u64::MAX)),
        tags: BTreeMap::from([("a".into(), "1".into()), ("b".into(), String::new())]),
        time_ms: 1_700_000_000_000,
        idempotency_key: Some("key".into()),
        version: Some(3),
    }
}

fn stored(publication: &Publication) -> Vec<u8> {
    let mut bytes = Vec::new();
    publication.encode_stored(&mut bytes);
    bytes
}

/// The publication without the parts whose bits are set.
fn without(parts: u16) -> Publication {
    let mut publication = full();
    let is_out = |part: u16| parts & (1 << part) != 0;
    if is_out(0) {
        publication.event = None;
    }
    if let Some(publisher) = publication.publisher.as_mut() {
        if is_out(1) {
            publisher.session = None;
        }
        if is_out(2) {
            publisher.user = None;
        }
    }
    if is_out(3) {
        publication.publisher = None;
    }
    if is_out(4) {
        publication.excluded = None;
    }
    if is_out(5) {
        publication.idempotency_key = None;
    }
    if is_out(6) {
        publication.version = None;
    }
    if is_out(7) {
        publication.tags.clear();
    }
    if is_out(8) {
        publication.payload = Payload::Binary([0xff, 0].into());
    }
    publication
}

/// If this fails, something of a publication is lost where it is kept.
#[test]
fn every_part_comes_back_with_and_without_the_others() {
    for parts in 0..1 << 9 {
        let publication = without(parts);
        let bytes = stored(&publication);
        assert_eq!(
            Publication::decode_stored(&bytes),
            Ok(publication),
            "{parts:b}"
        );
    }
}

/// If this fails, what an older program wrote cannot be read any more.
#[test]
fn form_is_what_it_was() {
    let mut publication = Publication::new(Payload::Text("hi".into()), 258);
    assert_eq!(stored(&publication), b"\x01\x00\x00\x02\x01\0\0\0\0\0\0hi");
    publication.event = Some("e".into());
    publication.version = Some(5);
    let bytes = b"\x01\x00\x41\x02\x01\0\0\0\0\0\0\x01\0\0\0e\x05\0\0\0\0\0\0\0hi";
    assert_eq!(stored(&publication), bytes);
}

/// If this fails, bytes that are cut off or damaged are taken for a publication of another form, or
/// stop the program.
#[test]
fn what_is_read_is_exactly_what_would_be_written() {
    let whole = stored(&full());
    let check = |bytes: &[u8]| {
        if let Ok(publication) = Publication::decode_stored(bytes) {
            assert_eq!(stored(&publication), bytes);
        }
    };
    for end in 0..whole.len() {
        check(&whole[..end]);
    }
    let mut seed = 1_u64;
    for _ in 0..50_000 {
        let mut bytes = whole.clone();
        for _ in 0..3 {
            seed = seed.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
            let [.., at, byte] = seed.to_be_bytes();
            let at = usize::from(at ^ (seed >> 40).to_be_bytes()[7]) % bytes.len();
            bytes[at] = byte & (seed >> 56).to_be_bytes()[7];
        }
        check(&bytes);
    }
}

/// If this fails, whoever looks into a damaged store is not told what is wrong.
#[test]
fn each_fault_says_what_is_wrong() {
    let fault = |bytes: &[u8]| Publication::decode_stored(bytes).unwrap_err().to_string();
    assert_eq!(
        fault(b"\x02\0\0"),
        "stored form of version 2, only 1 is known"
    );
    assert_eq!(fault(b"\x01\0"), "stored form ends too early");
    let time = [0; 8];
    let after = |head: &[u8], rest: &[u8]| fault(&[head, &time, rest].concat());
    assert_eq!(
        after(b"\x01\x03\0", b""),
        "stored form with a malformed kind"
    );
    assert_eq!(
        after(b"\x01\0\0", b"\xff"),
        "stored form with a malformed payload"
    );
    assert_eq!(
        after(b"\x01\0\x04", &time),
        "stored form with a malformed publisher"
    );
    assert_eq!(
        after(b"\x01\0\x01", b"\xff\xff\xff\xff"),
        "stored form ends too early"
    );
    assert_eq!(
        after(b"\x01\0\x01", b"\x01\0\0\0\xff"),
        "stored form with a malformed text"
    );
    assert_eq!(
        after(b"\x01\0\x0a", b"\0\0\0\0"),
        "stored form with a malformed user"
    );
    assert_eq!(
        after(b"\x01\0\x80", b"\0\0\0\0"),
        "stored form with a malformed list of tags"
    );
    let tag = b"\x01\0\0\0a\0\0\0\0";
    let twice = [b"\x02\0\0\0", &tag[..], tag].concat();
    assert_eq!(
        after(b"\x01\0\x80", &twice),
        "stored form with a malformed order of tags"
    );
}
