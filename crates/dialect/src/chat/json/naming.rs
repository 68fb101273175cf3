//! The name of one client: what it is, what it wants to be, and which claim is under way. Owns the
//! rule that one claim is under way at a time, and the newest wish is the next.

use std::sync::Arc;

use sockeye_hub::RequestId;

use super::fault::Reason;
use crate::chat::name::Name;

/// A name that a client is to have.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Wish {
    pub(super) name: Name,
    /// What it asked for instead, and why it does not get that.
    pub(super) instead: Option<(String, Reason)>,
}

/// The name of one client.
#[derive(Debug, Default)]
pub(super) struct Naming {
    /// The name that it has, as others see it.
    shown: Option<Arc<str>>,
    /// The name that it has, as it was wished for.
    had: Option<Wish>,
    wanted: Option<Wish>,
    claiming: Option<(RequestId, Wish)>,
}

impl Naming {
    pub(super) fn shown(&self) -> Option<&Arc<str>> {
        self.shown.as_ref()
    }

    /// Whether it may have another name soon.
    pub(super) fn is_under_way(&self) -> bool {
        self.wanted.is_some() || self.claiming.is_some()
    }

    pub(super) fn want(&mut self, wish: Wish) {
        self.wanted = Some(wish);
    }

    /// The next wish, which is to be claimed with this command.
    pub(super) fn claim(&mut self, request: RequestId) -> Option<Wish> {
        if self.claiming.is_some() {
            return None;
        }
        let wish = self.wanted.take()?;
        self.claiming = Some((request, wish.clone()));
        Some(wish)
    }

    /// The wish whose claim is answered. `None`: it is not waited for any more.
    pub(super) fn answered(&mut self, request: RequestId) -> Option<Wish> {
        let (_, wish) = self.claiming.take_if(|(known, _)| *known == request)?;
        Some(wish)
    }

    pub(super) fn named(&mut self, wish: Wish, shown: &Arc<str>) {
        self.shown = Some(Arc::clone(shown));
        self.had = Some(Wish {
            instead: None,
            ..wish
        });
    }

    /// The room is gone, and the name with it. It is wished for again, unless something newer is.
    pub(super) fn lost(&mut self) {
        self.shown = None;
        let had = self.had.take();
        let claiming = self.claiming.take().map(|(_, wish)| wish);
        self.wanted = self.wanted.take().or(claiming).or(had);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(text: &str) -> Wish {
        Wish {
            name: Name::new(text, 24).unwrap(),
            instead: None,
        }
    }

    /// If this fails, an answer is taken for that of another claim, or an older wish wins.
    #[test]
    fn one_claim_is_under_way_and_the_newest_wish_is_next() {
        let mut naming = Naming::default();
        assert!(!naming.is_under_way() && naming.claim(RequestId(1)).is_none());
        naming.want(wish("a"));
        assert_eq!(naming.claim(RequestId(1)), Some(wish("a")));
        naming.want(wish("b"));
        naming.want(wish("c"));
        assert_eq!(naming.claim(RequestId(2)), None);
        assert_eq!(naming.answered(RequestId(9)), None);
        assert_eq!(naming.answered(RequestId(1)), Some(wish("a")));
        naming.named(wish("a"), &"a".into());
        assert_eq!(naming.claim(RequestId(2)), Some(wish("c")));
        assert_eq!(naming.shown().map(|shown| &**shown), Some("a"));
    }

    /// If this fails, people come back from a gap without their name, or with an older one.
    #[test]
    fn name_that_is_lost_is_wished_for_again() {
        let mut naming = Naming::default();
        naming.want(wish("a"));
        naming.claim(RequestId(1));
        naming.answered(RequestId(1));
        naming.named(wish("a"), &"a2".into());
        naming.lost();
        assert_eq!(naming.shown(), None);
        assert_eq!(naming.claim(RequestId(2)), Some(wish("a")));
        naming.lost();
        assert_eq!(naming.answered(RequestId(2)), None);
        naming.want(wish("b"));
        naming.lost();
        assert_eq!(naming.claim(RequestId(3)), Some(wish("b")));
    }
}
