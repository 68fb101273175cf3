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
    /// Whose name it is, where names are claimed; `None`: of a session without a user.
    holder: Option<UserId>,
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
            holder: None,
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

    // Names

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.users.len()
    }

    pub(super) fn member(&self, user: &UserId) -> Option<Member> {
        self.users.get(user).map(|here| here.member.clone())
    }

    /// Whether `holder` may have the name.
    pub(super) fn is_free(&self, user: &UserId, holder: Option<&UserId>) -> bool {
        self.users.get(user).is_none_or(|here| match &here.holder {
            Some(known) => holder == Some(known),
            None => here.subscriptions == 0,
        })
    }

    /// Whether one subscription less would leave none.
    pub(super) fn is_last(&self, user: &UserId) -> bool {
        self.users
            .get(user)
            .is_some_and(|here| here.subscriptions <= 1)
    }

    /// Whether a name is in its grace, and whoever takes it is somebody else as far as anybody
    /// knows: a name of a user is free for that user alone.
    pub(super) fn is_for_another(&self, user: &UserId, is_back: bool) -> bool {
        let here = self.users.get(user).filter(|_| !is_back);
        here.is_some_and(|here| here.grace.is_some() && here.holder.is_none())
    }

    /// Takes out a name in its grace that is somebody else's or told differently from now on, and
    /// says when the grace would have ended.
    pub(super) fn replace(&mut self, name: &Member, is_back: bool) -> Option<Duration> {
        let is_for_another = self.is_for_another(&name.user, is_back);
        let here = self.users.get(&name.user)?;
        let until = here.grace;
        let until = until.filter(|_| is_for_another || here.member != *name)?;
        self.users.remove(&name.user);
        Some(until)
    }

    /// Says whose a name is that arrived, and what is told of it.
    pub(super) fn hold(&mut self, user: &UserId, holder: Option<UserId>) -> Option<Member> {
        let here = self.users.get_mut(user)?;
        here.holder = holder;
        Some(here.member.clone())
    }

    /// One subscription less, without a grace. Whether there is none left, and the name gone.
    pub(super) fn give_up(&mut self, user: &UserId) -> bool {
        let Some(here) = self.users.get_mut(user) else {
            return false;
        };
        here.subscriptions = here.subscriptions.saturating_sub(1);
        let is_gone = here.subscriptions == 0;
        if is_gone {
            self.users.remove(user);
        }
        is_gone
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

    /// If this fails, two people have one name, or one cannot get it back after a reload.
    #[test]
    fn name_is_free_when_nobody_has_it_or_the_same_user_does() {
        let (ann, user) = (member("ann"), UserId::new("7").unwrap());
        let mut present = Present::default();
        assert!(present.is_free(&ann.user, None));
        present.arrive(ann.clone());
        assert_eq!(
            present.hold(&ann.user, Some(user.clone())),
            Some(ann.clone())
        );
        assert!(present.is_free(&ann.user, Some(&user)));
        assert!(!present.is_free(&ann.user, None));
        assert!(!present.is_free(&ann.user, Some(&ann.user)));
        present.depart(&ann.user, Duration::ZERO);
        assert!(!present.is_free(&ann.user, None) && present.is_free(&ann.user, Some(&user)));
        present.hold(&ann.user, None);
        assert!(present.is_free(&ann.user, None));
        let other = Member {
            info: "ANN".into(),
            ..ann.clone()
        };
        assert_eq!(present.replace(&ann, true), None);
        assert!(present.is_for_another(&ann.user, false));
        assert_eq!(present.replace(&other, true), Some(Duration::ZERO));
        present.arrive(other.clone());
        assert!(!present.is_free(&ann.user, None) && present.is_last(&ann.user));
        present.arrive(ann.clone());
        assert!(!present.is_last(&ann.user) && present.member(&ann.user) == Some(other));
        assert!(!present.give_up(&ann.user) && present.give_up(&ann.user));
        assert_eq!((present.len(), present.give_up(&ann.user)), (0, false));
    }
}
