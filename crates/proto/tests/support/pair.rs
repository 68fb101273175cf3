//! Two endpoints on a link, in virtual time: bytes travel in pieces of seeded length, each side
//! does its driver's chores, TCP ends as the two ask for it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sockeye_proto::Role;
use sockeye_proto::connection::Config;
use sockeye_proto::deflate::ContextTakeover;
use sockeye_proto::fault::{Fault, Timeout};

use super::dice::Dice;
use super::endpoint::{Endpoint, Reading, Seen};
use super::frames::{self, Frame};

/// A client and a server.
pub(crate) struct Pair {
    pub(crate) client: Side,
    pub(crate) server: Side,
    pub(crate) now: Instant,
    chunk_lens: Dice,
}

/// One of them, and the half of the link that leads away from it.
pub(crate) struct Side {
    pub(crate) end: Endpoint,
    /// All that it ever wrote.
    pub(crate) wire: Vec<u8>,
    /// How much of that arrived.
    arrived_len: usize,
    /// It ended its half of TCP.
    pub(crate) shut: bool,
    /// What `handle_eof` answered, once the other side's end arrived here.
    pub(crate) eof: Option<bool>,
    /// Whether what it writes gets lost from now on, without TCP noticing.
    pub(crate) muted: bool,
}

impl Pair {
    pub(crate) fn new(seed: u64) -> Self {
        Self::with_config(seed, &Arc::default(), Reading::Buffered)
    }

    pub(crate) fn with_config(seed: u64, config: &Arc<Config>, reading: Reading) -> Self {
        let now = Instant::now();
        Self {
            client: Side::new(Endpoint::new(Role::Client, config, reading, now)),
            server: Side::new(Endpoint::new(Role::Server, config, reading, now)),
            now,
            chunk_lens: Dice(seed),
        }
    }

    /// The same with permessage-deflate.
    pub(crate) fn with_deflate(self, takeover: ContextTakeover) -> Self {
        let deflated = |side: Side| Side::new(side.end.with_deflate(takeover));
        Self {
            client: deflated(self.client),
            server: deflated(self.server),
            ..self
        }
    }

    /// The side of `role` and the other one.
    pub(crate) fn sides(&mut self, role: Role) -> (&mut Side, &mut Side) {
        match role {
            Role::Client => (&mut self.client, &mut self.server),
            Role::Server => (&mut self.server, &mut self.client),
        }
    }

    pub(crate) fn side(&mut self, role: Role) -> &mut Side {
        self.sides(role).0
    }

    /// Moves bytes until nothing moves any more.
    pub(crate) fn run(&mut self) {
        while self.step(Role::Client) | self.step(Role::Server) {}
    }

    /// Lets the time pass, with each deadline on its way handled when it is due.
    pub(crate) fn advance(&mut self, duration: Duration) {
        let end = self.now + duration;
        self.run();
        while let Some((deadline, role)) = self.next_deadline()
            && deadline <= end
        {
            self.now = self.now.max(deadline);
            let (side, now) = (self.sides(role).0, deadline);
            if let Some(fault) = side.end.connection.handle_timeout(now) {
                side.end.events.push(Seen::Fault(fault));
                if fault == Fault::Timeout(Timeout::Close) {
                    side.drop_transport();
                }
            }
            self.run();
        }
        self.now = end;
    }

    pub(crate) fn next_deadline(&mut self) -> Option<(Instant, Role)> {
        [Role::Client, Role::Server]
            .into_iter()
            .filter_map(|role| {
                let deadline = self.side(role).end.connection.next_deadline()?;
                Some((deadline, role))
            })
            .min_by_key(|(deadline, _)| *deadline)
    }

    /// Writes what the side of `role` owes, and brings some of its bytes, or its end, to the other.
    fn step(&mut self, role: Role) -> bool {
        let (now, dice) = (self.now, self.chunk_lens.roll());
        let (from, to) = self.sides(role);
        from.write(now);
        let in_flight = &from.wire[from.arrived_len..];
        if !in_flight.is_empty() {
            let len = in_flight.len().min(1 + dice % 1500);
            if to.eof.is_none() && !from.muted {
                to.end.read(&in_flight[..len], now);
            }
            from.arrived_len += len;
            return true;
        }
        if from.shut && to.eof.is_none() && !from.muted {
            to.eof = Some(to.end.connection.handle_eof());
            to.shut = true;
            return true;
        }
        false
    }
}

impl Side {
    fn new(end: Endpoint) -> Self {
        Self {
            end,
            wire: Vec::new(),
            arrived_len: 0,
            shut: false,
            eof: None,
            muted: false,
        }
    }

    /// The frames it wrote.
    pub(crate) fn written(&self) -> Vec<Frame> {
        frames::read(self.end.connection.role(), &self.wire).0
    }

    /// Loses the connection as a crash does: what is in flight arrives, then its end.
    pub(crate) fn drop_transport(&mut self) {
        self.end.connection.handle_eof();
        self.eof = Some(false);
        self.shut = true;
    }

    fn write(&mut self, now: Instant) {
        if self.shut {
            return;
        }
        self.end.answer(now);
        self.wire.append(&mut self.end.output);
        self.shut = self.end.connection.wants_shutdown();
    }
}
