//! How a server is asked to stop, and what is said of connections that did not. Owns the signals
//! that mean it; what stopping is belongs to who serves.

use std::io;

use crate::output::complain;

/// Ready when the process is asked to stop.
#[cfg(unix)]
pub(crate) fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Ready when the process is asked to stop.
#[cfg(not(unix))]
pub(crate) fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        // Without the signal there is nothing that could ask.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}

/// Tells of connections that did not close in the time that they had.
pub(crate) fn tell_cut_off(count: u32) {
    if count > 0 {
        complain(format_args!("{count} connections did not close in time"));
    }
}
