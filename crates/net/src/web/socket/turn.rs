//! The event loop of one object: waits for its network, runs its tasks, calls its listeners. Owns
//! the order of these, and when the object is gone. Holds no lock while it calls anybody.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::{Context, Poll};

use super::super::event::{Event, EventKind};
use super::super::machine::{Fired, NetworkEvent};
use super::super::network::Network;
use super::{Shared, State, WebSocket};

/// Why the loop goes on.
enum Woken {
    Network(Option<NetworkEvent>),
    /// Somebody or something let go of the object.
    Left,
}

/// Runs until `close` fired. If it is cut off, as when the runtime ends, those who wait for events
/// are told that none will come.
pub(super) async fn run(shared: Arc<Shared>, mut network: Network) {
    let _end = End(Arc::clone(&shared));
    loop {
        while shared.lock().machine.tasks_len() > 0 {
            shared.run_task().await;
        }
        if shared.lock().is_over {
            return;
        }
        match poll_fn(|cx| shared.poll_woken(cx, &mut network)).await {
            Woken::Network(Some(event)) => shared.lock().machine.handle(event),
            Woken::Network(None) => return,
            Woken::Left => {}
        }
        shared.collect();
    }
}

struct End(Arc<Shared>);

impl Drop for End {
    fn drop(&mut self) {
        self.0.end();
    }
}

impl Shared {
    /// Runs one task of the machine, and fires its events.
    async fn run_task(self: &Arc<Self>) {
        self.handovers_ready().await;
        let fired = self.begin_task();
        self.log();
        for (index, event) in fired.into_iter().flatten().enumerate() {
            if index > 0 {
                self.handovers_ready().await;
            }
            self.fire(&event);
        }
        self.lock().is_in_task = false;
    }

    fn begin_task(&self) -> Option<Fired> {
        let mut state = self.lock();
        state.machine.begin_turn(self.line.transmitted());
        state.is_in_task = true;
        state.machine.run_task()
    }

    fn log(&self) {
        let next = || self.lock().machine.next_log();
        while let Some(line) = next() {
            if let Some(log) = &self.log {
                // Unwind safe: it is the caller's. Its panic was reported by the hook.
                let _ = catch_unwind(AssertUnwindSafe(|| log(&line)));
            }
        }
    }

    /// Waits until everybody who reads events asks for one.
    async fn handovers_ready(&self) {
        let handovers = self.lock().handovers.clone();
        for handover in handovers {
            poll_fn(|cx| handover.poll_ready(cx)).await;
        }
    }

    /// Calls the listeners of an event, then gives it to those who read events.
    fn fire(self: &Arc<Self>, event: &Event) {
        let object = WebSocket {
            shared: Arc::clone(self),
        };
        let (entries, handovers) = {
            let mut state = self.lock();
            state.handles += 1;
            (state.listeners.of(event.kind()), state.handovers.clone())
        };
        // WHATWG websockets §events-1 step: in the order in which they were added.
        for entry in entries {
            entry.call(&object, event);
        }
        let mut state = self.lock();
        let called_once = state.listeners.tidy();
        drop(state);
        drop(called_once);
        for handover in handovers {
            handover.give(event);
        }
        if event.kind() == EventKind::Close {
            self.end();
        }
    }

    /// Nothing fires any more, so nothing is kept for it: listeners may hold the object itself.
    fn end(&self) {
        let (listeners, handovers) = {
            let mut state = self.lock();
            state.is_over = true;
            let listeners = std::mem::take(&mut state.listeners);
            (listeners, std::mem::take(&mut state.handovers))
        };
        for handover in &handovers {
            handover.end();
        }
        drop(listeners);
    }

    fn poll_woken(&self, cx: &mut Context<'_>, network: &mut Network) -> Poll<Woken> {
        if let Poll::Ready(event) = network.poll_event(cx) {
            return Poll::Ready(Woken::Network(event));
        }
        let mut state = self.lock();
        let is_left = std::mem::take(&mut state.is_left);
        if is_left || state.handovers.iter().any(|handover| handover.is_left()) {
            return Poll::Ready(Woken::Left);
        }
        state
            .handovers
            .iter()
            .for_each(|handover| handover.watch(cx));
        state.waker = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Lets the object go once nothing refers to it and it may be collected.
    fn collect(&self) {
        let mut state = self.lock();
        state.handovers.retain(|handover| !handover.is_left());
        if state.handles > 0 || !state.handovers.is_empty() {
            return;
        }
        state.machine.begin_turn(self.line.transmitted());
        if state.is_collectable() {
            state.machine.collect();
            self.command(&mut state);
        } else if !state.machine.may_be_collected(|_| false) {
            // What was sent is in the way, no listener.
            self.line.report_drained();
        }
    }
}

impl State {
    fn is_collectable(&self) -> bool {
        let machine = &self.machine;
        machine.may_be_collected(|kind| self.listeners.has(kind))
    }
}
