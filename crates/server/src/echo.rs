//! `/echo`: every message comes back. Owns nothing but the loop.

use std::pin::{Pin, pin};

use sockeye::WebSocket;

use crate::life::Life;
use crate::visit::{Ending, Why};

/// Echoes until the client closes or the server stops.
pub(crate) fn serve(ws: WebSocket, life: Life) -> Pin<Box<dyn Future<Output = Ending> + Send>> {
    Box::pin(echo_until_goodbye(ws, life))
}

async fn echo_until_goodbye(mut ws: WebSocket, mut life: Life) -> Ending {
    let farewell = life.farewell();
    // Unconstrained: a client that never pauses uses up what the runtime grants a task per turn,
    // and this would then never be ready.
    let mut goodbye = pin!(tokio::task::coop::unconstrained(life.goodbye()));
    loop {
        let received = tokio::select! {
            // The echo first: the other one is only looked at when there is nothing to do.
            biased;
            received = ws.recv() => received,
            () = &mut goodbye => break,
        };
        // What was received is answered, also where the server is about to leave.
        let outcome = match received {
            Ok(Some(message)) => ws.send(message).await,
            Ok(None) => return Ending::of(&ws, &Ok(())),
            Err(error) => Err(error),
        };
        if outcome.is_err() {
            return Ending::of(&ws, &outcome);
        }
    }
    // A client that does not answer shows in the event.
    let _ = ws.close(farewell, "the server is going down").await;
    Ending::new(&ws, Why::Drain)
}
