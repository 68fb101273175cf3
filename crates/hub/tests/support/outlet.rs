//! Transports for tests: what each session got, and how much room each transport has.

use std::collections::{BTreeMap, BTreeSet};

use sockeye_hub::{ChannelName, Encoded, News, Notice, Outlet, SessionId, Variant};

/// A frame that says what is in it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Frame {
    News(Variant, ChannelName, News),
    Notice(Notice),
}

/// All transports of a worker.
#[derive(Debug, Default)]
pub(crate) struct Transports {
    /// What was taken, by session.
    pub(crate) got: BTreeMap<SessionId, Vec<Frame>>,
    /// How many frames each still takes; without an entry any number.
    pub(crate) room: BTreeMap<u64, usize>,
    /// Those that did not take all, and did not say yet that they have room.
    pub(crate) full: BTreeSet<u64>,
    /// How often news were encoded, and how often frames were given.
    pub(crate) encoded: usize,
    pub(crate) sends: usize,
    /// What each frame of news is charged with.
    pub(crate) len: usize,
}

impl Outlet for Transports {
    type Frame = Frame;

    fn encode(
        &mut self,
        variant: Variant,
        channel: &ChannelName,
        news: &News,
    ) -> Option<Encoded<Frame>> {
        self.encoded += 1;
        Some(Encoded {
            frame: Frame::News(variant, channel.clone(), news.clone()),
            len: self.len,
        })
    }

    fn notice(
        &mut self,
        _session: SessionId,
        _variant: Variant,
        notice: &Notice,
        frames: &mut Vec<Encoded<Frame>>,
    ) {
        let replayed = match notice {
            Notice::Subscribed(subscribed) => subscribed.replay.len(),
            _ => 0,
        };
        frames.push(Encoded {
            frame: Frame::Notice(notice.clone()),
            len: replayed * self.len,
        });
    }

    fn send(&mut self, transport: u64, session: SessionId, frames: &[Frame]) -> usize {
        assert!(!frames.is_empty(), "a transport is asked for nothing");
        assert!(
            !self.full.contains(&transport),
            "a transport that is full is asked again"
        );
        self.sends += 1;
        let taken = match self.room.get_mut(&transport) {
            Some(room) => {
                let taken = frames.len().min(*room);
                *room -= taken;
                taken
            }
            None => frames.len(),
        };
        if taken < frames.len() {
            self.full.insert(transport);
        }
        let got = self.got.entry(session).or_default();
        got.extend_from_slice(&frames[..taken]);
        taken
    }
}
