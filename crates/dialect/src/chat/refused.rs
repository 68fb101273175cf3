//! What a session is closed with that was refused what it cannot do without. Owns the choice of the
//! code, which says whether to come back, and that the reason says which bound it was.

use sockeye_hub::{Refusal, Refused};

use crate::act::Close;

/// The hub's close for a refusal, with what is known of it.
pub(super) fn close_for(refused: &Refused) -> Close {
    let close = code_for(refused.refusal);
    let told = refused.to_string();
    // The same words twice say no more.
    let rest = told.strip_prefix(close.reason());
    let detail = rest.map_or(&*told, |rest| rest.trim_start_matches(": "));
    Close::hub(close, detail)
}

fn code_for(refusal: Refusal) -> sockeye_hub::Close {
    match refusal {
        Refusal::TooManyRequests | Refusal::TooMuch => sockeye_hub::Close::TooManyRequests,
        Refusal::Unavailable => sockeye_hub::Close::Reconnect,
        Refusal::Denied => sockeye_hub::Close::Disconnected,
        Refusal::Limit => sockeye_hub::Close::Limit,
        _ => sockeye_hub::Close::BadRequest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sockeye_hub::{Limit, Operation};

    /// If this fails, a client that may come back stays away, or one that may not comes back.
    #[test]
    fn temporary_refusals_say_to_come_back() {
        for refusal in Refusal::ALL {
            assert_eq!(
                code_for(refusal).is_reconnect(),
                refusal.is_temporary(),
                "{refusal}"
            );
        }
    }

    /// If this fails, who is closed does not learn which bound it was, or that it was one.
    #[test]
    fn closes_say_what_was_refused_and_which_bound_it_was() {
        let told = |refused: Refused| close_for(&refused).to_string();
        for (refused, expected) in [
            (
                Limit::KnownChannels.at(7).into(),
                "3505 limit exceeded: at most 7 channels in all",
            ),
            (
                Limit::PublishRate.at(7).into(),
                "3013 too many requests: at most 7 publications of one session in a second",
            ),
            (
                Limit::Pending.at(7).into(),
                "3013 too many requests: too much under way: at most 7 commands that wait for an \
                 answer",
            ),
            (
                Operation::Publish.into(),
                "3503 disconnected by the server: permission denied: publish",
            ),
            (Refusal::BadRequest.into(), "3501 bad request"),
            (
                Refusal::Subscribed.into(),
                "3501 bad request: already subscribed",
            ),
        ] {
            assert_eq!(told(refused), expected);
        }
    }
}
