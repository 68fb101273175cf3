//! The sockets of a page: a machine and its network each, by number. Owns when one is let go. Runs
//! no script: what fires is handed out.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::task::{Context, Poll};

use sockeye::web::{Dial, EventKind, Fired, Line, Machine, Network, NetworkEvent, ReadyState};
use sockeye::{CloseCode, CloseEvent};

use crate::limits::{SOCKET_OBJECTS_MAX, SOCKET_TEXTS_LEN_MAX, SOCKETS_MAX};

/// All sockets of a page.
#[derive(Debug, Default)]
pub(crate) struct Sockets {
    by_id: BTreeMap<u32, Socket>,
    last_id: u32,
    /// Whose task ran last.
    turn: u32,
    /// Those that the next turn has to look at: all others are as the last one left them.
    stirred: Vec<u32>,
    /// Lines that nobody took yet.
    logs: Vec<String>,
    /// Held by each connection: how many there are.
    count: Rc<()>,
    /// Bytes of what sockets were made with.
    texts_len: usize,
}

/// One of them.
#[derive(Debug)]
pub(crate) struct Socket {
    pub(crate) machine: Machine,
    line: Line,
    /// Until its last event.
    connection: Option<Connection>,
    /// The events that it has listeners for, a bit for each.
    listeners: u8,
    /// Whether the script's object is kept, as the prelude was told last.
    is_kept: bool,
    /// Whether the script's object is gone.
    is_collected: bool,
    /// Whether it is among those that are stirred.
    is_stirred: bool,
    /// Bytes of what it was made with.
    texts_len: usize,
}

/// A network, among those of its page.
#[derive(Debug)]
struct Connection {
    network: Network,
    _counted: Rc<()>,
}

/// The bit of an event in what a script says of its listeners.
fn bit(kind: EventKind) -> u8 {
    match kind {
        EventKind::Open => 1,
        EventKind::Message => 2,
        EventKind::Error => 4,
        _ => 8,
    }
}

impl Socket {
    /// Passes on what the machine wants of the network.
    pub(crate) fn command(&mut self) {
        while let Some(command) = self.machine.next_command() {
            self.line.command(command);
        }
    }

    /// Whether the script's object has to stay, also if the script refers to it no more.
    fn must_stay(&self) -> bool {
        let has_listener = |kind| self.listeners & bit(kind) != 0;
        !self.machine.may_be_collected(has_listener)
    }

    /// The events that the script has listeners for; answers whether its object has to stay now.
    pub(crate) fn set_listeners(&mut self, listeners: u8) -> bool {
        self.listeners = listeners;
        self.is_kept = self.must_stay();
        self.is_kept
    }

    /// Whether the object has to stay from now on, if that is another answer than the last.
    fn news(&mut self) -> Option<bool> {
        let must_stay = self.must_stay();
        let is_news = must_stay != self.is_kept && !self.is_collected;
        self.is_kept = must_stay;
        is_news.then_some(must_stay)
    }

    /// The script's object is gone.
    fn collect(&mut self) {
        self.is_collected = true;
        self.machine.collect();
        self.command();
    }

    /// Something happens to it that the next turn has to look at.
    fn stir(&mut self, id: u32, stirred: &mut Vec<u32>) {
        if !self.is_stirred {
            self.is_stirred = true;
            stirred.push(id);
        }
    }

    /// What a turn begins with. Whether the next one has to look at it again, whatever happens.
    fn begin_turn(&mut self) -> bool {
        if self.machine.ready_state() == ReadyState::Closed {
            // One that was refused before it was tried never gets anything to do.
            self.connection = None;
        }
        self.machine.begin_turn(self.line.transmitted());
        // The kernel takes the rest without a word.
        self.is_stirred = self.machine.buffered_amount() > 0;
        self.is_stirred
    }

    fn take_logs(&mut self, logs: &mut Vec<String>) {
        while let Some(line) = self.machine.next_log() {
            logs.push(line);
        }
    }

    fn is_needed(&self) -> bool {
        self.connection.is_some() || !self.is_collected || self.machine.tasks_len() > 0
    }

