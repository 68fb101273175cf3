//! The place where the numbers are read. Owns that it answers also while the workers are busy, and
//! while the server drains.

use std::io;
use std::sync::Arc;

use tokio::task::JoinSet;

use super::{cannot_listen, report};
use crate::accept::Door;
use crate::connection;
use crate::faults::Faults;
use crate::life::Lifeline;
use crate::limits;
use crate::listener::{Listener, Place};
use crate::node::{Hub, Node};
use crate::options::{Listen, Options};
use crate::post::Post;
use crate::routes::METRICS_ROUTES;
use crate::site::Site;
use crate::slots::Slots;
use crate::stats::{Counters, Stats};

/// The place where the numbers are read, served by the main thread.
#[derive(Debug)]
pub(super) struct Watch {
    listener: Listener,
    site: Arc<Site>,
    post: Post,
}

impl Watch {
    /// Listens there, as part of a server with these options.
    pub(super) async fn bind(
        listen: &Listen,
        options: &Options,
        stats: &Arc<Stats>,
        hub: &Hub,
    ) -> io::Result<(Lifeline, Self)> {
        let wrong =
            |error: io::Error| cannot_listen("metrics.listen", listen, &error).error(error.kind());
        let listener = Listener::bind(listen).await.map_err(wrong)?;
        let site = Site::of_metrics(options, METRICS_ROUTES, Arc::clone(stats));
        let site = site.map_err(Faults::first)?;
        let (lifeline, life) = Lifeline::new(options.drain.close_code.code());
        let watch = Self {
            listener,
            site: Arc::new(site),
            // Who reads the numbers is not in them, and talks to nobody: this node never runs.
            post: Post::new(life, Node::new(hub, 0, Arc::new(Counters::new()))),
        };
        Ok((lifeline, watch))
    }

    pub(super) fn place(&self) -> &Place {
        self.listener.place()
    }

    /// Never ready: it answers until it is dropped, also while the server drains.
    pub(super) async fn serve(self) {
        const ROOM: u32 = limits::METRICS_CONNECTIONS_MAX;
        let mut door = Door::new(self.listener, Slots::new(ROOM, ROOM), report);
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                (arrival, opening) = door.next() => {
                    let (site, post) = (Arc::clone(&self.site), self.post.clone());
                    connections.spawn(connection::serve(arrival, site, post, opening));
                }
                // What ended is let go of.
                Some(_) = connections.join_next() => {}
            }
        }
    }
}
