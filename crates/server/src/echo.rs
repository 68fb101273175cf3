//! `/echo`: every message comes back. Owns nothing but the loop.

use std::pin::{Pin, pin};

use sockeye::CloseCode;

use crate::ending::{Ending, Why};
use crate::life::say_goodbye;
use crate::visit::Visit;

/// Echoes until the client closes, its token runs out or the server stops.
pub(crate) fn serve(visit: Visit) -> Pin<Box<dyn Future<Output = Ending> + Send>> {
    Box::pin(echo_until_goodbye(visit))
}

async fn echo_until_goodbye(visit: Visit) -> Ending {
    let Visit {
        mut ws,
        mut life,
        counters,
        caller,
        node,
        ..
    } = visit;
    let farewell = life.farewell();
    let mut over = pin!(async {
        tokio::select! {
            biased;
            () = life.goodbye() => Why::Drain,
            () = node.expired(caller.expires_at) => Why::Expired,
        }
    });
    let why = loop {
        let received = tokio::select! {
            // The echo first: the other one is only looked at when there is nothing to do.
            biased;
            received = ws.recv() => received,
            why = &mut over => break why,
        };
        // What was received is answered, also where the server is about to leave.
        let outcome = match received {
            Ok(Some(message)) => {
                let len = message.payload().len();
                counters.received(len);
                let sent = ws.send(message).await;
                match sent {
                    Ok(()) => {
                        counters.sent(len);
                        Ok(())
                    }
                    // Closing, it gives back nothing more, and receives to the end.
                    Err(error) if error.is_closed() => Ok(()),
                    Err(error) => Err(error),
                }
            }
            Ok(None) => return Ending::of(&ws, &Ok(())),
            Err(error) => Err(error),
        };
        if outcome.is_err() {
            return Ending::of(&ws, &outcome);
        }
    };
    if why == Why::Expired {
        let close = sockeye_hub::Close::Expired;
        let _ = ws
            .close(CloseCode::from(close.code()), close.reason())
            .await;
    } else {
        say_goodbye(&mut ws, farewell).await;
    }
    Ending::new(&ws, why)
}
