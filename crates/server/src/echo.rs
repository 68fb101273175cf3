//! `/echo`: every message comes back. Owns nothing but the loop.

use std::pin::{Pin, pin};

use sockeye_hub::Close;

use crate::ending::Ending;
use crate::goodbye::{Goodbye, unless};
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
    let mut over = pin!(async {
        tokio::select! {
            biased;
            goodbye = life.goodbye() => goodbye,
            () = node.expired(caller.expires_at) => Goodbye::from(Close::Expired),
        }
    });
    let goodbye = loop {
        let received = match unless(over.as_mut(), ws.recv()).await {
            Ok(received) => received,
            Err(goodbye) => break goodbye,
        };
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
    goodbye.say(&mut ws).await
}
