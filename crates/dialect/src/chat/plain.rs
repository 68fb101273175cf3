//! javascript.info's chat: each text goes to everybody, its sender too, cut at a length. Has no
//! other messages, so that whatever goes wrong can only be said by a Close.

use std::time::Duration;

use sockeye_hub::{Answer, Command, News, Notice, Payload, Publication, Refusal, RequestId, Start};

use super::{Options, Seat};
use crate::act::{Acts, Close, Frame};
use crate::session::{Now, Session};

/// The command that a session begins with.
const SUBSCRIBE: RequestId = RequestId(0);

/// A session of the plain chat.
#[derive(Debug)]
pub(super) struct Plain {
    seat: Seat,
    chars_max: usize,
    history_len: usize,
    /// The last command.
    request: RequestId,
}

impl Plain {
    pub(super) fn new(options: &Options, seat: Seat) -> Self {
        Self {
            seat,
            chars_max: options.plain_chars_max,
            history_len: options.plain_history_len,
            request: SUBSCRIBE,
        }
    }

    fn subscribe(&self, start: Start, acts: &mut Acts) {
        let channel = self.seat.room.clone();
        let info = "".into();
        let command = Command::Subscribe {
            channel,
            start,
            info,
        };
        acts.command(SUBSCRIBE, command);
    }
}

impl Session for Plain {
    fn open(&mut self, _now: Now, acts: &mut Acts) {
        self.subscribe(Start::Last(self.history_len), acts);
    }

    fn text(&mut self, now: Now, text: &str, acts: &mut Acts) {
        let payload = Payload::Text(cut(text, self.chars_max).into());
        self.request.0 += 1;
        let command = Command::Publish {
            channels: vec![self.seat.room.clone()],
            publication: Publication::new(payload, now.unix_ms),
        };
        acts.command(self.request, command);
    }

    fn binary(&mut self, _now: Now, _bytes: &[u8], acts: &mut Acts) {
        acts.close(Close::Unsupported("this chat is text"));
    }

    fn notice(&mut self, _now: Now, notice: &Notice, acts: &mut Acts) {
        match notice {
            Notice::Subscribed(subscribed) => {
                let replay = subscribed.replay.iter();
                let frames = replay.filter_map(|entry| frame(&entry.publication));
                frames.for_each(|frame| acts.frame(frame));
            }
            Notice::Answered {
                answer: Answer::Refused { refusal, .. },
                ..
            } => acts.close(Close::Hub(close_for(*refusal))),
            // Who cannot be told that something was missed is better off with a new connection.
            Notice::Ended { .. } => acts.close(Close::Hub(sockeye_hub::Close::Reconnect)),
            Notice::Answered { .. } | Notice::Unsubscribed { .. } => {}
        }
    }

    fn due(&self) -> Option<Duration> {
        None
    }

    fn tick(&mut self, _now: Now, _acts: &mut Acts) {}
}

/// With what to end a session that has no other way to hear of a refusal.
fn close_for(refusal: Refusal) -> sockeye_hub::Close {
    match refusal {
        Refusal::TooManyRequests | Refusal::TooMuch => sockeye_hub::Close::TooManyRequests,
        Refusal::Unavailable => sockeye_hub::Close::Reconnect,
        Refusal::Denied => sockeye_hub::Close::Disconnected,
        _ => sockeye_hub::Close::BadRequest,
    }
}

/// What subscribers get: the text of a publication as it is.
pub(super) fn encode(news: &News) -> Option<Frame> {
    match news {
        News::Entry(entry) => frame(&entry.publication),
        News::Change(_) | News::Members(_) => None,
    }
}

fn frame(publication: &Publication) -> Option<Frame> {
    match &publication.payload {
        Payload::Text(text) | Payload::Json(text) => Some(Frame::Text(text.clone())),
        Payload::Binary(_) => None,
    }
}

