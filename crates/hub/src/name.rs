//! Names of channels and users: what may be one, and which shard owns a channel. Knows no rules of
//! any dialect; those only narrow what is allowed here.

use std::fmt;
use std::sync::Arc;

use crate::limits::{CHANNEL_NAME_LEN_MAX, USER_ID_LEN_MAX};

/// Why a text is no name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum NameFault {
    /// It is empty.
    Empty,
    /// It is longer than names may be.
    Len {
        /// Its length in bytes.
        len: usize,
        /// The longest allowed.
        len_max: usize,
    },
    /// It has a control character (Unicode's category Cc), with which logs and lists can be forged.
    Control {
        /// Where, in bytes.
        at: usize,
    },
}

impl fmt::Display for NameFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "empty name"),
            Self::Len { len, len_max } => {
                write!(f, "name of {len} bytes, at most {len_max} are allowed")
            }
            Self::Control { at } => write!(f, "control character at byte {at} of a name"),
        }
    }
}

impl std::error::Error for NameFault {}

/// The name of a channel: 1 to [`CHANNEL_NAME_LEN_MAX`] bytes in any script, without control
/// characters. Cheap to clone.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ChannelName(Arc<str>);

impl ChannelName {
    /// Checks and takes a name.
    ///
    /// # Errors
    /// If it is empty, too long, or has control characters.
    pub fn new(name: &str) -> Result<Self, NameFault> {
        check(name, CHANNEL_NAME_LEN_MAX)?;
        Ok(Self(name.into()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Which of `shards` owns the channel, below `shards`; 0 if there is none. The same on every
    /// node and in every version. Names can be chosen to meet in one shard, which costs no more
    /// than the use of one thread.
    pub fn shard(&self, shards: usize) -> usize {
        // FNV-1a, whose upper bits the last bytes hardly reach: so MurmurHash3's last step after
        // it.
        let mix = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        let hash = self.0.as_bytes().iter().fold(0xcbf2_9ce4_8422_2325, mix);
        let hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
        let hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
        let upper = usize::try_from(hash >> 33).unwrap_or(0);
        upper.checked_rem(shards).unwrap_or(0)
    }
}

impl fmt::Display for ChannelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who a session belongs to: 1 to [`USER_ID_LEN_MAX`] bytes without control characters. Several
/// sessions of one user are one member where presence is counted. Cheap to clone.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct UserId(Arc<str>);

impl UserId {
    /// Checks and takes an identifier.
    ///
    /// # Errors
    /// If it is empty, too long, or has control characters.
    pub fn new(id: &str) -> Result<Self, NameFault> {
        check(id, USER_ID_LEN_MAX)?;
        Ok(Self(id.into()))
    }

    /// The identifier as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn check(name: &str, len_max: usize) -> Result<(), NameFault> {
    let len = name.len();
    if len == 0 {
        return Err(NameFault::Empty);
    }
    if len > len_max {
        return Err(NameFault::Len { len, len_max });
    }
    match name.char_indices().find(|(_, char)| char.is_control()) {
        Some((at, _)) => Err(NameFault::Control { at }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// If this fails, a peer can name a channel so that memory, a log or a list suffers.
    #[test]
    fn hostile_names_are_refused_with_their_reason() {
        assert_eq!(ChannelName::new(""), Err(NameFault::Empty));
        let long = "я".repeat(CHANNEL_NAME_LEN_MAX);
        let fault = ChannelName::new(&long).unwrap_err();
        assert_eq!(
            fault.to_string(),
            "name of 510 bytes, at most 255 are allowed"
        );
        let fault = UserId::new("ab\u{7f}").unwrap_err();
        assert_eq!(fault, NameFault::Control { at: 2 });
        assert!(ChannelName::new(&long[..254]).is_ok());
        assert!(UserId::new("Джон <b>").is_ok());
    }

    /// If this fails, two nodes or two versions disagree about who owns a channel, or one thread
    /// owns nearly all of them.
    #[test]
    fn shards_are_stable_and_even() {
        let shard = |name: &str, shards| ChannelName::new(name).unwrap().shard(shards);
        assert_eq!(shard("room:1", 0), 0);
        assert_eq!(shard("room:1", 1), 0);
        let mut counts = [0_usize; 8];
        for number in 0..8000 {
            counts[shard(&format!("room:{number}"), 8)] += 1;
        }
        assert!(
            counts.iter().all(|count| (800..1200).contains(count)),
            "{counts:?}"
        );
        assert_eq!(shard("room:1", 1_000_003), 445_909);
    }
}
