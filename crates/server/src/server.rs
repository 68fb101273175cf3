//! The server as a whole: the listening socket, the worker threads, and how they end. Owns the
//! order of stopping.

use std::io;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use sockeye::{Acceptor, Config, DeflatePolicy, Origins, ServerTls};
use tokio::net::TcpListener;

use crate::accept::Door;
use crate::connection::{self, Site};
use crate::life::{Life, Lifeline};
use crate::limits;
use crate::routes::ROUTES;
use crate::slots::Slots;
use crate::worker::Worker;

/// What a server can be told.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// Where to listen. Default `127.0.0.1:8080`; port 0 takes any that is free.
    pub listen: SocketAddr,
    /// Worker threads. Default: one for each core that this process may use.
    pub threads: NonZeroUsize,
    /// What makes it speak TLS. Default: plain.
    pub tls: Option<ServerTls>,
    /// Default [`limits::CONNECTIONS_MAX`].
    pub connections_max: u32,
    /// Default [`limits::HEAD_TIMEOUT`].
    pub head_timeout: Duration,
    /// Default [`limits::HTTP_TIMEOUT`].
    pub http_timeout: Duration,
    /// Default [`limits::DRAIN_TIMEOUT`].
    pub drain_timeout: Duration,
    /// Told when the system refuses to accept connections, at most once in
    /// [`limits::REPORT_PAUSE`]. The server goes on trying. Default: nobody.
    pub report_accept_error: fn(&io::Error),
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            threads: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
            tls: None,
            connections_max: limits::CONNECTIONS_MAX,
            head_timeout: limits::HEAD_TIMEOUT,
            http_timeout: limits::HTTP_TIMEOUT,
            drain_timeout: limits::DRAIN_TIMEOUT,
            report_accept_error: |_| {},
        }
    }
}

/// A server that listens.
#[derive(Debug)]
pub struct Server {
    options: Options,
    listener: TcpListener,
    local_addr: SocketAddr,
    lifelines: Vec<Lifeline>,
    workers: Vec<Worker>,
}

/// How a server ended that was told to stop.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Drained {
    /// Connections that did not end in time, and were cut off.
    pub cut_off: u32,
}

impl Server {
    /// Listens, and starts the worker threads, so that what can fail has failed before anybody is
    /// told. Connections that come before [`run`](Self::run) wait in the kernel's queue.
    ///
    /// # Errors
    /// If the address cannot be listened on, or a thread cannot be started.
    ///
    /// # Cancel safety
    /// Safe: a dropped future listens on nothing.
    pub async fn bind(options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind(options.listen).await?;
        let local_addr = listener.local_addr()?;
        let (lifelines, workers) = start_workers(&options)?;
        Ok(Self {
            options,
            listener,
            local_addr,
            lifelines,
            workers,
        })
    }

    /// Where it listens.
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// Serves until `stop` is ready. Then it listens no more, closes WebSockets with 1001, lets
    /// responses go out, and cuts off what is left after the time for that.
    ///
    /// # Errors
    /// If a thread ended by itself.
    ///
    /// # Cancel safety
    /// A dropped future cuts off all connections.
    pub async fn run(self, stop: impl Future<Output = ()>) -> io::Result<Drained> {
        let connections_max = self.options.connections_max;
        let slots = Slots::new(connections_max, connections_max);
        let report = self.options.report_accept_error;
        let mut door = Door::new(self.listener, slots.clone(), report);
        tokio::select! {
            () = stop => {}
            ended = hand_out(&mut door, &self.workers) => ended?,
        }
        drop(door);
        self.lifelines.iter().for_each(Lifeline::drain);
        let cut_off = slots.drain(self.options.drain_timeout).await;
        self.workers.into_iter().try_for_each(Worker::stop)?;
        Ok(Drained { cut_off })
    }
}

fn start_workers(options: &Options) -> io::Result<(Vec<Lifeline>, Vec<Worker>)> {
    let mut config = Config::default();
    config.close_timeout = limits::CLOSE_TIMEOUT;
    let acceptor = Acceptor::default()
        // The echo knows nothing about whoever talks to it.
        .origins(Origins::any())
        .any_protocol()
        .config(Arc::new(config))
        .deflate(Some(DeflatePolicy::no_takeover()));
    let site = Arc::new(Site::new(
        ROUTES,
        options.tls.clone(),
        acceptor,
        options.head_timeout,
        options.http_timeout,
    ));
    (0..options.threads.get())
        .map(|number| {
            let (lifeline, life) = Lifeline::new();
            let worker = start_worker(format!("serve-{number}"), Arc::clone(&site), life)?;
            Ok((lifeline, worker))
        })
        .collect()
}

/// Gives each worker the same number of connections.
async fn hand_out(door: &mut Door, workers: &[Worker]) -> io::Result<()> {
    for worker in workers.iter().cycle() {
        let (stream, opening) = door.next().await;
        worker.hand_over(stream, opening).await?;
    }
    Ok(())
}

fn start_worker(name: String, site: Arc<Site>, life: Life) -> io::Result<Worker> {
    Worker::start(name, move |stream, opening| {
        // Without it small answers would wait for the client's acknowledgements.
        let _ = stream.set_nodelay(true);
        let site = Arc::clone(&site);
        tokio::spawn(connection::serve(stream, site, life.clone(), opening));
    })
}
