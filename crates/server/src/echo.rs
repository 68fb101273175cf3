//! `/echo`: every message comes back. Owns nothing but the loop.

use sockeye::{CloseCode, Transport, WebSocket};

use crate::life::Life;

/// Echoes until the client closes or the server stops.
pub(crate) async fn serve<T: Transport>(mut ws: WebSocket<T>, mut life: Life) {
    tokio::select! {
        // The echo first: the other one is only looked at when there is nothing to do.
        biased;
        // Whatever ended the connection was its client's doing, and the client was told.
        _ = echo(&mut ws) => {}
        // Unconstrained: a client that never pauses uses up what the runtime grants a task per
        // turn, and this would then never be ready.
        () = tokio::task::coop::unconstrained(life.draining()) => {
            // A client that does not answer shows in the event, which nobody here wants.
            let _ = ws.close(CloseCode::GOING_AWAY, "the server is going down").await;
        }
    }
}

async fn echo<T: Transport>(ws: &mut WebSocket<T>) -> sockeye::Result<()> {
    while let Some(message) = ws.recv().await? {
        ws.send(message).await?;
    }
    Ok(())
}