    /// Ready if the network reported something.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        // One event at a time: who is slow to run scripts is slow to read.
        let Some(connection) = self
            .connection
            .as_mut()
            .filter(|_| self.machine.tasks_len() == 0)
        else {
            return Poll::Pending;
        };
        match connection.network.poll_event(cx) {
            Poll::Ready(Some(event)) => {
                // Whoever hears that it is over may open another one.
                if matches!(event, NetworkEvent::Closed { .. }) {
                    self.connection = None;
                }
                self.machine.handle(event);
            }
            Poll::Ready(None) => self.connection = None,
            Poll::Pending => return Poll::Pending,
        }
        Poll::Ready(())
    }
}

impl Sockets {
    /// Adds a socket that was made with so many bytes, which fails if there are too many
    /// connections; `None` if it has no room even for that.
    pub(crate) fn add(
        &mut self,
        mut machine: Machine,
        dial: Dial,
        texts_len: usize,
    ) -> Option<u32> {
        let all_len = self.texts_len.saturating_add(texts_len);
        if self.by_id.len() >= SOCKET_OBJECTS_MAX || all_len > SOCKET_TEXTS_LEN_MAX {
            return None;
        }
        self.texts_len = all_len;
        let network = Network::new(dial);
        let line = network.line();
        // One of them is this object's own.
        let has_room = Rc::strong_count(&self.count) <= SOCKETS_MAX;
        // One that has a task failed already.
        if !has_room && machine.tasks_len() == 0 {
            machine.handle(too_many());
        }
        let connection = has_room.then(|| Connection {
            network,
            _counted: Rc::clone(&self.count),
        });
        let mut socket = Socket {
            machine,
            line,
            connection,
            listeners: 0,
            is_kept: true,
            is_collected: false,
            is_stirred: false,
            texts_len,
        };
        socket.command();
        self.last_id += 1;
        socket.stir(self.last_id, &mut self.stirred);
        self.by_id.insert(self.last_id, socket);
        Some(self.last_id)
    }

    pub(crate) fn get(&mut self, id: u32) -> Option<&mut Socket> {
        let socket = self.by_id.get_mut(&id)?;
        socket.stir(id, &mut self.stirred);
        Some(socket)
    }

    /// The script's object with this number is gone.
    pub(crate) fn collect(&mut self, id: u32) {
        if let Some(socket) = self.get(id) {
            socket.collect();
        }
    }

    /// The event loop reached its first step: what was transmitted shows, and those that nobody
    /// needs go. Answers which objects have to stay from now on, and which may go.
    pub(crate) fn begin_turn(&mut self) -> Vec<(u32, bool)> {
        let mut news = Vec::new();
        self.stirred.sort_unstable();
        self.stirred.retain(|id| {
            let Some(socket) = self.by_id.get_mut(id) else {
                return false;
            };
            socket.take_logs(&mut self.logs);
            let is_stirred = socket.begin_turn();
            if !socket.is_needed() {
                self.texts_len -= socket.texts_len;
                self.by_id.remove(id);
                return false;
            }
            news.extend(socket.news().map(|must_stay| (*id, must_stay)));
            is_stirred
        });
        news
    }

    /// Runs the first task of the first socket that has one, behind the one whose turn was last.
    pub(crate) fn run_task(&mut self) -> Option<(u32, Fired)> {
        let behind = self.by_id.range(self.turn.saturating_add(1)..);
        let mut in_turn = behind.chain(self.by_id.range(..=self.turn));
        let (id, _) = in_turn.find(|(_, socket)| socket.machine.tasks_len() > 0)?;
        let id = *id;
        self.turn = id;
        let fired = self.get(id)?.machine.run_task()?;
        Some((id, fired))
    }

    /// Lines for the console.
    pub(crate) fn take_logs(&mut self) -> Vec<String> {
        for id in &self.stirred {
            if let Some(socket) = self.by_id.get_mut(id) {
                socket.take_logs(&mut self.logs);
            }
        }
        std::mem::take(&mut self.logs)
    }

    /// The page is gone: each says goodbye.
    pub(crate) fn make_disappear(&mut self) {
        for (id, socket) in &mut self.by_id {
            socket.machine.make_disappear();
            socket.command();
            socket.stir(*id, &mut self.stirred);
        }
    }

    /// Whether something can still happen by itself.
    pub(crate) fn is_busy(&self) -> bool {
        let is_busy =
            |socket: &Socket| socket.connection.is_some() || socket.machine.tasks_len() > 0;
        self.by_id.values().any(is_busy)
    }

