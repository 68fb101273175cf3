//! What the hub says to a session of the JSON chat: that it is in its room, what its commands came
//! to. Owns what follows from each answer; never reads what the client says.

use std::time::Duration;

use sockeye_hub::{Answer, Published, Refusal, RequestId, Subscribed};

use super::super::fault::Reason;
use super::super::naming::Wish;
use super::super::outgoing;
use super::{Json, Place, Purpose};
use crate::act::{Acts, Close};
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
            (
                Some(Purpose::List),
                Answer::Refused {
                    refusal,
                    retry_after,
                },
            ) if refusal.is_temporary() => {
                let wait = retry_after.unwrap_or(RETRY_WAIT);
                self.list_due = Some(now.elapsed.saturating_add(wait));
            }
            (
                purpose,
                Answer::Refused {
                    refusal,
                    retry_after,
                },
            ) => {
                let key = self.keys.remove(&request);
                refused(now, *refusal, *retry_after, key.as_deref(), acts);
                if purpose == Some(Purpose::Join) {
                    self.not_joined(now, *refusal, *retry_after, acts);
                }
            }
            _ => {}
        }
    }

    fn not_joined(
        &mut self,
        now: Now,
        refusal: Refusal,
        retry_after: Option<Duration>,
        acts: &mut Acts,
    ) {
        let Place::Joining { start } = self.place else {
            return;
        };
        if !refusal.is_temporary() {
            return acts.close(Close::Hub(close_for(refusal)));
        }
        let wait = retry_after.unwrap_or(RETRY_WAIT);
        let due = now.elapsed.saturating_add(wait);
        self.place = Place::Waiting { due, start };
    }

    fn claimed(&mut self, now: Now, request: RequestId, answer: &Answer, acts: &mut Acts) {
        let Some(wish) = self.naming.answered(request) else {
            return;
        };
        match answer {
            Answer::Claimed(member) => {
                let (asked, is_other) = (wish.name.shown(), wish.name.shown() != &*member.info);
                if let Some((asked, reason)) = &wish.instead {
                    acts.frame(outgoing::rejectusername(now, &member.info, asked, reason));
                } else if is_other {
                    let reason = Reason::Taken;
                    acts.frame(outgoing::rejectusername(now, &member.info, asked, &reason));
                }
                acts.frame(outgoing::named(now, &member.info));
                self.is_full = false;
                self.naming.named(wish, &member.info);
                for said in std::mem::take(&mut self.unnamed) {
                    self.publish(now, said, acts);
                }
            }
            Answer::Refused {
                refusal,
                retry_after,
            } => return self.not_claimed(now, wish, *refusal, *retry_after, acts),
            _ => {}
        }
        self.claim(acts);
    }

    fn not_claimed(
        &mut self,
        now: Now,
        wish: Wish,
        refusal: Refusal,
        retry_after: Option<Duration>,
        acts: &mut Acts,
    ) {
        let is_newest = !self.naming.is_under_way();
        if refusal == Refusal::NotSubscribed || refusal.is_temporary() {
            if is_newest {
                self.naming.want(wish);
            }
            // The room's end is on its way here; the name is claimed again behind it.
            if refusal != Refusal::NotSubscribed {
                let wait = retry_after.unwrap_or(RETRY_WAIT);
                self.claim_due = Some(now.elapsed.saturating_add(wait));
            }
            return;
        }
        self.is_full = refusal == Refusal::Limit;
        if self.is_full {
            acts.frame(outgoing::fault(now, &self.nameless(), None));
        } else {
            refused(now, refusal, retry_after, None, acts);
        }
        if self.naming.shown().is_none() && is_newest {
            for said in std::mem::take(&mut self.unnamed) {
                let key = said.key.as_deref();
                acts.frame(if self.is_full {
                    outgoing::fault(now, &self.nameless(), key)
                } else {
                    outgoing::refused(now, refusal, refusal.reason(), None, key)
                });
            }
        }
        self.claim(acts);
    }
}

fn refused(
    now: Now,
    refusal: Refusal,
    retry_after: Option<Duration>,
    key: Option<&str>,
    acts: &mut Acts,
) {
    let millis = retry_after.map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX));
    let reason = refusal.reason();
    acts.frame(outgoing::refused(now, refusal, reason, millis, key));
}
