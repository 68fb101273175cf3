//! The walk over a channel's subscribers: each variant is encoded once, each subscriber gets what
//! is new in one piece. Owns which frames a subscriber gets; ends nobody.

use super::batch::{Batch, Batches};
use super::channel::{Channel, Row};
use super::outlet::{Encoded, Outlet};
use super::queue::{Charge, TooSlow};
use super::session::Session;
use super::slots::Slots;
use crate::rules::SlowFate;

/// Tells all subscribers of `channel` what is pending, each as `to` says. Those who are owed too
/// much end up in `slow`.
pub(super) fn walk<O: Outlet + ?Sized>(
    to: Receiver,
    channel: &mut Channel,
    sessions: &mut Slots<Session<O::Frame>>,
    batches: &mut Batches<O::Frame>,
    slow: &mut Vec<u32>,
    outlet: &mut O,
) {
    // Whoever caught a panic of the outlet goes on, with other channels.
    batches.clear();
    for (index, row) in channel.rows.iter().enumerate() {
        let next = channel.rows.get(index + 1);
        let next = next.and_then(|next| sessions.get(next.session)?.transport);
        if let Some(transport) = next {
            outlet.foresee(transport);
        }
        let Some(session) = sessions.get_mut(row.session) else {
            continue;
        };
        let Some(batch) = batches.of(session.variant, &channel.name, &channel.pending, outlet)
        else {
            continue;
        };
        if to.tell(session, *row, batch, outlet).is_err() {
            slow.push(row.session);
        }
    }
    batches.clear();
    channel.pending.clear();
}

/// How subscribers of a channel are told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Receiver {
    pub(super) channel: u32,
    pub(super) fate: SlowFate,
    pub(super) bytes_max: usize,
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