    /// Whether one goes once its object is collected, which has not happened yet.
    pub(crate) fn may_be_forgotten(&self) -> bool {
        let may_be = |socket: &Socket| {
            !socket.is_kept && !socket.is_collected && socket.connection.is_some()
        };
        self.by_id.values().any(may_be)
    }

    /// Whether one of them is not open yet.
    pub(crate) fn is_connecting(&self) -> bool {
        let mut sockets = self.by_id.values();
        sockets.any(|socket| socket.machine.ready_state() == ReadyState::Connecting)
    }

    /// Ready if one of the networks reported something.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let mut is_ready = false;
        for (id, socket) in &mut self.by_id {
            if socket.poll(cx).is_ready() {
                socket.stir(*id, &mut self.stirred);
                is_ready = true;
            }
        }
        if is_ready {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}

/// What a network would say of one connection more.
fn too_many() -> NetworkEvent {
    let event = CloseEvent {
        code: CloseCode::ABNORMAL,
        reason: Box::default(),
        was_clean: false,
    };
    let why = format!("too many sockets: a page has at most {SOCKETS_MAX} at once");
    NetworkEvent::Closed {
        event,
        failure: Some(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sockeye::web::{Event, Settings};

    fn machine(url: &str) -> Machine {
        Machine::new(url, ().into(), &Settings::default()).unwrap()
    }

    fn add(sockets: &mut Sockets, url: &str) -> u32 {
        sockets.add(machine(url), Dial::default(), 0).unwrap()
    }

    /// A page could take all memory of the process by addresses, or use its share up for good.
    #[test]
    fn texts_of_sockets_have_a_bound_and_those_that_are_gone_make_room() {
        let mut sockets = Sockets::default();
        let half = SOCKET_TEXTS_LEN_MAX / 2;
        let more =
            |sockets: &mut Sockets, len| sockets.add(machine("ws://a:25/"), Dial::default(), len);
        let first = more(&mut sockets, half).unwrap();
        assert!(more(&mut sockets, half).is_some());
        assert_eq!(more(&mut sockets, 1), None);
        sockets.run_task();
        sockets.collect(first);
        sockets.begin_turn();
        assert!(more(&mut sockets, half).is_some());
        assert_eq!(more(&mut sockets, 1), None);
    }

    /// A page could open sockets until its process has no descriptors left.
    #[test]
    fn connections_have_a_bound_and_those_that_are_over_make_room() {
        let mut sockets = Sockets::default();
        let add = |sockets: &mut Sockets| add(sockets, "ws://a/");
        for _ in 0..SOCKETS_MAX {
            add(&mut sockets);
        }
        assert!(sockets.run_task().is_none());
        let more = add(&mut sockets);
        let (id, fired) = sockets.run_task().unwrap();
        assert_eq!((id, fired.count()), (more, 2));
        assert!(sockets.take_logs().concat().contains("at most 255"));
        sockets.get(1).unwrap().connection = None;
        add(&mut sockets);
        assert!(sockets.run_task().is_none());
    }

    /// A page would never end, or a socket would keep its place for ever.
    #[test]
    fn socket_that_is_closed_and_gone_is_let_go() {
        let mut sockets = Sockets::default();
        let id = add(&mut sockets, "ws://a:25/");
        assert!(sockets.is_busy());
        let (_, fired) = sockets.run_task().unwrap();
        let fired: Vec<Event> = fired.collect();
        assert_eq!(fired.len(), 2);
        assert_eq!(sockets.take_logs().len(), 1);
        assert_eq!(sockets.begin_turn(), [(id, false)]);
        assert_eq!(sockets.begin_turn(), [], "it is told once");
        assert!(!sockets.is_busy());
        sockets.collect(id);
        assert_eq!(sockets.begin_turn(), []);
        assert!(sockets.get(id).is_none());
    }

    /// One busy socket would keep the events of all others.
    #[test]
    fn sockets_take_turns() {
        let mut sockets = Sockets::default();
        for _ in 0..3 {
            add(&mut sockets, "ws://a:25/");
        }
        sockets.turn = 2;
        let turns: Vec<u32> = std::iter::from_fn(|| Some(sockets.run_task()?.0)).collect();
        assert_eq!(turns, [3, 1, 2]);
    }
}
