//! The runtime of a thread that serves or talks. Owns that all of them are of one kind: each thread
//! drives its own tasks.

use tokio::runtime::{Builder, Runtime};

use crate::failure::Failure;

/// Makes one, for this thread.
pub(crate) fn runtime() -> Result<Runtime, Failure> {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| Failure::run("cannot start", &error))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::net::TcpListener;
    use tokio::time::timeout;

    use super::*;

    /// If this fails, a verb panics at its first socket or at its first timer.
    #[test]
    fn runtime_has_sockets_and_timers() {
        let taken = runtime().unwrap().block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            timeout(Duration::ZERO, listener.accept()).await
        });
        assert!(taken.is_err(), "nobody came");
    }
}
