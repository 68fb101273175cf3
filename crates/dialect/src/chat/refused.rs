//! What a session is closed with that was refused what it cannot do without. Owns the choice of the
//! code, which says whether to come back.

use sockeye_hub::{Close, Refusal};

/// The hub's close for a refusal.
pub(super) fn close_for(refusal: Refusal) -> Close {
    match refusal {
        Refusal::TooManyRequests | Refusal::TooMuch => Close::TooManyRequests,
        Refusal::Unavailable => Close::Reconnect,
        Refusal::Denied => Close::Disconnected,
        _ => Close::BadRequest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// If this fails, a client that may come back stays away, or one that may not comes back.
    #[test]
    fn temporary_refusals_say_to_come_back() {
        for refusal in Refusal::ALL {
            assert_eq!(
                close_for(refusal).is_reconnect(),
                refusal.is_temporary(),
                "{refusal}"
            );
        }
        assert_eq!(close_for(Refusal::Denied), Close::Disconnected);
        assert_eq!(close_for(Refusal::TooMuch), Close::TooManyRequests);
    }
}
