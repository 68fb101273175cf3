//! What the hub says to a session of the JSON chat: that it is in its room, what its commands came
//! to. Owns what follows from each answer; never reads what the client says.

use sockeye_hub::{Answer, Limit, Published, Refusal, Refused, RequestId, Subscribed};

use super::super::fault::Reason;
use super::super::naming::Wish;
use super::super::outgoing;
use super::{Json, Place, Purpose};
use crate::act::{Acts, Frame};
use crate::chat::refused::close_for;
use crate::limits::RETRY_WAIT;
use crate::session::Now;

impl Json {
    pub(super) fn subscribed(&mut self, now: Now, subscribed: &Subscribed, acts: &mut Acts) {
        acts.frame(outgoing::joined(now, self.room(), subscribed));
        let replay = subscribed.replay.iter();
        let frames = replay.filter_map(|entry| outgoing::message(entry));
        frames.for_each(|frame| acts.frame(frame));
        // The hub says it again, without the replay, if that was more than it may send.
        if matches!(self.place, Place::Joined) {
            return;
        }
        self.place = Place::Joined;
        self.list(acts);
        self.claim(acts);
    }

    pub(super) fn answered(
        &mut self,
        now: Now,
        request: RequestId,
        answer: &Answer,
        acts: &mut Acts,
    ) {
        match (Purpose::of(request), answer) {
            (Some(Purpose::Claim), answer) => self.claimed(now, request, answer, acts),
            (_, Answer::Members(members)) => acts.frame(outgoing::userlist(now, members)),
            (_, Answer::Published(published)) => {
                let (Published::New(position)
                | Published::Duplicate(position)
                | Published::Stale(position)) = published;
                if let Some(key) = self.keys.remove(&request) {
                    acts.frame(outgoing::accepted(now, &key, *position));
                }
            }
            // The client did not ask for the list, and hears nothing of it until there is one.
            (Some(Purpose::List), Answer::Refused(refused)) if refused.refusal.is_temporary() => {
                let wait = refused.retry_after.unwrap_or(RETRY_WAIT);
                self.list_due = Some(now.elapsed.saturating_add(wait));
            }
            (purpose, Answer::Refused(refused)) => {
                let key = self.keys.remove(&request);
                acts.frame(outgoing::refused(now, refused, key.as_deref()));
                if purpose == Some(Purpose::Join) {
                    self.not_joined(now, refused, acts);
                }
            }
            _ => {}
        }
    }

    fn not_joined(&mut self, now: Now, refused: &Refused, acts: &mut Acts) {
        let Place::Joining { start } = self.place else {
            return;
        };
        if !refused.refusal.is_temporary() {
            return acts.close(close_for(refused));
        }
        let wait = refused.retry_after.unwrap_or(RETRY_WAIT);
        let due = now.elapsed.saturating_add(wait);
        self.place = Place::Waiting { due, start };
    }

    fn claimed(&mut self, now: Now, request: RequestId, answer: &Answer, acts: &mut Acts) {
        let Some(wish) = self.naming.answered(request) else {
            return;
        };
        match answer {
            Answer::Claimed(member) => {
                let rejected = self.rejected(&wish, &member.info);
                if let Some((asked, reason)) = rejected {
                    acts.frame(outgoing::rejectusername(now, &member.info, &asked, &reason));
                }
                acts.frame(outgoing::named(now, &member.info));
                self.full_of = None;
                self.is_back = false;
                self.naming.named(wish, &member.info);
                for said in std::mem::take(&mut self.unnamed) {
                    self.publish(now, said, acts);
                }
            }
            Answer::Refused(refused) => return self.not_claimed(now, wish, refused, acts),
            _ => {}
        }
        self.claim(acts);
    }

    /// Why a client has this name: what it, or the server for it, asked for, and why not that.
    fn rejected(&mut self, wish: &Wish, name: &str) -> Option<(String, Reason)> {
        let asked = self.asked.take();
        if let Some(instead) = &wish.instead {
            return Some(instead.clone());
        }
        if wish.name.shown() != name {
            return Some((wish.name.shown().to_owned(), Reason::Taken));
        }
        asked.map(|asked| (asked, Reason::Known))
    }

    fn not_claimed(&mut self, now: Now, wish: Wish, refused: &Refused, acts: &mut Acts) {
        let is_newest = !self.naming.is_under_way();
        let refusal = refused.refusal;
        if refusal == Refusal::NotSubscribed || refusal.is_temporary() {
            if is_newest {
                self.naming.want(wish);
            }
            // The room's end is on its way here; the name is claimed again behind it.
            if refusal != Refusal::NotSubscribed {
                let wait = refused.retry_after.unwrap_or(RETRY_WAIT);
                self.claim_due = Some(now.elapsed.saturating_add(wait));
            }
            return;
        }
        let bound = refused.bound.filter(|met| met.limit == Limit::Members);
        self.full_of = bound.map(|members| members.max);
        acts.frame(self.without_name(now, refused, None));
        if self.naming.shown().is_none() && is_newest {
            for said in std::mem::take(&mut self.unnamed) {
                acts.frame(self.without_name(now, refused, said.key.as_deref()));
            }
        }
        self.claim(acts);
    }

    /// That there is no name, and so no message with this key.
    fn without_name(&self, now: Now, refused: &Refused, key: Option<&str>) -> Frame {
        if self.full_of.is_some() {
            return outgoing::fault(now, &self.nameless(), key);
        }
        outgoing::refused(now, refused, key)
    }
}
