//! What each channel is like: options by the beginning of its name. Owns the choice; whoever reads
//! the configuration fills it.

use std::sync::Arc;
use std::time::Duration;

use crate::bucket::Rate;
use crate::limits;
use crate::name::ChannelName;

/// What becomes of a subscriber that reads slower than its channel talks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
// Complete: whoever is slow loses the connection or the older publications.
pub enum SlowFate {
    /// It is closed with [`Close::Slow`](crate::Close::Slow), which says to come back, once more
    /// than the session's queue waits for it. It loses nothing that recovery does not bring.
    Close,
    /// It gets the newest publication only and misses those before, for channels that tell a state.
    /// What waits for it is one frame per such channel.
    Latest,
}

/// Whether a channel has members that others see, and what makes one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
// Complete: nobody, whom the server knows, or who says a name.
pub enum Presence {
    /// It has none.
    None,
    /// The users of its subscribers; several sessions of one are one member.
    Users,
    /// Those who claimed a name with [`Command::Claim`](crate::Command::Claim), each name once.
    /// Subscribers are told the whole list with each change.
    Names,
}

/// The options of a channel.
#[derive(Clone, Debug, Eq, PartialEq)]
// Complete: built from the defaults with `..`.
pub struct ChannelOptions {
    /// Most publications kept, in number. 0: none, so that only an empty recovery succeeds.
    pub history_len_max: usize,
    /// How long they are kept.
    pub history_age_max: Duration,
    /// Most publications kept, in bytes.
    pub history_bytes_max: usize,
    /// How long an idempotency key counts, from its publish on.
    pub idempotency_window: Duration,
    /// Whether it has members that others see.
    pub presence: Presence,
    /// Most members.
    pub members_max: usize,
    /// What becomes of slow subscribers.
    pub slow: SlowFate,
    /// Longest payload, in bytes.
    pub payload_len_max: usize,
    /// Publications from everybody together, and as many new names of members besides.
    pub publish_rate: Rate,
}

impl Default for ChannelOptions {
    fn default() -> Self {
        Self {
            history_len_max: limits::HISTORY_LEN_MAX,
            history_age_max: limits::HISTORY_AGE_MAX,
            history_bytes_max: limits::HISTORY_BYTES_MAX,
            idempotency_window: limits::IDEMPOTENCY_WINDOW,
            presence: Presence::None,
            members_max: limits::MEMBERS_MAX,
            slow: SlowFate::Close,
            payload_len_max: limits::PAYLOAD_LEN_MAX,
            publish_rate: limits::CHANNEL_PUBLISH_RATE,
        }
    }
}

/// The options of all channels: the longest prefix that a name starts with decides.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Rules {
    otherwise: Arc<ChannelOptions>,
    /// Invariant: longest prefix first.
    prefixes: Vec<(Box<str>, Arc<ChannelOptions>)>,
}

impl Rules {
    /// The same options for all channels.
    pub fn new(otherwise: ChannelOptions) -> Self {
        Self {
            otherwise: Arc::new(otherwise),
            prefixes: Vec::new(),
        }
    }

    /// Other options for the channels whose names start with `prefix`; a prefix given again is
    /// replaced. At most [`CHANNEL_PREFIXES_MAX`](limits::CHANNEL_PREFIXES_MAX): a further one is
    /// not taken, which `false` says.
    pub fn insert(&mut self, prefix: &str, options: ChannelOptions) -> bool {
        self.prefixes.retain(|(known, _)| **known != *prefix);
        if self.prefixes.len() >= limits::CHANNEL_PREFIXES_MAX {
            return false;
        }
        let longer = |(known, _): &(Box<str>, _)| known.len() >= prefix.len();
        let at = self.prefixes.partition_point(longer);
        self.prefixes.insert(at, (prefix.into(), Arc::new(options)));
        true
    }

    /// The options of a channel.
    pub fn of(&self, channel: &ChannelName) -> &Arc<ChannelOptions> {
        let name = channel.as_str();
        let found = self
            .prefixes
            .iter()
            .find(|(prefix, _)| name.starts_with(&**prefix));
        found.map_or(&self.otherwise, |(_, options)| options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(history_len_max: usize) -> ChannelOptions {
        ChannelOptions {
            history_len_max,
            ..ChannelOptions::default()
        }
    }

    /// If this fails, a channel gets the options of another kind of channels.
    #[test]
    fn longest_prefix_decides() {
        let mut rules = Rules::new(named(1));
        assert!(rules.insert("room:", named(2)));
        assert!(rules.insert("room:staff:", named(3)));
        assert!(rules.insert("r", named(4)));
        assert!(rules.insert("room:", named(5)));
        let len = |name: &str| rules.of(&ChannelName::new(name).unwrap()).history_len_max;
        let found = ["lobby", "room:1", "room:staff:1", "radio"].map(len);
        assert_eq!(found, [1, 5, 3, 4]);
    }

    /// If this fails, each publication may cost the search through a list without end.
    #[test]
    fn prefixes_are_bounded() {
        let mut rules = Rules::default();
        for number in 0..limits::CHANNEL_PREFIXES_MAX {
            assert!(rules.insert(&format!("{number}:"), named(1)));
        }
        assert!(!rules.insert("more", named(1)));
        assert!(rules.insert("7:", named(2)));
    }
}
