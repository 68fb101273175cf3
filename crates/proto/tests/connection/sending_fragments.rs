//! A message sent in fragments: its frames, what may stand between them, and what it must not
//! become.

use std::sync::Arc;
use std::time::Instant;

use sockeye_proto::Role;
use sockeye_proto::close::CloseFrame;
use sockeye_proto::connection::PreparedMessage;
use sockeye_proto::connection::{Config, Connection, Event, Fragment, Outgoing, Received};
use sockeye_proto::deflate::{ContextTakeover, SharedCodecs};
use sockeye_proto::fault::Misuse;
use sockeye_proto::message::MessageKind;

use crate::support::chunked::agreed;
use crate::support::frames::{self, BINARY, CONTINUATION, Frame, PING, TEXT};

/// The keys do not matter here, only that there is one where it has to be.
const KEY: [u8; 4] = [1, 2, 3, 4];

struct Sender {
    role: Role,
    connection: Connection,
    codecs: SharedCodecs,
    out: Vec<u8>,
}

impl Sender {
    fn new(role: Role, takeover: Option<ContextTakeover>) -> Self {
        let mut config = Config::default();
        config.deflate.len_min = 0;
        let connection = Connection::new(role, Arc::new(config), Instant::now());
        let connection = match takeover {
            Some(takeover) => connection.with_deflate(agreed(takeover), None),
            None => connection,
        };
        Self {
            role,
            connection,
            codecs: SharedCodecs::default(),
            out: Vec::new(),
        }
    }

    fn part(&mut self, message: &mut Outgoing, bytes: &[u8], is_last: bool) -> Result<(), Misuse> {
        let fragment = Fragment { bytes, is_last };
        let Self {
            connection,
            codecs,
            out,
            ..
        } = self;
        connection.send_fragment(message, fragment, &mut || KEY, codecs, out)
    }

    fn message(&mut self, kind: MessageKind, parts: &[&[u8]]) {
        let mut message = self.connection.begin_message(kind).unwrap();
        for part in parts {
            self.part(&mut message, part, false).unwrap();
        }
        self.part(&mut message, &[], true).unwrap();
    }

    fn send(&mut self, text: &str) -> Result<(), Misuse> {
        let Self {
            connection,
            codecs,
            out,
            ..
        } = self;
        connection.send(MessageKind::Text, text.as_bytes(), &mut || KEY, codecs, out)
    }

    fn frames(&mut self) -> Vec<Frame> {
        frames::read(self.role, &std::mem::take(&mut self.out)).0
    }
}

#[test]
fn sender_of_fragments_says_the_kind_first_and_sets_fin_last() {
    // RFC 6455 §5.4-2 §5.4-10 TEST: sent
    for role in [Role::Client, Role::Server] {
        let mut sender = Sender::new(role, None);
        sender.message(MessageKind::Text, &[b"one", b"", b"two"]);
        sender.message(MessageKind::Binary, &[]);
        let expected = [
            Frame::new(TEXT, "one").no_fin(),
            Frame::new(CONTINUATION, "two").no_fin(),
            Frame::new(CONTINUATION, ""),
            Frame::new(BINARY, ""),
        ];
        assert_eq!(sender.frames(), expected);
    }
}

#[test]
fn sender_puts_nothing_but_control_frames_between_two_fragments() {
    // RFC 6455 §5.4-3 TEST: of ours
    let mut sender = Sender::new(Role::Server, None);
    let mut message = sender.connection.begin_message(MessageKind::Text).unwrap();
    sender.part(&mut message, b"one", false).unwrap();
    assert_eq!(sender.send("other"), Err(Misuse::InsideMessage));
    let by_reference = sender
        .connection
        .send_by_reference(MessageKind::Binary, 10_000);
    assert_eq!(by_reference.unwrap_err(), Misuse::InsideMessage);
    let prepared = PreparedMessage::new("other");
    let prepared = sender
        .connection
        .send_prepared(&prepared, &mut sender.codecs);
    assert_eq!(prepared.unwrap_err(), Misuse::InsideMessage);
    let second = sender.connection.begin_message(MessageKind::Text);
    assert_eq!(second.unwrap_err(), Misuse::InsideMessage);
    sender
        .connection
        .ping(b"?", &mut || KEY, &mut sender.out)
        .unwrap();
    sender.part(&mut message, b"", true).unwrap();
    sender.send("other").unwrap();
    let expected = [
        Frame::new(TEXT, "one").no_fin(),
        Frame::new(PING, "?"),
        Frame::new(CONTINUATION, ""),
        Frame::new(TEXT, "other"),
    ];
    assert_eq!(sender.frames(), expected);
}

