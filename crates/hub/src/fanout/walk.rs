//! The walk over a channel's subscribers: each variant is encoded once, each subscriber gets what
//! is new in one piece. Owns which frames a subscriber gets; ends nobody.

use super::channel::{Channel, Row};
use super::outlet::{Encoded, Outlet};
use super::queue::{Charge, TooSlow};
use super::session::Session;
use super::slots::Slots;
use crate::id::{SessionId, Variant};
use crate::message::News;
use crate::name::ChannelName;
use crate::rules::SlowFate;

/// What matters of a frame besides its bytes.
#[derive(Clone, Copy, Debug)]
struct Mark {
    len: usize,
    /// Of a publication; changes among the members have none.
    offset: Option<u64>,
    excluded: Option<SessionId>,
}

/// The frames of one walk for one variant.
#[derive(Debug)]
struct Batch<F> {
    variant: Variant,
    frames: Vec<F>,
    /// Invariant: one for each frame.
    marks: Vec<Mark>,
    /// The first publication's offset: whoever has that has nothing to be left out for.
    first: u64,
    excludes: bool,
    /// Some of it is about members.
    has_members: bool,
}

impl<F: Clone> Batch<F> {
    fn new<O: Outlet<Frame = F> + ?Sized>(
        variant: Variant,
        name: &ChannelName,
        pending: &[News],
        outlet: &mut O,
    ) -> Self {
        let mut batch = Self {
            variant,
            frames: Vec::with_capacity(pending.len()),
            marks: Vec::with_capacity(pending.len()),
            first: u64::MAX,
            excludes: false,
            has_members: false,
        };
        for news in pending {
            let Some(encoded) = outlet.encode(variant, name, news) else {
                continue;
            };
            let (offset, excluded) = match news {
                News::Entry(entry) => (Some(entry.position.offset), entry.publication.excluded),
                News::Change(_) | News::Members(_) => (None, None),
            };
            batch.first = batch.first.min(offset.unwrap_or(u64::MAX));
            batch.excludes |= excluded.is_some();
            batch.has_members |= offset.is_none();
            batch.frames.push(encoded.frame);
            batch.marks.push(Mark {
                len: encoded.len,
                offset,
                excluded,
            });
        }
        batch
    }

    fn is_for(&self, index: usize, row: Row, session: SessionId) -> bool {
        self.marks.get(index).is_some_and(|mark| {
            let is_new = |offset| offset > row.after;
            mark.excluded != Some(session) && mark.offset.map_or(row.sees_members, is_new)
        })
    }
}

/// Tells all subscribers of `channel`, which has the number `index`, what is pending. Those who are
/// owed too much end up in `slow`.
pub(super) fn walk<O: Outlet + ?Sized>(
    index: u32,
    channel: &mut Channel,
    sessions: &mut Slots<Session<O::Frame>>,
    bytes_max: usize,
    slow: &mut Vec<u32>,
    outlet: &mut O,
) {
    let mut batches: Vec<Batch<O::Frame>> = Vec::new();
    for row in &channel.rows {
        let Some(session) = sessions.get_mut(row.session) else {
            continue;
        };
        let variant = session.variant;
        let known = batches.iter().position(|batch| batch.variant == variant);
        let known = known.unwrap_or_else(|| {
            batches.push(Batch::new(variant, &channel.name, &channel.pending, outlet));
            batches.len() - 1
        });
        let Some(batch) = batches.get(known) else {
            continue;
        };
        let to = Receiver {
            channel: index,
            fate: channel.slow,
            bytes_max,
        };
        if to.tell(session, *row, batch, outlet).is_err() {
            slow.push(row.session);
        }
    }
    channel.pending.clear();
}

/// How subscribers of a channel are told.
#[derive(Clone, Copy, Debug)]
struct Receiver {
    channel: u32,
    fate: SlowFate,
    bytes_max: usize,
}

impl Receiver {
    #[inline]
    fn tell<O: Outlet + ?Sized>(
        self,
        session: &mut Session<O::Frame>,
        row: Row,
        batch: &Batch<O::Frame>,
        outlet: &mut O,
    ) -> Result<(), TooSlow> {
        if batch.frames.is_empty() {
            return Ok(());
        }
        let is_blind = batch.has_members && !row.sees_members;
        if batch.excludes || is_blind || row.after >= batch.first {
            return self.tell_some(session, row, batch, outlet);
        }
        let mut taken = 0;
        if let Some(transport) = session.free_transport(outlet) {
            taken = outlet.send(transport, session.id, &batch.frames);
            if taken >= batch.frames.len() {
                return Ok(());
            }
            session.is_blocked = true;
        }
        (taken..batch.frames.len()).try_for_each(|index| self.keep(session, batch, index))
    }

    /// Tells a subscriber that is not to get all of it.
    fn tell_some<O: Outlet + ?Sized>(
        self,
        session: &mut Session<O::Frame>,
        row: Row,
        batch: &Batch<O::Frame>,
        outlet: &mut O,
    ) -> Result<(), TooSlow> {
        let count = batch.frames.len();
        let mut index = 0;
        while index < count {
            if !batch.is_for(index, row, session.id) {
                index += 1;
                continue;
            }
            let is_out = |at: &usize| !batch.is_for(*at, row, session.id);
            let end = (index..count).find(is_out).unwrap_or(count);
            if let Some(transport) = session.free_transport(outlet) {
                let frames = batch.frames.get(index..end).unwrap_or(&[]);
                let taken = outlet.send(transport, session.id, frames).min(frames.len());
                session.is_blocked = taken < frames.len();
                index += taken;
            }
            (index..end).try_for_each(|index| self.keep(session, batch, index))?;
            index = end;
        }
        Ok(())
    }

    /// Queues what the transport has no room for.
    fn keep<F: Clone>(
        self,
        session: &mut Session<F>,
        batch: &Batch<F>,
        index: usize,
    ) -> Result<(), TooSlow> {
        let (Some(frame), Some(mark)) = (batch.frames.get(index), batch.marks.get(index)) else {
            return Ok(());
        };
        let encoded = Encoded {
            frame: frame.clone(),
            len: mark.len,
        };
        match self.fate {
            SlowFate::Latest if mark.offset.is_some() => {
                session.queue.replace(self.channel, encoded, self.bytes_max)
            }
            SlowFate::Latest | SlowFate::Close => {
                session.queue.push(encoded, Charge::Queued, self.bytes_max)
            }
        }
    }
}
