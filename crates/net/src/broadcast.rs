//! One message to many connections. Owns what becomes of those that cannot take it. Never waits for
//! any of them.

use sockeye_proto::close::{CloseCode, CloseFrame};
use sockeye_proto::connection::PreparedMessage;

use crate::driver::{Cork, Refused};
use crate::split::Sender;
use crate::transport::Transport;

/// What becomes of a receiver whose queue is over its mark.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum SlowReceiver {
    /// It misses this message and stays connected: for news that the next message replaces.
    Skip,
    /// It misses this message and is closed with this code: for messages that build on each other.
    /// [`CloseCode::TRY_AGAIN_LATER`] tells a client to come back; so does a code that may not be
    /// sent, which becomes that one.
    ///
    /// The Close goes out behind what is queued, within the closing budget; then the connection is
    /// dropped.
    Close(CloseCode),
}

/// What a broadcast came to: each receiver is in one of the counts.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct BroadcastReport {
    /// Receivers for which the message was queued.
    pub sent: usize,
    /// Slow receivers that miss it.
    pub skipped: usize,
    /// Slow receivers that were closed for it.
    pub closed: usize,
    /// Connections that were closing or lost before: [`Sender::is_closed`] tells which.
    pub gone: usize,
}

/// Sends a message to all of `senders`, without waiting for any of them.
///
/// It is framed once and compressed at most once per class of receivers (see [`PreparedMessage`]);
/// from 8 KiB on ([`REFERENCE_LEN_MIN`](crate::limits::REFERENCE_LEN_MIN)) all queues share its
/// bytes. What is queued goes out as soon as the task that broadcasts yields: several broadcasts in
/// a row go out in one write per connection.
///
/// A receiver whose queue is at its high mark or above ([`QueueMarks`](crate::QueueMarks)), and
/// whose kernel takes nothing for now, is slow; `slow` says what becomes of it. So no queue holds
/// more than that and one message.
///
/// ```no_run
/// use sockeye::{PreparedMessage, Sender, SlowReceiver, broadcast};
///
/// fn tell(room: &mut Vec<Sender>, text: &str) {
///     let report = broadcast(&*room, &PreparedMessage::new(text), SlowReceiver::Skip);
///     if report.gone > 0 {
///         room.retain(|member| !member.is_closed());
///     }
/// }
/// ```
pub fn broadcast<'a, T: Transport>(
    senders: impl IntoIterator<Item = &'a Sender<T>>,
    prepared: &PreparedMessage,
    slow: SlowReceiver,
) -> BroadcastReport {
    let mut report = BroadcastReport::default();
    let mut senders = senders.into_iter().peekable();
    while let Some(sender) = senders.next() {
        if let Some(next) = senders.peek() {
            next.prefetch();
        }
        let shared = sender.shared();
        let count = match shared.try_send_prepared(prepared, Cork::Hold) {
            Ok(()) => &mut report.sent,
            Err(Refused::Closed(_)) => &mut report.gone,
            Err(Refused::Full) => match slow {
                SlowReceiver::Skip => &mut report.skipped,
                SlowReceiver::Close(code) => {
                    let frame = CloseFrame::new(Some(code), "")
                        .or_else(|_| CloseFrame::new(Some(CloseCode::TRY_AGAIN_LATER), ""));
                    // It may be closing by now, by whomever: then that is its end.
                    let _ = frame.map(|frame| shared.start_close(frame));
                    &mut report.closed
                }
            },
        };
        *count += 1;
    }
    report
}