/// At most the first `chars_max` characters of a text.
fn cut(text: &str, chars_max: usize) -> &str {
    let end = text.char_indices().nth(chars_max).map(|(end, _)| end);
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::act::Act;
    use crate::chat::Protocol;
    use sockeye_hub::{Entry, Epoch, Position, Recovery, SessionId, Subscribed};
    use std::sync::Arc;

    fn open() -> (Plain, Vec<Act>) {
        let room = Protocol::Plain.channel("lobby").unwrap();
        let options = Options {
            plain_chars_max: 5,
            plain_history_len: 3,
        };
        let mut plain = Plain::new(&options, Seat::new(SessionId(1), room));
        let acts = acts(|acts| plain.open(Now::default(), acts));
        (plain, acts)
    }

    fn acts(call: impl FnOnce(&mut Acts)) -> Vec<Act> {
        let mut acts = Acts::new();
        call(&mut acts);
        acts.drain().collect()
    }

    fn entry(text: &str) -> Arc<Entry> {
        Arc::new(Entry {
            position: Position::start(Epoch(1)),
            publication: Publication::new(Payload::Text(text.into()), 0),
        })
    }

    /// If this fails, a character is cut in two, or the length counts bytes.
    #[test]
    fn text_is_cut_between_characters() {
        for (text, expected) in [
            ("", ""),
            ("short", "short"),
            ("longer", "longe"),
            ("привет", "приве"),
            ("😀😀😀😀😀😀", "😀😀😀😀😀"),
        ] {
            assert_eq!(cut(text, 5), expected);
        }
        assert_eq!(cut("é", 0), "");
    }

    /// If this fails, somebody who joins sees nothing, or what they say reaches nobody.
    #[test]
    fn session_subscribes_and_publishes_to_its_room() {
        let (mut plain, opened) = open();
        let [Act::Command(_, Command::Subscribe { channel, start, .. })] = &opened[..] else {
            panic!("{opened:?}");
        };
        assert_eq!((channel.as_str(), *start), ("plain:lobby", Start::Last(3)));
        let now = Now {
            unix_ms: 7,
            ..Now::default()
        };
        let said = acts(|acts| plain.text(now, "hello there", acts));
        let [
            Act::Command(
                _,
                Command::Publish {
                    channels,
                    publication,
                },
            ),
        ] = &said[..]
        else {
            panic!("{said:?}");
        };
        assert_eq!(channels, std::slice::from_ref(channel));
        assert_eq!(publication.payload.as_text(), Some("hello"));
        assert_eq!(publication.time_ms, 7);
    }

    /// If this fails, history does not look as live messages do.
    #[test]
    fn replay_and_live_are_the_text_itself() {
        let (mut plain, _) = open();
        let begun = Notice::Subscribed(Subscribed {
            request: Some(SUBSCRIBE),
            channel: plain.seat.room.clone(),
            position: Position::start(Epoch(1)),
            recovery: Recovery::NotAsked,
            replay: vec![entry("<b>1"), entry("2")],
        });
        let replayed = acts(|acts| plain.notice(Now::default(), &begun, acts));
        let text = |text| Act::Frame(Frame::text(text));
        assert_eq!(replayed, [text("<b>1"), text("2")]);
        assert_eq!(encode(&News::Entry(entry("3"))), Some(Frame::text("3")));
    }

    /// If this fails, a message is lost and its sender not told.
    #[test]
    fn whatever_goes_wrong_closes() {
        let (mut plain, _) = open();
        let refused = |refusal: Refusal| Notice::Answered {
            request: RequestId(1),
            channel: Protocol::Plain.channel("lobby").unwrap(),
            answer: refusal.into(),
        };
        for (refusal, code) in [
            (Refusal::TooManyRequests, 3013),
            (Refusal::TooMuch, 3013),
            (Refusal::Unavailable, 3011),
            (Refusal::Denied, 3503),
            (Refusal::Limit, 3501),
        ] {
            let acts = acts(|acts| plain.notice(Now::default(), &refused(refusal), acts));
            assert!(matches!(acts[..], [Act::Close(close)] if close.code() == code));
        }
        let acts = acts(|acts| plain.binary(Now::default(), b"x", acts));
        assert!(matches!(acts[..], [Act::Close(close)] if close.code() == 1003));
    }
}
