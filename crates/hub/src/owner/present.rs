//! Who of this node is in one channel: how many subscriptions each user has, and since when a user
//! has none. Owns the rules of tabs and of the grace period. Others are told by the engine's
//! leases.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::members::Member;
use crate::name::UserId;

/// How a user came.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Arrival {
    /// It was not there.
    First,
    /// It was gone, but not for long: nobody noticed. The end of its grace is off.
    InGrace(Duration),
    /// It is there with another subscription.
    Further,
}

#[derive(Debug)]
struct Here {
    member: Member,
    subscriptions: usize,
    /// When the others are told that it is gone. Invariant: set while there are no subscriptions.
    grace: Option<Duration>,
}

/// The users of this node in one channel.
#[derive(Debug, Default)]
pub(super) struct Present {
    users: BTreeMap<UserId, Here>,
    /// When their leases are renewed. Invariant: set while there are any.
    pub(super) renewal: Option<Duration>,
}

impl Present {
    pub(super) fn is_empty(&self) -> bool {
        self.users.is_empty()
    }

    /// All of them, those in their grace too.
    pub(super) fn list(&self) -> Vec<Member> {
        self.users
            .values()
            .map(|here| here.member.clone())
            .collect()
    }

    pub(super) fn arrive(&mut self, member: Member) -> Arrival {
        let user = member.user.clone();
        let here = self.users.entry(user).or_insert(Here {
            member,
            subscriptions: 0,
            grace: None,
        });
        here.subscriptions += 1;
        match here.grace.take() {
            Some(until) => Arrival::InGrace(until),
            None if here.subscriptions == 1 => Arrival::First,
            None => Arrival::Further,
        }
    }

    /// One subscription less. Whether a grace until then begins.
    pub(super) fn depart(&mut self, user: &UserId, until: Duration) -> bool {
        let Some(here) = self.users.get_mut(user) else {
            return false;
        };
        here.subscriptions = here.subscriptions.saturating_sub(1);
        if here.subscriptions == 0 && here.grace.is_none() {
            here.grace = Some(until);
            return true;
        }
        false
    }

    /// Forgets a user whose grace ended. Whether it was gone.
    pub(super) fn is_gone(&mut self, user: &UserId) -> bool {
        let is_gone = self
            .users
            .get(user)
            .is_some_and(|here| here.subscriptions == 0);
        if is_gone {
            self.users.remove(user);
        }
        is_gone
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(user: &str) -> Member {
        Member {
            user: UserId::new(user).unwrap(),
            info: "".into(),
        }
    }

    /// If this fails, closing one of two tabs takes a user away, or a reload shows.
    #[test]
    fn last_subscription_begins_the_grace_and_the_next_ends_it() {
        let ann = member("ann");
        let at = Duration::from_secs;
        let mut present = Present::default();
        assert_eq!(present.arrive(ann.clone()), Arrival::First);
        assert_eq!(present.arrive(ann.clone()), Arrival::Further);
        assert!(!present.depart(&ann.user, at(3)));
        assert!(present.depart(&ann.user, at(4)));
        assert!(!present.depart(&ann.user, at(5)));
        assert_eq!(present.list().len(), 1);
        assert_eq!(present.arrive(ann.clone()), Arrival::InGrace(at(4)));
        assert!(!present.is_gone(&ann.user));
        assert!(present.depart(&ann.user, at(9)));
        assert!(present.is_gone(&ann.user));
        assert!(present.is_empty() && !present.is_gone(&ann.user));
        assert!(!present.depart(&ann.user, at(9)));
    }
}
