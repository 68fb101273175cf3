//! Why a command was not carried out or a session is closed, with what helps to do better: when to
//! try again, which bound was met and that bound's number. Owns the words for bounds; the codes are
//! `code`'s.

use std::fmt;
use std::time::Duration;

use crate::bucket::Rate;
use crate::code::{Close, Refusal};
use crate::permission::Operation;

/// What there may be only so much of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Limit {
    /// New names in one channel in a second, in the long run.
    ChannelNameRate,
    /// Publications of everybody in one channel in a second, in the long run.
    ChannelPublishRate,
    /// Channels of one owner that somebody subscribes to.
    Channels,
    /// Names that one claim offers.
    ClaimNames,
    /// Commands of one session in a second, in the long run.
    CommandRate,
    /// Effects that one owner waits for.
    Effects,
    /// Bytes of an event's name.
    EventLen,
    /// Bytes of publications and keys that the engine keeps, of all channels together.
    HistoryBytes,
    /// Bytes of an idempotency key.
    KeyLen,
    /// Channels that the engine knows.
    KnownChannels,
    /// Bytes of what a member tells of itself.
    MemberInfoLen,
    /// Members of one channel.
    Members,
    /// Bytes of a payload.
    PayloadLen,
    /// Commands of one session that wait for an answer.
    Pending,
    /// Channels that one command publishes to.
    PublishChannels,
    /// Publications and claims of one session in a second, in the long run.
    PublishRate,
    /// Bytes that wait for one session whose transport has no room.
    QueueBytes,
    /// Bytes of older publications and of lists that one session is owed.
    ReplayBytes,
    /// Sessions of one worker.
    Sessions,
    /// Channels of one session.
    Subscriptions,
    /// Bytes of a tag's name or value.
    TagLen,
    /// Tags of a publication.
    Tags,
}

impl Limit {
    /// All of them, for tables.
    pub const ALL: [Self; 22] = [
        Self::ChannelNameRate,
        Self::ChannelPublishRate,
        Self::Channels,
        Self::ClaimNames,
        Self::CommandRate,
        Self::Effects,
        Self::EventLen,
        Self::HistoryBytes,
        Self::KeyLen,
        Self::KnownChannels,
        Self::MemberInfoLen,
        Self::Members,
        Self::PayloadLen,
        Self::Pending,
        Self::PublishChannels,
        Self::PublishRate,
        Self::QueueBytes,
        Self::ReplayBytes,
        Self::Sessions,
        Self::Subscriptions,
        Self::TagLen,
        Self::Tags,
    ];

    /// The name of it that programs read.
    pub fn word(self) -> &'static str {
        match self {
            Self::ChannelNameRate => "channel_names_per_second",
            Self::ChannelPublishRate => "channel_publications_per_second",
            Self::Channels => "channels",
            Self::ClaimNames => "claim_names",
            Self::CommandRate => "commands_per_second",
            Self::Effects => "effects",
            Self::EventLen => "event_bytes",
            Self::HistoryBytes => "history_bytes",
            Self::KeyLen => "key_bytes",
            Self::KnownChannels => "known_channels",
            Self::MemberInfoLen => "member_info_bytes",
            Self::Members => "members",
            Self::PayloadLen => "payload_bytes",
            Self::Pending => "pending",
            Self::PublishChannels => "publish_channels",
            Self::PublishRate => "publications_per_second",
            Self::QueueBytes => "queue_bytes",
            Self::ReplayBytes => "replay_bytes",
            Self::Sessions => "sessions",
            Self::Subscriptions => "subscriptions",
            Self::TagLen => "tag_bytes",
            Self::Tags => "tags",
        }
    }

    /// What is counted, in words that stand behind a number.
    pub fn counted(self) -> &'static str {
        match self {
            Self::ChannelNameRate => "new names in one channel in a second",
            Self::ChannelPublishRate => "publications of everybody in one channel in a second",
            Self::Channels => "channels with subscribers",
            Self::ClaimNames => "names in one claim",
            Self::CommandRate => "commands of one session in a second",
            Self::Effects => "requests under way",
            Self::EventLen => "bytes of an event's name",
            Self::HistoryBytes => "bytes of history in all channels",
            Self::KeyLen => "bytes of an idempotency key",
            Self::KnownChannels => "channels in all",
            Self::MemberInfoLen => "bytes of what a member tells",
            Self::Members => "members of one channel",
            Self::PayloadLen => "bytes of payload",
            Self::Pending => "commands that wait for an answer",
            Self::PublishChannels => "channels of one publication",
            Self::PublishRate => "publications of one session in a second",
            Self::QueueBytes => "bytes that wait for one session",
            Self::ReplayBytes => "bytes of history and lists under way",
            Self::Sessions => "sessions on one thread",
            Self::Subscriptions => "channels of one session",
            Self::TagLen => "bytes of a tag",
            Self::Tags => "tags of one publication",
        }
    }

    /// The bound of so much of it.
    pub fn at(self, max: usize) -> Bound {
        Bound { limit: self, max }
    }

    /// The code of a command that met it, which says whether the same may succeed later.
    pub fn refusal(self) -> Refusal {
        match self {
            Self::ChannelNameRate
            | Self::ChannelPublishRate
            | Self::CommandRate
            | Self::PublishRate => Refusal::TooManyRequests,
            Self::Channels | Self::Effects => Refusal::Unavailable,
            Self::Pending | Self::ReplayBytes => Refusal::TooMuch,
            _ => Refusal::Limit,
        }
    }
}

