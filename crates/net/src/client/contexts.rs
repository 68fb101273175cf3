//! What a client's compression contexts may take (RFC 7692 §7.1.1). Owns the order: the budget is
//! asked before takeover is offered, since what a server agreed to cannot be taken back.

use std::sync::{Arc, LazyLock};

use sockeye_proto::Role;
use sockeye_proto::connection::Config;
use sockeye_proto::deflate::{ContextBudget, ContextPermit};
use sockeye_proto::handshake::{DeflateAgreed, DeflateOffer};
use sockeye_proto::limits::DEFLATE_CONTEXTS_BYTES_MAX;

/// The budget of clients that were given none.
pub(super) fn shared() -> Arc<ContextBudget> {
    static SHARED: LazyLock<Arc<ContextBudget>> =
        LazyLock::new(|| ContextBudget::new(DEFLATE_CONTEXTS_BYTES_MAX));
    Arc::clone(&SHARED)
}

/// `offer`, and the permit for the most that may come of it if it needs one; without takeover where
/// that does not fit into the budget any more.
pub(super) fn afford(
    offer: DeflateOffer,
    config: &Config,
    budget: &Arc<ContextBudget>,
) -> (DeflateOffer, Option<ContextPermit>) {
    let most = config.deflate.context_bytes(Role::Client, offer.largest());
    if most == 0 {
        return (offer, None);
    }
    match budget.try_reserve(most) {
        Some(permit) => (offer, Some(permit)),
        None => (offer.without_takeover(), None),
    }
}

/// What is needed of `permit` for what was agreed on.
pub(super) fn keep(
    permit: Option<ContextPermit>,
    agreed: DeflateAgreed,
    config: &Config,
) -> Option<ContextPermit> {
    let bytes = config.deflate.context_bytes(Role::Client, agreed);
    let mut permit = permit.filter(|_| bytes > 0)?;
    permit.shrink_to(bytes);
    Some(permit)
}
