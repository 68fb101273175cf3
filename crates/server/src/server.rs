//! The server as a whole: where it listens, the worker threads, and how they end. Owns the order of
//! stopping.

mod places;
mod watch;

use std::io;
use std::sync::Arc;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use crate::accept::Door;
use crate::auth::Auth;
use crate::chat::terms;
use crate::connection;
use crate::engine;
use crate::faults::Faults;
use crate::life::Lifeline;
use crate::limits;
use crate::listener::{Listener, Place};
use crate::node::{Hub, Node};
use crate::options::{Drain, Listen, Options};
use crate::post::Post;
use crate::routes::ROUTES;
use crate::settings::LateFault;
use crate::site::Site;
use crate::slots::Slots;
use crate::stats::Stats;
use crate::worker::Worker;
use watch::Watch;

/// A server that listens.
#[derive(Debug)]
pub struct Server {
    options: Options,
    listeners: Vec<Listener>,
    places: Vec<Place>,
    slots: Slots,
    lifelines: Vec<Lifeline>,
    workers: Vec<Worker>,
    /// Where the numbers are read, if they have a place of their own.
    metrics: Option<Watch>,
    auth: Option<Arc<Auth>>,
    hub: Hub,
}

/// Reads files again that a server was started with.
#[derive(Clone, Debug)]
pub struct Reloader {
    auth: Option<Arc<Auth>>,
}

impl Reloader {
    /// Reads the keys of tokens again, for requests that come from now on; whether there are any.
    ///
    /// # Errors
    /// If they cannot be read, or are not good enough; then nothing changes.
    pub fn reload(&self) -> io::Result<bool> {
        let reloaded = self.auth.as_ref().map(|auth| auth.reload());
        reloaded.transpose().map(|reloaded| reloaded.is_some())
    }
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
    /// If a place cannot be listened at, a file that the options name is not what it should be, or
    /// a thread cannot be started.
    ///
    /// # Cancel safety
    /// Safe: a dropped future listens on nothing.
    pub async fn bind(mut options: Options) -> io::Result<Self> {
        let mut listeners = Vec::new();
        for (number, listen) in options.listen.iter().enumerate() {
            let wrong = |error: io::Error| {
                let fault = cannot_listen("listen", listen, &error);
                fault.of_item(number).error(error.kind())
            };
            listeners.push(Listener::bind(listen).await.map_err(wrong)?);
        }
        let places: Vec<Place> = listeners.iter().map(|one| one.place().clone()).collect();
        // With the ports that were given, by which its cookie is told from others'.
        options.listen = places.iter().map(|place| place.listen().clone()).collect();
        let connections_max = options.limits.connections_max;
        let slots = Slots::new(connections_max, connections_max);
        let stats = Arc::new(Stats::new(slots.clone(), connections_max));
        let site = Site::new(&options, ROUTES, Arc::clone(&stats)).map_err(Faults::first)?;
        let site = Arc::new(site);
        let auth = site.auth.clone();
        let hub = hub(&options)?;
        let (mut lifelines, workers) = start_workers(&options, &site, &hub)?;
        let metrics = match &options.metrics.listen {
            Some(listen) => {
                let (lifeline, watch) = Watch::bind(listen, &options, &stats, &hub).await?;
                lifelines.push(lifeline);
                Some(watch)
            }
            None => None,
        };
        Ok(Self {
            options,
            listeners,
            places,
            slots,
            lifelines,
            workers,
            metrics,
            auth,
            hub,
        })
    }

    /// Whether a server would start with these options, as far as that can be said without
    /// listening: whether the files that they name are what they should be, and Unix sockets can
    /// be at their paths.
    ///
    /// # Errors
    /// For each that is not, or cannot, with its name: all that is wrong, not the first only.
    pub fn check(options: &Options) -> Result<(), Vec<io::Error>> {
        let mut faults = Faults::default();
        faults.take(places::check(options));
        let stats = Arc::new(Stats::new(Slots::new(1, 1), 1));
        faults.take(Site::new(options, ROUTES, stats));
        faults.none().map_err(Faults::into_errors)
    }

    /// Where it listens, in the order of the options.
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// Where the numbers are read, if they have a place of their own.
    pub fn metrics_place(&self) -> Option<&Place> {
        self.metrics.as_ref().map(Watch::place)
    }

    /// What reads its files again.
    pub fn reloader(&self) -> Reloader {
        Reloader {
            auth: self.auth.clone(),
        }
    }