/// A bound that was met: of what, and how much of it there may be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
// Complete: a bound is what it counts and a number.
pub struct Bound {
    /// What is counted.
    pub limit: Limit,
    /// How much of it there may be.
    pub max: usize,
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at most {} {}", self.max, self.limit.counted())
    }
}

/// What somebody is told whose command was not carried out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
// Complete: the code, and what is known besides.
pub struct Refused {
    /// Why.
    pub refusal: Refusal,
    /// When to try again, where that is known.
    pub retry_after: Option<Duration>,
    /// Which bound it met, where it was one.
    pub bound: Option<Bound>,
    /// What is denied, where that is why.
    pub denied: Option<Operation>,
}

impl Refused {
    /// A refusal that ends by itself after a time.
    pub fn until(why: impl Into<Self>, retry_after: Duration) -> Self {
        Self {
            retry_after: Some(retry_after),
            ..why.into()
        }
    }

    /// A refusal of what met a rate, until there is room again.
    pub(crate) fn haste(limit: Limit, rate: Rate, retry_after: Duration) -> Self {
        let max = usize::try_from(rate.per_second).unwrap_or(usize::MAX);
        Self::until(limit.at(max), retry_after)
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self {
            refusal,
            retry_after: None,
            bound: None,
            denied: None,
        }
    }
}

/// That permissions do not let it be done.
impl From<Operation> for Refused {
    fn from(denied: Operation) -> Self {
        Self {
            denied: Some(denied),
            ..Self::from(Refusal::Denied)
        }
    }
}

impl From<Bound> for Refused {
    fn from(bound: Bound) -> Self {
        Self {
            bound: Some(bound),
            ..Self::from(bound.limit.refusal())
        }
    }
}

/// The reason in words, without the code.
impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.refusal.reason())?;
        if let Some(denied) = self.denied {
            write!(f, ": {}", denied.word())?;
        }
        match self.bound {
            Some(bound) => write!(f, ": {bound}"),
            None => Ok(()),
        }
    }
}

/// What a session is closed with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
// Complete: the code, and what is known besides.
pub struct Cause {
    /// Why.
    pub close: Close,
    /// Which bound it met, where it was one.
    pub bound: Option<Bound>,
}

impl From<Close> for Cause {
    fn from(close: Close) -> Self {
        Self { close, bound: None }
    }
}

/// The code, and the reason in words.
impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.close.fmt(f)?;
        match self.bound {
            Some(bound) => write!(f, ": {bound}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// If this fails, a program takes one bound for another, or cannot read its name out of a line.
    #[test]
    fn words_of_bounds_are_unique_and_are_words() {
        let words: BTreeSet<&str> = Limit::ALL.iter().map(|limit| limit.word()).collect();
        assert_eq!(words.len(), Limit::ALL.len());
        let is_word = |word: &&str| word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        assert!(words.iter().all(is_word));
    }

    /// If this fails, who is refused does not learn which bound it was, or comes back in vain.
    #[test]
    fn bound_says_what_how_much_and_whether_to_come_back() {
        let refused = |limit| Refused::from(Bound { limit, max: 7 });
        let texts = [Limit::PayloadLen, Limit::Pending, Limit::Channels].map(|limit| {
            let refused = refused(limit);
            (refused.to_string(), refused.refusal.is_temporary())
        });
        let expected = [
            ("limit exceeded: at most 7 bytes of payload", false),
            (
                "too much under way: at most 7 commands that wait for an answer",
                true,
            ),
            (
                "not available now: at most 7 channels with subscribers",
                true,
            ),
        ];
        assert_eq!(texts, expected.map(|(text, is)| (text.to_owned(), is)));
        assert_eq!(
            Refused::from(Refusal::Denied).to_string(),
            "permission denied"
        );
        assert_eq!(
            Refused::from(Operation::History).to_string(),
            "permission denied: history"
        );
        let bound = Some(Limit::Sessions.at(7));
        let close = Close::SessionLimit;
        assert_eq!(
            Cause { close, bound }.to_string(),
            "3504 too many sessions: at most 7 sessions on one thread"
        );
    }
}
