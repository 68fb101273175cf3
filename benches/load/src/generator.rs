//! The event loop: many connections, one thread, edge-triggered epoll, no allocation per message.

use std::time::{Duration, Instant};

use rustix::buffer::spare_capacity;
use rustix::event::epoll::{EventData, EventFlags};
use rustix::event::{Timespec, epoll};
use rustix::fd::OwnedFd;

use crate::connection::{Connection, Tally};
use crate::script::Script;
use bench_meter::Histogram;

/// Most replies of a turn fit; stays in the second-level cache.
const BUFFER_LEN: usize = 256 * 1024;

/// The events of one wait.
const EVENTS_MAX: usize = 256;

/// A server that says nothing for so long is broken.
const SILENCE_MAX: Timespec = Timespec {
    tv_sec: 20,
    tv_nsec: 0,
};

/// What a phase did.
#[derive(Debug)]
pub(crate) struct Phase {
    pub(crate) messages: u64,
    pub(crate) elapsed: Duration,
}

/// When a connection whose reply came sends again.
#[derive(Clone, Copy, Debug)]
enum Pace {
    /// At once, until the deadline, in nanoseconds of the phase.
    Closed { deadline: u64 },
    /// Never: the next connection that has not sent yet does.
    Sweep { next: usize },
}

/// All connections and what they share.
pub(crate) struct Generator {
    poller: OwnedFd,
    connections: Vec<Connection>,
    script: Script,
    buffer: Vec<u8>,
    events: Vec<epoll::Event>,
    pub(crate) tally: Tally,
}

impl Generator {
    /// Takes over connections that are ready to send.
    pub(crate) fn new(connections: Vec<Connection>, script: Script) -> Result<Self, String> {
        let poller = watch(&connections).map_err(|error| format!("epoll fails: {error}"))?;
        Ok(Self {
            poller,
            connections,
            script,
            buffer: vec![0; BUFFER_LEN],
            events: Vec::with_capacity(EVENTS_MAX),
            tally: Tally {
                latency: Histogram::new(),
                reply_bytes: 0,
            },
        })
    }

    /// Sends another script from now on.
    pub(crate) fn change_script(&mut self, script: Script) {
        self.script = script;
        for connection in &mut self.connections {
            connection.restart();
        }
    }

    /// Keeps `depth` messages of every connection in flight for `duration`, then waits for all
    /// replies: both ends of a phase are quiet, and its counts are exact.
    pub(crate) fn run(&mut self, depth: usize, duration: Duration) -> Result<Phase, String> {
        let deadline = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        self.phase(depth, self.connections.len(), Pace::Closed { deadline })
    }

    /// Sends one message on every connection, at most `window` at a time.
    pub(crate) fn sweep(&mut self, window: usize) -> Result<Phase, String> {
        let window = window.min(self.connections.len());
        self.phase(1, window, Pace::Sweep { next: window })
    }

    fn phase(&mut self, depth: usize, openers: usize, pace: Pace) -> Result<Phase, String> {
        self.tally.latency.clear();
        self.tally.reply_bytes = 0;
        let begin = Instant::now();
        for connection in &mut self.connections[..openers] {
            connection.send(&self.script, depth, nanoseconds(begin))?;
        }
        let mut pace = pace;
        let mut messages = (openers * depth) as u64;
        let mut in_flight = messages;
        while in_flight > 0 {
            self.wait()?;
            let mut events = std::mem::take(&mut self.events);
            for event in events.drain(..) {
                let (completed, sent) = self.turn(event, begin, &mut pace)?;
                messages += sent;
                in_flight = in_flight + sent - completed;
            }
            self.events = events;
        }
        Ok(Phase {
            messages,
            elapsed: begin.elapsed(),
        })
    }

    fn wait(&mut self) -> Result<(), String> {
        epoll::wait(
            &self.poller,
            spare_capacity(&mut self.events),
            Some(&SILENCE_MAX),
        )
        .map_err(|error| format!("epoll fails: {error}"))?;
        if self.events.is_empty() {
            return Err(format!("no reply came for {} s", SILENCE_MAX.tv_sec));
        }
        Ok(())
    }

    /// Serves one connection; returns how many replies came and how many messages were added.
    fn turn(
        &mut self,
        event: epoll::Event,
        begin: Instant,
        pace: &mut Pace,
    ) -> Result<(u64, u64), String> {
        let index = usize::try_from(event.data.u64()).map_err(|error| error.to_string())?;
        let connection = &mut self.connections[index];
        let now = nanoseconds(begin);
        let flags = event.flags;
        if flags.contains(EventFlags::OUT) {
            connection.write(&self.script)?;
        }
        if !flags.intersects(EventFlags::IN | EventFlags::HUP | EventFlags::ERR) {
            return Ok((0, 0));
        }
        let completed = connection.read(&self.script, &mut self.buffer, now, &mut self.tally)?;
        if completed == 0 {
            return Ok((0, 0));
        }
        let sent = match pace {
            Pace::Closed { deadline } if now < *deadline => {
                connection.send(&self.script, completed, now)?;
                completed
            }
            Pace::Closed { .. } => 0,
            Pace::Sweep { next } => match self.connections.get_mut(*next) {
                Some(connection) => {
                    connection.send(&self.script, 1, now)?;
                    *next += 1;
                    1
                }
                None => 0,
            },
        };
        Ok((completed as u64, sent as u64))
    }
}

fn nanoseconds(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

/// Registers every connection under its index.
fn watch(connections: &[Connection]) -> rustix::io::Result<OwnedFd> {
    let poller = epoll::create(epoll::CreateFlags::CLOEXEC)?;
    let interest = EventFlags::IN | EventFlags::OUT | EventFlags::ET;
    for (index, connection) in connections.iter().enumerate() {
        let key = EventData::new_u64(index as u64);
        epoll::add(&poller, &connection.link, key, interest)?;
    }
    Ok(poller)
}
