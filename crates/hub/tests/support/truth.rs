//! What was published, kept in the plainest way: the oracle for streams and for what clients get.
//! Knows nothing of histories' bounds; everything that ever was is here.

use std::collections::BTreeMap;
use std::time::Duration;

use sockeye_hub::limits::IDEMPOTENCY_WINDOW;
use sockeye_hub::{ChannelName, Epoch, Position, Publication, Published, SessionId};

type Life = (ChannelName, Epoch);

/// Everything that was published.
#[derive(Debug, Default)]
pub(crate) struct Truth {
    log: BTreeMap<Life, Vec<Publication>>,
    /// When each was published.
    times: BTreeMap<Life, Vec<Duration>>,
}

impl Truth {
    /// Takes a publication in, and says what has to become of it.
    pub(crate) fn publish(
        &mut self,
        now: Duration,
        channel: &ChannelName,
        epoch: Epoch,
        publication: &Publication,
    ) -> Published {
        let life = (channel.clone(), epoch);
        let log = self.log.entry(life.clone()).or_default();
        let times = self.times.entry(life).or_default();
        let at = |index: usize| Position {
            epoch,
            offset: index as u64 + 1,
        };
        let top = Position {
            epoch,
            offset: log.len() as u64,
        };
        // The newest one with the key counts, while its time lasts.
        let same_key = log.iter().rposition(|known| {
            known.idempotency_key.is_some() && known.idempotency_key == publication.idempotency_key
        });
        if let Some(index) = same_key
            && now < times[index] + IDEMPOTENCY_WINDOW
        {
            return Published::Duplicate(at(index));
        }
        let version = log.iter().filter_map(|known| known.version).max();
        if publication.version.is_some() && publication.version <= version {
            return Published::Stale(top);
        }
        log.push(publication.clone());
        times.push(now);
        Published::New(at(log.len() - 1))
    }

    /// The publication at a position.
    pub(crate) fn at(&self, channel: &ChannelName, position: Position) -> Option<&Publication> {
        let log = self.log.get(&(channel.clone(), position.epoch))?;
        log.get(usize::try_from(position.offset).ok()?.checked_sub(1)?)
    }

    /// The offsets in `after..=to` that `session` is to get.
    pub(crate) fn due(
        &self,
        channel: &ChannelName,
        epoch: Epoch,
        (after, to): (u64, u64),
        session: SessionId,
    ) -> Vec<u64> {
        let is_due = |offset: &u64| {
            let position = Position {
                epoch,
                offset: *offset,
            };
            let publication = self.at(channel, position);
            publication.is_none_or(|publication| publication.excluded != Some(session))
        };
        (after + 1..=to).filter(is_due).collect()
    }
}