    /// Serves until `stop` is ready. Then it is ready for nobody new, waits as long as load
    /// balancers may need to see that, closes WebSockets one after the other, lets responses go
    /// out, and cuts off what is left after the time for that. Where `at_once` is ready it does
    /// not wait any longer.
    ///
    /// # Errors
    /// If a thread ended by itself.
    ///
    /// # Cancel safety
    /// A dropped future cuts off all connections.
    pub async fn run(
        self,
        stop: impl Future<Output = ()>,
        at_once: impl Future<Output = ()>,
    ) -> io::Result<Drained> {
        let slots = self.slots;
        let crew = Arc::new(self.workers);
        let mut doors = JoinSet::new();
        for listener in self.listeners {
            let door = Door::new(listener, slots.clone(), report);
            doors.spawn(hand_out(door, Arc::clone(&crew)));
        }
        let mut watching = JoinSet::new();
        watching.spawn(self.hub.tend());
        if let Some(watch) = self.metrics {
            watching.spawn(watch.serve());
        }
        tokio::select! {
            () = stop => {}
            Some(ended) = doors.join_next() => {
                return Err(ended.unwrap_or_else(io::Error::other));
            }
        }
        tokio::select! {
            () = drain(&self.options.drain, &self.lifelines, &slots, &mut doors) => {}
            () = at_once => tracing::warn!("told to end at once"),
        }
        doors.shutdown().await;
        let cut_off = slots.used();
        let workers = Arc::into_inner(crew).unwrap_or_default();
        workers.into_iter().try_for_each(Worker::stop)?;
        Ok(Drained { cut_off })
    }
}

/// The order of stopping. Newcomers are let in to its end: they are told to go elsewhere, which is
/// more than a connection that is refused says.
async fn drain(
    drain: &Drain,
    lifelines: &[Lifeline],
    slots: &Slots,
    doors: &mut JoinSet<io::Error>,
) {
    lifelines.iter().for_each(Lifeline::refuse);
    tracing::info!(open = slots.open(), "draining: not ready any more");
    sleep(drain.delay).await;
    let spread = drain.spread.min(limits::DRAIN_PACE * slots.open());
    for lifeline in lifelines {
        lifeline.leave(spread);
    }
    let (start, time) = (Instant::now(), spread.saturating_add(drain.timeout));
    // In time or not, what comes next is the same, and what is left is counted.
    let _ = timeout(time, slots.wait_until_none_open()).await;
    doors.shutdown().await;
    lifelines.iter().for_each(Lifeline::close);
    let left = time.saturating_sub(start.elapsed());
    let _ = timeout(left, slots.wait_until_unused()).await;
}

/// That one cannot listen there, where `setting` says.
fn cannot_listen(setting: &'static str, listen: &Listen, error: &io::Error) -> LateFault {
    LateFault::new(setting, format!("cannot listen on {listen}: {error}"))
}

fn hub(options: &Options) -> io::Result<Hub> {
    let engine = engine::open(&options.engine.url, &terms::engine(&options.hub));
    let engine = engine.map_err(io::Error::other)?;
    let threads = options.threads.count().get();
    Ok(Hub::new(threads, engine, terms::terms(options), options))
}

fn start_workers(
    options: &Options,
    site: &Arc<Site>,
    hub: &Hub,
) -> io::Result<(Vec<Lifeline>, Vec<Worker>)> {
    (0..hub.threads())
        .map(|number| {
            let (lifeline, life) = Lifeline::new(options.drain.close_code.code());
            let id = u16::try_from(number).map_err(io::Error::other)?;
            let post = Post::new(life, Node::new(hub, id, site.stats.thread()));
            let worker = start_worker(format!("serve-{number}"), Arc::clone(site), post)?;
            Ok((lifeline, worker))
        })
        .collect()
}

/// Gives each worker the same number of connections; what ended it.
async fn hand_out(mut door: Door, workers: Arc<Vec<Worker>>) -> io::Error {
    for worker in workers.iter().cycle() {
        let (arrival, opening) = door.next().await;
        if let Err(error) = worker.hand_over(arrival, opening).await {
            return error;
        }
    }
    io::Error::other("there is no worker thread")
}

fn start_worker(name: String, site: Arc<Site>, post: Post) -> io::Result<Worker> {
    let node = Arc::clone(&post.node);
    Worker::start_with(name, node.run(), move |arrival, opening| {
        tokio::spawn(connection::serve(
            arrival,
            Arc::clone(&site),
            post.clone(),
            opening,
        ));
    })
}

fn report(error: &io::Error) {
    tracing::warn!(%error, "cannot accept connections, trying on");
}

#[cfg(test)]
mod tests;
