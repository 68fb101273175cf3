//! The contract between a session of a dialect and whoever runs it. Declares only.

use std::fmt;
use std::time::Duration;

use sockeye_hub::{ChannelName, News, Notice};

use crate::act::{Acts, Frame};

/// The time of a call, as data.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
// Complete: a clock that never goes back, and the one that people read.
pub struct Now {
    /// Since any fixed point, the same for all calls; never goes back. The hub's `now`.
    pub elapsed: Duration,
    /// Milliseconds since 1970-01-01 UTC, for what clients are shown. May jump.
    pub unix_ms: u64,
}

/// What one connection says and is told, in its dialect.
///
/// # How it is run
///
/// [`open`](Self::open) once, when the connection is open and the hub knows the session. Then, in
/// any order, [`text`](Self::text) and [`binary`](Self::binary) for each message of the client,
/// [`notice`](Self::notice) for each notice of the hub, and [`tick`](Self::tick) once
/// [`due`](Self::due) has passed. After each call the acts are carried out in their order, and
/// `due` is asked again. After an [`Act::Close`](crate::Act::Close) nothing more is called.
///
/// - Messages longer than [`MESSAGE_LEN_MAX`](crate::limits::MESSAGE_LEN_MAX) may be refused by
///   the connection before they come here; a session copes with any.
/// - Frames that a notice came to go out where the notice stands: after the news before it and
///   before those after it. The fan-out has this order when the frames are given to it in
///   [`Outlet::notice`](sockeye_hub::Outlet::notice). Commands that a notice came to are for after
///   that call.
/// - [`Notice::Subscribed`] may come again at once, with [`Recovery::Lost`](sockeye_hub::Recovery)
///   in place of its replay: the frames of the first were more than the session may be owed, and
///   were not sent. Its commands count.
/// - Live publications do not come here: they are encoded once for all, by [`Encode`].
/// - No call blocks, fails or panics, whatever the client says.
pub trait Session: fmt::Debug + Send {
    /// The connection is open.
    fn open(&mut self, now: Now, acts: &mut Acts);

    /// The client sent a text message.
    fn text(&mut self, now: Now, text: &str, acts: &mut Acts);

    /// The client sent a binary message.
    fn binary(&mut self, now: Now, bytes: &[u8], acts: &mut Acts);

    /// The hub says something.
    fn notice(&mut self, now: Now, notice: &Notice, acts: &mut Acts);

    /// When to call [`tick`](Self::tick), by the clock of [`Now::elapsed`]; `None`: not until
    /// something else happens.
    fn due(&self) -> Option<Duration>;

    /// Does what is due.
    fn tick(&mut self, now: Now, acts: &mut Acts);

    /// Whether something that the client said is kept here until the hub or [`due`](Self::due) lets
    /// it be carried out, though the client says nothing more. Commands that wait for their answer
    /// do not count.
    fn is_waiting(&self) -> bool {
        false
    }
}

/// How news of channels become messages: one encoding for all receivers of the same
/// [`Variant`](sockeye_hub::Variant), so it may depend on nothing but its arguments.
pub trait Encode {
    /// The message that subscribers get; `None` if there is nothing to say. News that are no
    /// publications have no time of their own: they are told with that of the call.
    fn encode(&self, now: Now, channel: &ChannelName, news: &News) -> Option<Frame>;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// If this fails, a server cannot keep sessions of several dialects beside each other, or move
    /// one to the thread of its connection.
    #[test]
    fn sessions_are_objects_that_threads_may_hand_over() {
        fn is_send<T: Send + ?Sized>() {}
        is_send::<dyn Session>();
        is_send::<Box<dyn Session>>();
        let _: Option<&dyn Encode> = None;
    }
}
