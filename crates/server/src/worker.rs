//! A worker thread: one runtime, and the connections that it was given. Owns the rule that a
//! connection never moves to another thread.

use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;

use tokio::net::TcpStream;
use tokio::sync::mpsc;

use crate::connection::{self, Site};
use crate::life::{Life, Lifeline};
use crate::limits::HANDOVER_MAX;
use crate::slots::Slot;

/// A connection on its way to its thread.
#[derive(Debug)]
struct Handover {
    stream: std::net::TcpStream,
    slot: Slot,
}

/// The acceptor's end of a worker thread.
#[derive(Debug)]
pub(crate) struct Worker {
    handovers: mpsc::Sender<Handover>,
    lifeline: Lifeline,
    thread: JoinHandle<()>,
}

impl Worker {
    /// Starts a thread that serves `site`.
    pub(crate) fn start(name: String, site: Arc<Site>) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (handovers, incoming) = mpsc::channel(HANDOVER_MAX);
        let (lifeline, life) = Lifeline::new();
        let thread = std::thread::Builder::new()
            .name(name)
            .spawn(move || runtime.block_on(work(incoming, site, life)))?;
        Ok(Self {
            handovers,
            lifeline,
            thread,
        })
    }

    /// Gives the thread a connection.
    pub(crate) async fn hand_over(&self, stream: TcpStream, slot: Slot) -> io::Result<()> {
        let stream = stream.into_std()?;
        let handover = Handover { stream, slot };
        let ended = |_| io::Error::other("a worker thread ended");
        self.handovers.send(handover).await.map_err(ended)
    }

    /// Asks its connections to say goodbye.
    pub(crate) fn drain(&self) {
        self.lifeline.drain();
    }

    /// Ends what is left, and the thread.
    pub(crate) fn stop(self) -> io::Result<()> {
        self.lifeline.stop();
        // It only waits for sockets, so it is there at once.
        let ended = self.thread.join();
        ended.map_err(|_| io::Error::other("a worker thread panicked"))
    }
}

/// The thread's main task. A connection that panics takes its own task with it and nothing else.
async fn work(mut incoming: mpsc::Receiver<Handover>, site: Arc<Site>, mut life: Life) {
    loop {
        let handover = tokio::select! {
            handover = incoming.recv() => handover,
            () = life.stopped() => None,
        };
        let Some(Handover { stream, slot }) = handover else {
            return;
        };
        // Without an entry in this thread's poller there is nothing to be done for a connection.
        if let Ok(stream) = TcpStream::from_std(stream) {
            // Without it small answers would wait for the client's acknowledgements.
            let _ = stream.set_nodelay(true);
            let site = Arc::clone(&site);
            tokio::spawn(connection::serve(stream, site, life.clone(), slot));
        }
    }
}
