//! Prepared messages: what each receiver gets, with the window that it agreed to and the takeover
//! that it agreed to, and how often they were compressed for that.

use std::sync::Arc;
use std::thread;
use std::time::Instant;

use sockeye_proto::Role;
use sockeye_proto::close::CloseFrame;
use sockeye_proto::connection::{Config, Connection, PreparedMessage};
use sockeye_proto::deflate::SharedCodecs;
use sockeye_proto::fault::Misuse;
use sockeye_proto::handshake::DeflateAgreed;
use sockeye_proto::message::{Message, MessageKind};
use zlib_rs::{Inflate, InflateFlush};

use crate::support::dice::Dice;
use crate::support::frames::{self, Frame, TEXT};

/// A server's connection whose client inflates with the window that was agreed on, and no more.
struct Receiver {
    server: Connection,
    codecs: SharedCodecs,
    inflate: Inflate,
}

impl Receiver {
    fn new(level: u8, window_bits: u8, is_takeover: bool) -> Self {
        let agreed = DeflateAgreed {
            server_no_context_takeover: !is_takeover,
            client_no_context_takeover: true,
            server_max_window_bits: window_bits,
            client_max_window_bits: 15,
        };
        let mut config = Config::default();
        config.deflate.level = level;
        Self {
            server: server(config).with_deflate(agreed, None),
            codecs: SharedCodecs::default(),
            inflate: Inflate::new(false, window_bits),
        }
    }

    /// Sends it as any other message.
    fn ordinary(&mut self, payload: &[u8]) -> Frame {
        let (mut wire, mut keys) = (Vec::new(), || [0; 4]);
        let (kind, codecs) = (MessageKind::Text, &mut self.codecs);
        self.server
            .send(kind, payload, &mut keys, codecs, &mut wire)
            .unwrap();
        one(&wire)
    }

    fn prepared(&mut self, prepared: &PreparedMessage) -> Frame {
        let frame = self.server.send_prepared(prepared, &mut self.codecs);
        let mut wire = b"before".to_vec();
        frame.unwrap().unwrap().append_to(&mut wire);
        one(wire.strip_prefix(b"before").unwrap())
    }

    /// What the client makes of a frame. A few bytes of output at a time, so that what lies further
    /// back than the window is really out of its reach.
    fn inflated(&mut self, frame: &Frame) -> Vec<u8> {
        assert_eq!((frame.opcode, frame.fin), (TEXT, true));
        if frame.rsv == 0 {
            return frame.payload.clone();
        }
        assert_eq!(frame.rsv, 4);
        let input = [&frame.payload[..], &[0, 0, 0xFF, 0xFF]].concat();
        let (mut taken, mut out) = (0, Vec::new());
        loop {
            let (mut room, before) = ([0; 16], self.inflate.total_in());
            let produced = self.inflate.total_out();
            let rest = &input[taken..];
            // Nothing left to do is an error to zlib, and our end.
            let done = self
                .inflate
                .decompress(rest, &mut room, InflateFlush::SyncFlush);
            taken += usize::try_from(self.inflate.total_in() - before).unwrap();
            let produced = usize::try_from(self.inflate.total_out() - produced).unwrap();
            out.extend_from_slice(&room[..produced]);
            if taken == input.len() && produced < room.len() {
                return out;
            }
            done.expect("the message refers to nothing out of reach");
        }
    }
}

fn server(config: Config) -> Connection {
    Connection::new(Role::Server, Arc::new(config), Instant::now())
}

fn one(wire: &[u8]) -> Frame {
    let (mut written, _) = frames::read(Role::Server, wire);
    assert_eq!(written.len(), 1);
    written.remove(0)
}

/// Text of `len` letters that repeats itself at many distances, the longest among them.
fn text(len: usize, seed: u64) -> Vec<u8> {
    let mut dice = Dice(seed);
    let mut text: Vec<u8> = Vec::with_capacity(len);
    while text.len() < len {
        let from = dice.roll() % (text.len() + 1);
        let copied = text[from..].iter().copied().take(dice.roll() % 40);
        let copied: Vec<u8> = copied.collect();
        text.extend(copied);
        text.extend((0..8).map(|_| b"abcdefghijklmnop"[dice.roll() % 16]));
    }
    text.truncate(len);
    text
}

fn message(payload: &[u8]) -> Message {
    Message::from(String::from_utf8(payload.to_vec()).unwrap())
}

