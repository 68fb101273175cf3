//! The chats whose messages are lines of text to everybody, their sender too: javascript.info's,
//! which cuts them at a length, and the nickname chat, in which each is `nick: text`. Never alters
//! a line but for the cut, and for a nickname, which is told as names are.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use sockeye_hub::{
    Answer, Bound, Command, News, Notice, Payload, Publication, Refusal, RequestId, Start,
};

use super::name::{Name, NameFault};
use super::refused::close_for;
use super::{Options, Seat, chars_over};
use crate::act::{Acts, Close, Frame};
use crate::limits::TEXT_CHARS_MAX;
use crate::session::{Now, Session};

/// The command that a session begins with.
const SUBSCRIBE: RequestId = RequestId(0);

/// Which lines are taken.
#[derive(Clone, Copy, Debug)]
enum Form {
    /// All, cut at so many characters.
    Cut(usize),
    /// Those with a nickname.
    Nick {
        name_chars_max: usize,
        text_chars_max: usize,
    },
}

/// Why a line is not taken.
#[derive(Debug, Eq, PartialEq)]
enum LineFault {
    NoNick,
    /// It looks like what the server says.
    Notice,
    Nick(NameFault),
    Long {
        chars: usize,
        chars_max: usize,
    },
}

impl LineFault {
    /// The hub's number for it.
    fn code(&self) -> u16 {
        let refusal = match self {
            Self::NoNick | Self::Notice => Refusal::BadRequest,
            Self::Nick(fault) => return fault.code(),
            Self::Long { .. } => Refusal::Limit,
        };
        refusal.code()
    }

    /// The part of the line that it is in, and of a nickname what is wrong with it, for programs.
    fn part(&self) -> Option<Cow<'static, str>> {
        Some(match self {
            Self::NoNick => return None,
            Self::Notice => "nick star".into(),
            Self::Nick(NameFault::Empty | NameFault::Long { .. }) => "nick".into(),
            Self::Nick(NameFault::Wide { len_max, .. }) => format!("nick bytes {len_max}").into(),
            Self::Nick(NameFault::Hidden { character }) => {
                format!("nick hidden U+{:04X}", u32::from(*character)).into()
            }
            Self::Nick(NameFault::Marks { marks_max, .. }) => {
                format!("nick marks {marks_max}").into()
            }
            Self::Long { .. } => "text".into(),
        })
    }
}

impl fmt::Display for LineFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoNick => write!(f, "a message is a nickname, a colon, a space and a text"),
            Self::Notice => write!(
                f,
                "a nickname that begins with `*`, as only the server does"
            ),
            Self::Nick(fault) => fault.fmt(f),
            Self::Long { chars, chars_max } => {
                write!(
                    f,
                    "text of {chars} characters, at most {chars_max} are allowed"
                )
            }
        }
    }
}

/// A session of a chat of lines.
#[derive(Debug)]
pub(super) struct Lines {
    seat: Seat,
    form: Form,
    history_len: usize,
    /// The last command.
    request: RequestId,
}

impl Lines {
    pub(super) fn plain(options: &Options, seat: Seat) -> Self {
        let form = Form::Cut(options.plain_chars_max.min(TEXT_CHARS_MAX));
        Self::new(seat, form, options.plain_history_len)
    }

    pub(super) fn nick(options: &Options, seat: Seat) -> Self {
        let form = Form::Nick {
            name_chars_max: options.name_chars_max,
            text_chars_max: options.text_chars_max.min(TEXT_CHARS_MAX),
        };
        Self::new(seat, form, options.nick_history_len)
    }

    fn new(seat: Seat, form: Form, history_len: usize) -> Self {
        Self {
            seat,
            form,
            history_len,
            request: SUBSCRIBE,
        }
    }

    fn subscribe(&self, start: Start, acts: &mut Acts) {
        acts.command(SUBSCRIBE, self.seat.subscribe(start));
    }

    /// Whether the chat has words for its sender alone; the plain chat has none.
    fn tells(&self) -> bool {
        matches!(self.form, Form::Nick { .. })
    }
}

impl Session for Lines {
    fn open(&mut self, _now: Now, acts: &mut Acts) {
        self.subscribe(Start::Last(self.history_len), acts);
    }

    fn text(&mut self, now: Now, text: &str, acts: &mut Acts) {
        let line = match self.form.line(text) {
            Ok(line) => line,
            Err(fault) => {
                if self.tells() {
                    acts.frame(told(fault.code(), fault.part().as_deref(), &fault));
                }
                return;
            }
        };
        self.request.0 += 1;
        let payload = Payload::Text(line.into());
        let command = Command::Publish {
            channels: vec![self.seat.room.clone()],
            publication: Publication::new(payload, now.unix_ms).into(),
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
                request,
                answer: Answer::Refused(refused),
                ..
            } => {
                let refusal = refused.refusal;
                if *request != SUBSCRIBE && self.tells() {
                    let denied = refused.denied.map(|denied| denied.word().to_owned());
                    let bound = |met: Bound| format!("{} {}", met.limit.word(), met.max);
                    let part = denied.or_else(|| refused.bound.map(bound));
                    acts.frame(told(refusal.code(), part.as_deref(), refused));
                } else {
                    acts.close(close_for(refused));
                }
            }
            // Who cannot be told that something was missed is better off with a new connection.
            Notice::Ended { end, .. } => {
                acts.close(Close::hub(sockeye_hub::Close::Reconnect, end.reason()));
            }
            Notice::Answered { .. } | Notice::Unsubscribed { .. } => {}
        }
    }

    fn due(&self) -> Option<Duration> {
        None
    }

    fn tick(&mut self, _now: Now, _acts: &mut Acts) {}
}

/// That something was not sent, for its sender alone: the code, and the part of the line that it is
/// about, the bound with its number or what is denied, are for programs, and the reason for people.
fn told(code: u16, part: Option<&str>, reason: &dyn fmt::Display) -> Frame {
    let part = part.map_or_else(String::new, |part| format!(" {part}"));
    Frame::text(&format!("* {code}{part}: {reason}"))
}

impl Form {
    fn line(self, text: &str) -> Result<Cow<'_, str>, LineFault> {
        match self {
            Self::Cut(chars_max) => Ok(cut(text, chars_max).into()),
            Self::Nick {
                name_chars_max,
                text_chars_max,
            } => {
                let (nick, said) = text.split_once(": ").ok_or(LineFault::NoNick)?;
                let name = Name::new(nick, name_chars_max).map_err(LineFault::Nick)?;
                if name.key().starts_with(is_star) {
                    return Err(LineFault::Notice);
                }
                let chars_max = text_chars_max;
                if let Some(chars) = chars_over(said, chars_max) {
                    return Err(LineFault::Long { chars, chars_max });
                }
                // A line break in it would begin what looks like another line.
                let is_shown = nick == name.shown();
                Ok(if is_shown {
                    text.into()
                } else {
                    format!("{}: {said}", name.shown()).into()
                })
            }
        }
    }
}

/// Stars, and those that are shown like the one before a notice.
fn is_star(character: char) -> bool {
    matches!(
        character,
        '*' | '\u{66d}' | '\u{204e}' | '\u{2217}' | '\u{fe61}' | '\u{ff0a}'
    )
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
    // No text has more characters than bytes.
    if text.len() <= chars_max {
        return text;
    }
    let end = text.char_indices().nth(chars_max).map(|(end, _)| end);
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}

#[cfg(test)]
mod tests;
