//! How a page tells of what nobody caught: at once, or with some memory more than its script may
//! take if there was none left. Owns no words; the prelude has them.

use std::rc::{Rc, Weak};

use rquickjs::runtime::RejectionTracker;
use rquickjs::{Ctx, Exception, Result, Value};

use super::Page;
use crate::entries::Entries;
use crate::host::{Host, Untold};
use crate::limits::TELLING_MEMORY_LEN;

impl Page {
    /// Calls into the engine; an exception that comes back was caught by nobody.
    pub(super) fn enter(&self, call: impl FnOnce(&Ctx<'_>, &Entries) -> Result<()>) {
        self.context.with(|ctx| {
            if call(&ctx, &self.entries).is_err() {
                self.keep(&ctx);
            }
        });
        self.tell_untold();
    }

    /// Keeps the exception that nobody caught, until there is room to tell of it.
    pub(super) fn keep(&self, ctx: &Ctx<'_>) {
        let error = ctx.catch();
        if !self.host.is_out_of_time() {
            self.host.untold.add_error(ctx, error);
        }
    }

    /// Tells what could not be told where it happened.
    pub(super) fn tell_untold(&self) {
        if self.host.untold.is_empty() {
            return;
        }
        let limit = self.host.memory_len_max();
        // To the engine 0 is no limit.
        if limit > 0 {
            let more = limit.saturating_add(TELLING_MEMORY_LEN);
            self.runtime.set_memory_limit(more);
        }
        for untold in self.host.untold.take() {
            let told = self.context.with(|ctx| {
                let told = self.tell(&ctx, untold);
                told.inspect_err(|_| drop(ctx.catch()))
            });
            // Nothing of what is kept is told by the same words once more.
            if told.is_err() || !self.host.untold.take().is_empty() {
                self.tell_without_words();
            }
        }
        self.runtime.set_memory_limit(limit);
    }

    /// Tells of promises that were rejected, once the microtasks are done.
    pub(super) fn checkpoint(&self) {
        // Promises that the prelude is to know before.
        self.tell_untold();
        self.context.with(|ctx| {
            if self.entries.checkpoint(&ctx).is_err() {
                ctx.catch();
                self.host.untold.add(Untold::Rejections);
            }
        });
        self.tell_untold();
    }

    fn tell(&self, ctx: &Ctx<'_>, untold: Untold) -> Result<()> {
        match untold {
            Untold::Error(error) => self.entries.report(ctx, error.restore(ctx)?),
            Untold::Rejection {
                promise,
                reason,
                is_handled,
            } => {
                let (promise, reason) = (promise.restore(ctx)?, reason.restore(ctx)?);
                self.entries.reject(ctx, promise, reason, is_handled, None)
            }
            Untold::Rejections => self.entries.checkpoint(ctx),
            Untold::More => {
                self.tell_without_words();
                Ok(())
            }
        }
    }

    fn tell_without_words(&self) {
        if !self.host.is_out_of_time() {
            self.host
                .report("Uncaught exception, of which nothing more can be said");
        }
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        // Values of the engine, which goes first.
        drop(self.host.untold.take());
    }
}

/// Tells the prelude of promises that are rejected.
pub(super) fn tracker(host: Weak<Host>, entries: Weak<Entries>) -> RejectionTracker {
    Box::new(move |ctx, promise, reason, is_handled| {
        if let (Some(host), Some(entries)) = (host.upgrade(), entries.upgrade()) {
            reject(&ctx, (&host, &entries), promise, reason, is_handled);
        }
    })
}

fn reject<'js>(
    ctx: &Ctx<'js>,
    (host, entries): (&Rc<Host>, &Rc<Entries>),
    promise: Value<'js>,
    reason: Value<'js>,
    is_handled: bool,
) {
    // Behind those that wait, as what happened to one promise has its order.
    if host.untold.is_empty() {
        let at = if is_handled || reason.is_error() {
            None
        } else {
            line(ctx)
        };
        let told = entries.reject(ctx, promise.clone(), reason.clone(), is_handled, at);
        if told.is_ok() {
            return;
        }
        ctx.catch();
    }
    host.untold.add_rejection(ctx, promise, reason, is_handled);
}

/// Where the script is, for a reason that does not say so by itself.
fn line(ctx: &Ctx<'_>) -> Option<String> {
    let Ok(error) = Exception::from_message(ctx.clone(), "") else {
        ctx.catch();
        return None;
    };
    error.stack()
}
