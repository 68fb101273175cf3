//! The task that sends what the line holds. Owns how many messages go out together. Reads nothing.

use std::future::poll_fn;

use sockeye_proto::message::Message;

use super::super::machine::Command;
use super::line::Line;
use crate::error::Result;
use crate::limits::WEB_BATCH_LEN_MAX;
use crate::split::Sender;

/// Sends until the Close, or the end. What fails here shows to who receives.
pub(super) async fn write(line: Line, sender: Sender) {
    while let Some(command) = poll_fn(|cx| line.poll_next(cx)).await {
        let is_sent = match command {
            Command::Send(message) => send(&line, &sender, message).await.is_ok(),
            Command::StartClosing { code, reason } => {
                // The machine checked both.
                let _ = sender.close(code, &reason);
                false
            }
            Command::Connect(_) | Command::Drop => false,
        };
        if !is_sent {
            return;
        }
    }
}

/// Sends a message, with small ones that follow it, and waits until the kernel has them.
async fn send(line: &Line, sender: &Sender, message: Message) -> Result<()> {
    let is_large = message.payload().len() > WEB_BATCH_LEN_MAX;
    sender.feed(message).await?;
    if is_large {
        line.is_queued(sender.buffered_amount());
    }
    while let Some(message) = line.next_small(WEB_BATCH_LEN_MAX) {
        sender.feed(message).await?;
    }
    sender.flush().await?;
    line.is_written();
    Ok(())
}
