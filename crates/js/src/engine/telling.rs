//! How an engine's pages tell of what nobody caught: at once, or with some memory more than scripts
//! may take if there was none left. Owns no words; the prelude has them.

use rquickjs::{Ctx, Exception, Result, Value};

use super::{Engine, Member, Now};
use crate::entries::Entries;
use crate::host::Untold;
use crate::limits::TELLING_MEMORY_LEN;

impl Engine {
    /// Calls into the engine; an exception that comes back was caught by nobody.
    pub(crate) fn enter(
        &self,
        member: &Member,
        call: impl FnOnce(&Ctx<'_>, &Entries) -> Result<()>,
    ) {
        let _turn = self.begin_turn(Now::script(member));
        member.context.with(|ctx| {
            if call(&ctx, &member.entries).is_err() {
                member.keep(&ctx);
            }
        });
        self.tell_untold(member);
    }

    /// Tells of promises that were rejected, once the microtasks are done.
    pub(crate) fn checkpoint(&self, member: &Member) {
        let _turn = self.begin_turn(Now::script(member));
        // Promises that the prelude is to know before.
        self.tell_untold(member);
        member.context.with(|ctx| {
            if member.entries.checkpoint(&ctx).is_err() {
                ctx.catch();
                member.host.untold.add(Untold::Rejections);
            }
        });
        self.tell_untold(member);
    }

    /// Tells what could not be told where it happened.
    fn tell_untold(&self, member: &Member) {
        if member.host.untold.is_empty() {
            return;
        }
        self.limit_memory(TELLING_MEMORY_LEN);
        for untold in member.host.untold.take() {
            let told = member.context.with(|ctx| {
                let told = member.tell(&ctx, untold);
                told.inspect_err(|_| drop(ctx.catch()))
            });
            // Nothing of what is kept is told by the same words once more.
            if told.is_err() || !member.host.untold.take().is_empty() {
                member.tell_without_words();
            }
        }
        self.limit_memory(0);
    }
}

impl Member {
    /// Keeps the exception that nobody caught, until there is room to tell of it.
    pub(super) fn keep(&self, ctx: &Ctx<'_>) {
        let error = ctx.catch();
        if !self.host.is_out_of_time() {
            self.host.untold.add_error(ctx, error);
            self.host.nudge.nudge();
        }
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
            self.host.report_without_words();
        }
    }

    /// A promise was rejected without a handler, or got one after that.
    pub(super) fn reject<'js>(
        &self,
        ctx: &Ctx<'js>,
        promise: Value<'js>,
        reason: Value<'js>,
        is_handled: bool,
    ) {
        self.host.nudge.nudge();
        // Behind those that wait, as what happened to one promise has its order.
        if self.host.untold.is_empty() {
            let at = if is_handled || reason.is_error() {
                None
            } else {
                line(ctx)
            };
            let told = self
                .entries
                .reject(ctx, promise.clone(), reason.clone(), is_handled, at);
            if told.is_ok() {
                return;
            }
            ctx.catch();
        }
        self.host
            .untold
            .add_rejection(ctx, promise, reason, is_handled);
    }
}

/// Where the script is, for a reason that does not say so by itself.
fn line(ctx: &Ctx<'_>) -> Option<String> {
    let Ok(error) = Exception::from_message(ctx.clone(), "") else {
        ctx.catch();
        return None;
    };
    error.stack()
}
