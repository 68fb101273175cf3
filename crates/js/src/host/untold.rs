//! What nobody caught and could not be told where it happened: a script that took all memory left
//! none to tell of it. Owns the values until the page has room. Tells nothing.

use std::cell::RefCell;
use std::mem;

use rquickjs::{Ctx, Persistent, Value};

use crate::limits::UNTOLD_MAX;

type Kept = Persistent<Value<'static>>;

/// Something that is to be told.
pub(crate) enum Untold {
    /// An exception.
    Error(Kept),
    /// A promise was rejected without a handler, or got one after that.
    Rejection {
        promise: Kept,
        reason: Kept,
        is_handled: bool,
    },
    /// Rejected promises of which the prelude knows.
    Rejections,
    /// There were more than are kept.
    More,
}

/// All of it, in its order. It is to be empty before its engine goes.
#[derive(Default)]
pub(crate) struct AllUntold(RefCell<Vec<Untold>>);

impl AllUntold {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    pub(crate) fn take(&self) -> Vec<Untold> {
        mem::take(&mut *self.0.borrow_mut())
    }

    pub(crate) fn add(&self, untold: Untold) {
        let mut all = self.0.borrow_mut();
        if all.len() < UNTOLD_MAX {
            all.push(untold);
        } else if all.len() == UNTOLD_MAX {
            all.push(Untold::More);
        }
    }

    pub(crate) fn add_error<'js>(&self, ctx: &Ctx<'js>, error: Value<'js>) {
        self.add(Untold::Error(Persistent::save(ctx, error)));
    }

    pub(crate) fn add_rejection<'js>(
        &self,
        ctx: &Ctx<'js>,
        promise: Value<'js>,
        reason: Value<'js>,
        is_handled: bool,
    ) {
        self.add(Untold::Rejection {
            promise: Persistent::save(ctx, promise),
            reason: Persistent::save(ctx, reason),
            is_handled,
        });
    }
}
