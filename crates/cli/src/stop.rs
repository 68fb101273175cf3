//! The signals that end a server: the first asks, the second insists. Owns the count, and what is
//! said of connections that did not end in time; what stopping is belongs to who serves.

use std::io;

use tokio::sync::watch;

use crate::counted::counted;

/// How often the process was asked to stop.
#[derive(Debug)]
pub(crate) struct Stops(watch::Receiver<u32>);

impl Stops {
    /// Counts from now on.
    pub(crate) fn listen() -> io::Result<Self> {
        let (sender, receiver) = watch::channel(0);
        let mut requests = Requests::new()?;
        tokio::spawn(async move {
            while requests.next().await.is_some() {
                sender.send_modify(|count| *count += 1);
            }
            // Nothing can ask any more, and whoever waits goes on waiting.
            std::future::pending::<()>().await;
        });
        Ok(Self(receiver))
    }

    /// Waits until the process was asked to stop, `count` times in all.
    pub(crate) fn times(&self, count: u32) -> impl Future<Output = ()> + use<> {
        let mut stops = self.0.clone();
        async move {
            // It does not end before the runtime does.
            let _ = stops.wait_for(|seen| *seen >= count).await;
        }
    }
}

/// SIGINT and SIGTERM.
#[cfg(unix)]
struct Requests {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Requests {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) -> Option<()> {
        tokio::select! {
            asked = self.interrupt.recv() => asked,
            asked = self.terminate.recv() => asked,
        }
    }
}

/// Ctrl-C.
#[cfg(not(unix))]
struct Requests;

#[cfg(not(unix))]
impl Requests {
    fn new() -> io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> Option<()> {
        tokio::signal::ctrl_c().await.ok()
    }
}

/// What is said of connections that did not close in the time that they had, if there are any.
pub(crate) fn cut_off(count: u32) -> Option<String> {
    let forms = (
        "connection did not close in time",
        "connections did not close in time",
    );
    (count > 0).then(|| counted(count.into(), forms))
}
