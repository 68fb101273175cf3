//! One conversation: lines out, messages in, until it is closed. Owns the order at the end: the
//! input's end starts the closing handshake, and what comes before the peer's Close is still shown.

use std::io::{self, IsTerminal};
use std::pin::pin;

use sockeye::{CloseCode, CloseEvent, Receiver, Sender, WebSocket};
use tokio::signal::ctrl_c;
use tokio::sync::mpsc;

use super::display::write_message;
use super::input::Line;
use crate::failure::{Failure, chain};
use crate::output::complain;

/// Talks until the connection is closed, and says how it was.
pub(super) async fn talk(
    ws: WebSocket,
    lines: mpsc::Receiver<io::Result<Line>>,
) -> Result<CloseEvent, Failure> {
    let (sender, receiver) = ws.split();
    // At the same time: a server that waits for us to read may not read meanwhile itself.
    let mut receiving = pin!(receive(receiver));
    let mut sending = pin!(send(sender.clone(), lines));
    let mut interrupted = pin!(ctrl_c());
    let mut sent = None;
    let mut interrupts = 0;
    let end = loop {
        tokio::select! {
            end = &mut receiving => break end?,
            result = &mut sending, if sent.is_none() => sent = Some(result),
            _ = &mut interrupted => {
                interrupted.set(ctrl_c());
                interrupts += 1;
                // The one who asks twice does not want to wait for the server.
                if interrupts > 1 {
                    return Err(Failure::Run("interrupted while closing".to_owned()));
                }
                // It is a code that may be sent, and closing twice is no error.
                let _ = sender.close(CloseCode::GOING_AWAY, "");
            }
        }
    };
    // An input that could not be read closed the connection properly, but is a failure.
    sent.unwrap_or(Ok(())).map(|()| end)
}

/// Sends what the lines say, and closes at their end.
async fn send(sender: Sender, mut lines: mpsc::Receiver<io::Result<Line>>) -> Result<(), Failure> {
    let mut result = Ok(());
    while let Some(line) = lines.recv().await {
        let done = match line {
            Ok(Line::Text(text)) => sender.send(text).await,
            Ok(Line::Close(code, reason)) => sender.close(code.map(CloseCode::new), &reason),
            Ok(Line::Wrong(words)) => {
                complain(words);
                Ok(())
            }
            Err(error) => {
                result = Err(Failure::run("cannot read the input", &error));
                break;
            }
        };
        match done {
            // A code that may not be sent, a reason that is too long: the next line may be better.
            Err(error) if error.is_misuse() && !error.is_closed() => {
                complain(chain(&error));
            }
            // Closed or lost: whoever receives finds out how.
            Err(_) => return result,
            Ok(()) => {}
        }
    }
    // It is a code that may be sent, and closing twice is no error.
    let _ = sender.close(CloseCode::NORMAL, "");
    result
}

/// Shows what comes, and says how it ended.
async fn receive(mut receiver: Receiver) -> Result<CloseEvent, Failure> {
    let mut out = io::stdout();
    let prefix = if out.is_terminal() { "< " } else { "" };
    let fail = |error: &dyn std::error::Error| Failure::Run(chain(error));
    while let Some(message) = receiver.recv().await.map_err(|error| fail(&error))? {
        write_message(&mut out, prefix, &message)
            .map_err(|error| Failure::run("cannot write to standard output", &error))?;
    }
    // Without messages to come there is an event; its lack would be no clean close.
    Ok(receiver.close_event().unwrap_or_else(|| CloseEvent {
        code: CloseCode::ABNORMAL,
        reason: Box::default(),
        was_clean: false,
    }))
}