#[test]
fn sender_never_makes_a_text_of_what_is_none() {
    let mut sender = Sender::new(Role::Server, None);
    let mut message = sender.connection.begin_message(MessageKind::Text).unwrap();
    let euro = "€".as_bytes();
    sender.part(&mut message, &euro[..2], false).unwrap();
    let ends_inside = sender.part(&mut message, &[], true);
    assert_eq!(ends_inside, Err(Misuse::Utf8 { valid_up_to: 2 }));
    let bad = sender.part(&mut message, b"a", false);
    assert_eq!(bad, Err(Misuse::Utf8 { valid_up_to: 2 }));
    assert!(bad.unwrap_err().to_string().ends_with("at byte 2"));
    sender.part(&mut message, &euro[2..], true).unwrap();
    let behind = sender.part(&mut message, b"a", false);
    assert_eq!(behind, Err(Misuse::MessageEnded));
    assert_eq!(
        behind.unwrap_err().to_string(),
        "the message has got its last fragment"
    );
    let expected = [
        Frame::new(TEXT, &euro[..2]).no_fin(),
        Frame::new(CONTINUATION, &euro[2..]),
    ];
    assert_eq!(
        sender.frames(),
        expected,
        "what was refused left nothing behind"
    );
}

#[test]
fn sender_may_withdraw_a_message_only_as_long_as_nothing_of_it_went_out() {
    let mut sender = Sender::new(Role::Server, None);
    let message = sender.connection.begin_message(MessageKind::Text).unwrap();
    assert!(sender.connection.withdraw_message(&message));
    sender.send("next").unwrap();
    let mut message = sender.connection.begin_message(MessageKind::Text).unwrap();
    sender.part(&mut message, b"a", false).unwrap();
    assert!(!sender.connection.withdraw_message(&message));
    assert_eq!(sender.send("next"), Err(Misuse::InsideMessage));
    let inside = Misuse::InsideMessage.to_string();
    assert!(inside.contains("last fragment"), "{inside}");
}

#[test]
fn sender_that_closed_sends_no_further_fragment() {
    // RFC 6455 §5.5.1-4 TEST: inside a message
    let mut sender = Sender::new(Role::Server, None);
    let mut message = sender
        .connection
        .begin_message(MessageKind::Binary)
        .unwrap();
    sender.part(&mut message, b"a", false).unwrap();
    let now = Instant::now();
    sender.connection.close(CloseFrame::default(), now).unwrap();
    sender
        .connection
        .poll_close(&mut || KEY, now, &mut sender.out);
    assert_eq!(sender.part(&mut message, b"b", false), Err(Misuse::NotOpen));
    assert_eq!(sender.send("other"), Err(Misuse::NotOpen));
    assert_eq!(sender.frames().len(), 2, "a fragment and the Close");
}

#[test]
fn sender_of_compressed_fragments_is_understood_and_marks_the_first() {
    // RFC 7692 §6.1-1 §6.1-2 §6.1-3 §7.2.1-2 TEST: in fragments
    let noise = noise(3000);
    let text = b"the same, and the same again; ".repeat(100);
    for role in [Role::Client, Role::Server] {
        for takeover in [ContextTakeover::No, ContextTakeover::Yes] {
            let mut sender = Sender::new(role, Some(takeover));
            let messages: [&[&[u8]]; 4] = [&[&text, b"x", &text], &[], &[&noise, &text], &[&text]];
            for parts in messages {
                sender.message(MessageKind::Binary, parts);
            }
            sender.send("whole, whole, whole, whole").unwrap();
            let wire = sender.out.clone();
            let frames = sender.frames();
            let firsts: Vec<u8> = frames
                .iter()
                .filter(|f| f.opcode != CONTINUATION)
                .map(|f| f.rsv)
                .collect();
            let noisy = if takeover == ContextTakeover::Yes {
                4
            } else {
                0
            };
            assert_eq!([firsts[0], firsts[2], firsts[3]], [4, noisy, 4]);
            assert!(
                frames
                    .iter()
                    .all(|f| f.rsv == 0 || f.opcode != CONTINUATION)
            );

            let mut expected: Vec<Vec<u8>> = messages.iter().map(|parts| parts.concat()).collect();
            expected.push(b"whole, whole, whole, whole".to_vec());
            assert!(
                received(role.peer(), takeover, wire) == expected,
                "{role:?} {takeover:?}"
            );
        }
    }
}

/// The payloads that a peer reads from `wire`.
fn received(role: Role, takeover: ContextTakeover, mut wire: Vec<u8>) -> Vec<Vec<u8>> {
    let mut peer = Sender::new(role, Some(takeover));
    let mut payloads = Vec::new();
    let mut input = peer.connection.input(&Instant::now, &mut wire);
    while let Some(event) = peer.connection.poll_event(&mut input, &mut peer.codecs) {
        payloads.push(match event {
            Event::Message(Received::Owned { bytes, .. }) => bytes,
            Event::Message(Received::InPlace { range, .. }) => input.bytes()[range].to_vec(),
            other => unreachable!("{other:?}"),
        });
    }
    payloads
}

/// Bytes that do not get shorter (xorshift).
fn noise(len: usize) -> Vec<u8> {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[0]
    };
    (0..len).map(|_| next()).collect()
}
