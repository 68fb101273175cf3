//! A worker thread: one runtime, and the connections that it was given. Owns the rule that a
//! connection never moves to another thread. What is done with one is not its business.

use std::io;
use std::thread::JoinHandle;

use tokio::sync::mpsc;

use crate::limits::HANDOVER_MAX;
use crate::slots::Opening;
use crate::socket::{Arrival, Parcel};

/// A connection on its way to its thread.
#[derive(Debug)]
struct Handover {
    parcel: Parcel,
    opening: Opening,
}

/// The acceptor's end of a worker thread. Without it the thread ends, and its connections with it.
#[derive(Debug)]
pub struct Worker {
    handovers: mpsc::Sender<Handover>,
    thread: JoinHandle<()>,
}

impl Worker {
    /// Starts a thread that calls `serve`, which is to spawn a task, for each connection.
    ///
    /// # Errors
    /// If the system grants no thread or no runtime.
    pub fn start(
        name: String,
        serve: impl Fn(Arrival, Opening) + Send + 'static,
    ) -> io::Result<Self> {
        Self::start_with(name, std::future::pending(), serve)
    }

    /// Starts one that runs `background` beside, for as long as there is a thread.
    ///
    /// # Errors
    /// As for [`start`](Self::start).
    pub fn start_with(
        name: String,
        background: impl Future<Output = ()> + Send + 'static,
        serve: impl Fn(Arrival, Opening) + Send + 'static,
    ) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (handovers, incoming) = mpsc::channel(HANDOVER_MAX);
        let thread = std::thread::Builder::new().name(name).spawn(move || {
            runtime.spawn(background);
            runtime.block_on(work(incoming, serve));
        })?;
        Ok(Self { handovers, thread })
    }

    /// Gives the thread a connection.
    ///
    /// # Errors
    /// If the thread ended.
    ///
    /// # Cancel safety
    /// A dropped future closes the connection, unless the thread has it.
    pub async fn hand_over(&self, arrival: Arrival, opening: Opening) -> io::Result<()> {
        let parcel = arrival.pack()?;
        let handover = Handover { parcel, opening };
        let ended = |_| io::Error::other("a worker thread ended");
        self.handovers.send(handover).await.map_err(ended)
    }

    /// Ends what is left, and the thread.
    ///
    /// # Errors
    /// If the thread panicked.
    pub fn stop(self) -> io::Result<()> {
        drop(self.handovers);
        // It only waits for sockets, so it is there at once.
        let ended = self.thread.join();
        ended.map_err(|_| io::Error::other("a worker thread panicked"))
    }
}

/// The thread's main task. A connection that panics takes its own task with it and nothing else.
async fn work(mut incoming: mpsc::Receiver<Handover>, serve: impl Fn(Arrival, Opening)) {
    while let Some(Handover { parcel, opening }) = incoming.recv().await {
        // Without an entry in this thread's poller there is nothing to be done for a connection.
        if let Ok(arrival) = parcel.unpack() {
            serve(arrival, opening);
        }
    }
}
