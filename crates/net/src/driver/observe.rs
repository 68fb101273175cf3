//! Showing frames to who looks on. Nothing here runs for a connection that nobody observes, but for
//! one look at whether it has any rare state.

use super::{Core, Rare, Shared};
use crate::keeper;
use crate::observer::{Observed, Observer};
use crate::transport::Transport;

impl<T: Transport> Shared<T> {
    /// From now on shows all frames to `observer`.
    pub(crate) fn observe(&self, observer: Box<dyn Observer>) {
        let mut core = self.lock();
        let queue_len = core.outbox.len();
        let has_deflate = core.connection.has_deflate();
        core.rare().observed = Some(Observed::new(observer, queue_len, has_deflate));
    }
}

impl<T: Transport> Core<T> {
    /// Whether somebody looks on.
    #[inline]
    pub(super) fn is_observed(&self) -> bool {
        self.rare
            .as_ref()
            .is_some_and(|rare| rare.observed.is_some())
    }

    /// Shows what a read brought, before it is unmasked where it lies.
    #[cold]
    pub(super) fn show_received(&mut self, bytes: &[u8]) {
        let is_boundary = self.connection.is_between_messages();
        show(&mut self.rare, |observed| {
            observed.show_received(bytes, is_boundary, keeper::now());
        });
    }

    /// Shows what was queued since the last time.
    #[cold]
    pub(super) fn show_sent(&mut self) {
        let Self { rare, outbox, .. } = self;
        show(rare, |observed| {
            let now = keeper::now();
            for part in outbox.unwritten(observed.shown_len) {
                observed.show_sent(part, now);
            }
        });
    }
}

/// Has `tell` tell who looks on. One that panics is let go, as what it would be told next is not
/// what it knows; the connection, in the middle of a read or a write here, is not to notice.
fn show(rare: &mut Option<Box<Rare>>, tell: impl FnOnce(&mut Observed)) {
    let Some(observed) = rare.as_mut().map(|rare| &mut rare.observed) else {
        return;
    };
    let survived = keeper::survive(|| {
        if let Some(observed) = observed {
            tell(observed);
        }
    });
    if !survived {
        keeper::survive(|| *observed = None);
    }
}

/// So much is left unwritten, and was shown.
#[cold]
pub(super) fn count_shown(rare: &mut Option<Box<Rare>>, unwritten_len: usize) {
    if let Some(observed) = rare.as_mut().and_then(|rare| rare.observed.as_mut()) {
        observed.shown_len = unwritten_len;
    }
}
