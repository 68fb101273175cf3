//! Who is in one channel, as leases that nodes hold for users. Owns the rule that a user is one
//! member however many hold a lease, and that a lease which nobody renews runs out. What an engine
//! that keeps everything in memory has per channel.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::id::NodeId;
use crate::limits::MEMBERS_MAX;
use crate::name::UserId;

/// A member of a channel.
#[derive(Clone, Debug, Eq, PartialEq)]
// Complete: who, and what the server says of them.
pub struct Member {
    /// Who.
    pub user: UserId,
    /// What others are told: JSON or text, as the dialect has it. At most
    /// [`MEMBER_INFO_LEN_MAX`](crate::limits::MEMBER_INFO_LEN_MAX) bytes. Of several sessions of a
    /// user the first one's counts.
    pub info: Arc<str>,
}

/// A change among the members.
#[derive(Clone, Debug, Eq, PartialEq)]
// Complete: members come and go.
pub enum Change {
    /// The first session of a user came.
    Joined(Member),
    /// The last one of a user went, and the grace period passed; or its node died.
    Left(UserId),
}

/// What a node wants with the leases that it holds in a channel.
#[derive(Clone, Debug, Eq, PartialEq)]
// Complete: leases begin, go on and end.
pub enum Lease {
    /// A user is here.
    Hold(Member),
    /// These users are still here: all of the node's in the channel. Those whose lease was lost get
    /// a new one.
    Renew(Vec<Member>),
    /// A user is gone.
    Release(UserId),
}

#[derive(Debug)]
struct Held {
    info: Arc<str>,
    /// Until when, for each node. Invariant: not empty.
    leases: BTreeMap<NodeId, Duration>,
}

/// The members of one channel.
#[derive(Debug)]
pub struct Members {
    members_max: usize,
    held: BTreeMap<UserId, Held>,
}

impl Members {
    /// Nobody, and room for so many.
    pub fn new(members_max: usize) -> Self {
        Self {
            members_max,
            held: BTreeMap::new(),
        }
    }

    /// Takes in what a node wants, and says what changed for the channel. A member above the bound
    /// is not taken, which `None` says.
    pub fn apply(&mut self, node: NodeId, lease: Lease, expires: Duration) -> Option<Vec<Change>> {
        match lease {
            Lease::Hold(member) => {
                let has_room = self.has_room(&member.user);
                has_room.then(|| self.hold(node, member, expires).into_iter().collect())
            }
            Lease::Renew(members) => {
                let mut changes = Vec::new();
                for member in members {
                    if self.has_room(&member.user) {
                        changes.extend(self.hold(node, member, expires));
                    }
                }
                Some(changes)
            }
            Lease::Release(user) => Some(self.release(node, user).into_iter().collect()),
        }
    }

    fn has_room(&self, user: &UserId) -> bool {
        self.held.len() < self.members_max || self.held.contains_key(user)
    }

    fn hold(&mut self, node: NodeId, member: Member, expires: Duration) -> Option<Change> {
        if let Some(held) = self.held.get_mut(&member.user) {
            held.leases.insert(node, expires);
            return None;
        }
        let held = Held {
            info: Arc::clone(&member.info),
            leases: BTreeMap::from([(node, expires)]),
        };
        self.held.insert(member.user.clone(), held);
        Some(Change::Joined(member))
    }

    fn release(&mut self, node: NodeId, user: UserId) -> Option<Change> {
        let held = self.held.get_mut(&user)?;
        held.leases.remove(&node);
        if !held.leases.is_empty() {
            return None;
        }
        self.held.remove(&user);
        Some(Change::Left(user))
    }

    /// Ends the leases that ran out, and says who left by it.
    pub fn expire(&mut self, now: Duration) -> Vec<Change> {
        let mut left = Vec::new();
        self.held.retain(|user, held| {
            held.leases.retain(|_, expires| *expires > now);
            let is_here = !held.leases.is_empty();
            if !is_here {
                left.push(Change::Left(user.clone()));
            }
            is_here
        });
        left
    }

    /// All members, in the order of their names.
    pub fn list(&self) -> Vec<Member> {
        let member = |(user, held): (&UserId, &Held)| Member {
            user: user.clone(),
            info: Arc::clone(&held.info),
        };
        self.held.iter().map(member).collect()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.held.len()
    }

    /// Whether nobody is there.
    pub fn is_empty(&self) -> bool {
        self.held.is_empty()
    }
}

impl Default for Members {
    /// Nobody, and room for [`MEMBERS_MAX`].
    fn default() -> Self {
        Self::new(MEMBERS_MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: NodeId = NodeId(1);
    const THERE: NodeId = NodeId(2);

    fn member(user: &str) -> Member {
        Member {
            user: UserId::new(user).unwrap(),
            info: "{}".into(),
        }
    }

    fn until(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// If this fails, two tabs or two nodes make two members, or one that closes takes the other.
    #[test]
    fn user_is_one_member_until_the_last_lease_ends() {
        let mut members = Members::default();
        let ann = member("ann");
        let joined = members.apply(HERE, Lease::Hold(ann.clone()), until(30));
        assert_eq!(joined, Some(vec![Change::Joined(ann.clone())]));
        let again = members.apply(THERE, Lease::Hold(ann.clone()), until(30));
        assert_eq!(again, Some(vec![]));
        assert_eq!(members.list().len(), 1);
        let first = members.apply(HERE, Lease::Release(ann.user.clone()), until(0));
        assert_eq!(first, Some(vec![]));
        let last = members.apply(THERE, Lease::Release(ann.user.clone()), until(0));
        assert_eq!(last, Some(vec![Change::Left(ann.user)]));
        assert!(members.is_empty());
    }

    /// If this fails, a node that dies leaves its members behind for ever, or takes others' along.
    #[test]
    fn leases_that_nobody_renews_run_out() {
        let mut members = Members::default();
        members.apply(HERE, Lease::Hold(member("ann")), until(30));
        members.apply(THERE, Lease::Hold(member("ann")), until(30));
        members.apply(THERE, Lease::Hold(member("bob")), until(30));
        members.apply(HERE, Lease::Renew(vec![member("ann")]), until(40));
        assert_eq!(members.expire(until(29)), []);
        assert_eq!(
            members.expire(until(30)),
            [Change::Left(member("bob").user)]
        );
        assert_eq!(members.list(), [member("ann")]);
        assert_eq!(
            members.expire(until(40)),
            [Change::Left(member("ann").user)]
        );
    }

    /// If this fails, members are lost with an engine that restarts, though their node lives.
    #[test]
    fn renewal_brings_back_a_lost_lease() {
        let mut members = Members::default();
        let renew = Lease::Renew(vec![member("ann")]);
        let changes = members.apply(HERE, renew, until(30));
        assert_eq!(changes, Some(vec![Change::Joined(member("ann"))]));
    }

    /// If this fails, one channel's list of members has no bound.
    #[test]
    fn members_are_bounded() {
        const ROOM: usize = 20;
        let mut members = Members::new(ROOM);
        for number in 0..ROOM {
            let lease = Lease::Hold(member(&number.to_string()));
            assert!(members.apply(HERE, lease, until(30)).is_some());
        }
        assert_eq!(
            members.apply(HERE, Lease::Hold(member("more")), until(30)),
            None
        );
        assert_eq!(
            members.apply(HERE, Lease::Hold(member("7")), until(30)),
            Some(vec![])
        );
        let renew = Lease::Renew(vec![member("more")]);
        assert_eq!(members.apply(HERE, renew, until(30)), Some(vec![]));
        assert_eq!(members.len(), ROOM);
    }
}