#[test]
fn receivers_of_any_window_get_prepared_messages_between_ordinary_ones() {
    // RFC 7692 §7.2.1-6 §7.2.1-7 TEST: every window, each shorter and longer than the message.
    for bits in 9..=15 {
        for len in [100, 512, 513, 4096, 4097, 20_000, 70_000] {
            for is_takeover in [false, true] {
                // The widest one asks first, so that its form is the one to share.
                let mut first = Receiver::new(6, 15, is_takeover);
                let mut receiver = Receiver::new(6, bits, is_takeover);
                let payload = text(len, 1);
                let prepared = PreparedMessage::new(message(&payload));
                for round in 0..3 {
                    let before = text(2000, round);
                    for end in [&mut first, &mut receiver] {
                        let frame = end.ordinary(&before);
                        assert_eq!(end.inflated(&frame), before);
                        let frame = end.prepared(&prepared);
                        assert_eq!(frame.rsv, 4, "compressed");
                        assert!(end.inflated(&frame) == payload, "{bits} bits, {len} bytes");
                        let frame = end.ordinary(&before);
                        assert_eq!(end.inflated(&frame), before);
                    }
                }
                let is_shared = len <= 1 << bits || bits == 15;
                assert_eq!(prepared.compressions(), if is_shared { 1 } else { 2 });
            }
        }
    }
}

#[test]
fn thousand_receivers_share_one_compression() {
    let payload = text(1000, 7);
    let prepared = PreparedMessage::new(message(&payload));
    let mut dice = Dice(3);
    for _ in 0..1000 {
        let bits = 10 + u8::try_from(dice.roll() % 6).unwrap();
        let mut receiver = Receiver::new(6, bits, dice.roll() % 2 == 0);
        let frame = receiver.prepared(&prepared);
        assert!(receiver.inflated(&frame) == payload);
    }
    assert_eq!(prepared.compressions(), 1);
}

#[test]
fn receivers_with_levels_and_windows_of_their_own_share_by_class() {
    let prepared = PreparedMessage::new(message(&text(20_000, 5)));
    for _ in 0..2 {
        for level in [1, 6, 9] {
            for bits in [9, 12, 15] {
                Receiver::new(level, bits, true).prepared(&prepared);
            }
        }
    }
    assert_eq!(prepared.compressions(), 9);
}

#[test]
fn threads_that_send_it_at_once_compress_it_once() {
    let prepared = PreparedMessage::new(message(&text(60_000, 9)));
    let first = Receiver::new(6, 15, false).prepared(&prepared);
    for _ in 0..20 {
        let prepared = PreparedMessage::new(prepared.message().clone());
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let frame = Receiver::new(6, 15, true).prepared(&prepared);
                    assert_eq!(frame, first);
                });
            }
        });
        assert_eq!(prepared.compressions(), 1);
    }
}

#[test]
fn frame_is_the_same_as_that_of_an_ordinary_send() {
    for len in [0, 10, 63, 64, 126, 1000, 70_000] {
        let payload = text(len, 4);
        let prepared = PreparedMessage::new(message(&payload));
        let mut deflating = Receiver::new(6, 15, false);
        assert_eq!(deflating.prepared(&prepared), deflating.ordinary(&payload));
        let mut plain = Receiver {
            server: server(Config::default()),
            ..deflating
        };
        assert_eq!(plain.prepared(&prepared), plain.ordinary(&payload));
        let is_long = usize::from(len >= 64);
        assert_eq!(prepared.compressions(), is_long, "{len}: below `len_min`");
    }
}

#[test]
fn what_compressing_makes_no_shorter_goes_out_as_it_is_and_was_tried_once() {
    let mut dice = Dice(11);
    let noise = (0..500).map(|_| char::from(u8::try_from(32 + dice.roll() % 95).unwrap()));
    let noise: String = noise.take(80).collect();
    let prepared = PreparedMessage::new(noise.as_str());
    let mut receiver = Receiver::new(1, 15, true);
    for _ in 0..3 {
        let before = text(1000, 2);
        let frame = receiver.ordinary(&before);
        assert_eq!(receiver.inflated(&frame), before);
        let frame = receiver.prepared(&prepared);
        assert_eq!((frame.rsv, frame.payload.as_slice()), (0, noise.as_bytes()));
    }
    assert_eq!(prepared.compressions(), 1);
}

#[test]
fn client_masks_each_message_itself() {
    // RFC 6455 §5.1-1 TEST: no frame that is prepared once ever leaves a client.
    let mut client = Connection::new(Role::Client, Arc::default(), Instant::now());
    let prepared = PreparedMessage::new("hello");
    let frame = client.send_prepared(&prepared, &mut SharedCodecs::default());
    assert!(frame.unwrap().is_none());
}

#[test]
fn closing_connection_takes_no_prepared_message() {
    // RFC 6455 §5.5.1-4 TEST: nor any other.
    let mut server = server(Config::default());
    let close = CloseFrame::new(Some(1000.into()), "").unwrap();
    server.close(close, Instant::now()).unwrap();
    let prepared = PreparedMessage::new("hello");
    let refused = server.send_prepared(&prepared, &mut SharedCodecs::default());
    assert_eq!(refused.unwrap_err(), Misuse::NotOpen);
}

#[test]
fn prepared_message_can_be_shared_by_threads_and_says_what_it_is() {
    fn assert_shared<T: Clone + Send + Sync + 'static>(_: &T) {}
    let prepared = PreparedMessage::new(vec![1, 2]);
    assert_shared(&prepared);
    assert_eq!(prepared.message(), &Message::from(vec![1, 2]));
    let shown = format!("{prepared:?}");
    assert!(shown.contains("compressions: 0"), "{shown}");
}
