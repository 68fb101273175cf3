//! Listeners of one object, and how an event is dispatched to them (DOM standard, sections 2.7 and
//! 2.9). Owns their order, and that one that panics stops no other. Knows no event loop.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::event::{Event, EventKind};

/// A function to call with the object and the event.
pub(super) type Callback<S> = Box<dyn FnMut(&S, &Event) + Send>;

/// The listeners of an object `S`, in the order in which they were added.
pub(super) struct Listeners<S>(Vec<Arc<Entry<S>>>);

/// One listener.
pub(super) struct Entry<S> {
    kind: EventKind,
    role: Role,
    /// Whether it is not to be called any more.
    is_removed: AtomicBool,
    /// Not there while it runs, so that it may be replaced from inside.
    callback: Mutex<Option<Callback<S>>>,
}

/// What became of a listener when it was added.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Role {
    /// The event handler, such as `onopen`: one for each event.
    Handler,
    /// Called for each event.
    Listener,
    /// Called for the first event only.
    Once,
}

impl<S> Listeners<S> {
    /// Adds a listener. A handler takes the place of the one before, and its turn; that one is the
    /// second that this answers with.
    pub(super) fn add(
        &mut self,
        kind: EventKind,
        role: Role,
        callback: Callback<S>,
    ) -> (Arc<Entry<S>>, Option<Arc<Entry<S>>>) {
        let entry = Arc::new(Entry {
            kind,
            role,
            is_removed: AtomicBool::new(false),
            callback: Mutex::new(Some(callback)),
        });
        match self.handler(kind) {
            Some(place) if role == Role::Handler => {
                let before = std::mem::replace(place, Arc::clone(&entry));
                before.remove();
                (entry, Some(before))
            }
            _ => {
                self.0.push(Arc::clone(&entry));
                (entry, None)
            }
        }
    }

    fn handler(&mut self, kind: EventKind) -> Option<&mut Arc<Entry<S>>> {
        let is_handler = |entry: &&mut Arc<Entry<S>>| {
            entry.kind == kind && entry.role == Role::Handler && !entry.is_removed()
        };
        self.0.iter_mut().find(is_handler)
    }

    /// Takes the handler for `kind` away.
    pub(super) fn remove_handler(&mut self, kind: EventKind) -> Vec<Arc<Entry<S>>> {
        if let Some(handler) = self.handler(kind) {
            handler.remove();
        }
        self.tidy()
    }

    /// Forgets those that were removed, and answers with them: dropping what they hold may lead
    /// back to the object, whose lock is held here.
    pub(super) fn tidy(&mut self) -> Vec<Arc<Entry<S>>> {
        // Asked after each event, when most often nobody was removed.
        if !self.0.iter().any(|entry| entry.is_removed()) {
            return Vec::new();
        }
        let entries = std::mem::take(&mut self.0).into_iter();
        let (removed, kept) = entries.partition(|entry| entry.is_removed());
        self.0 = kept;
        removed
    }

    /// Whether there is one for `kind`.
    pub(super) fn has(&self, kind: EventKind) -> bool {
        self.0
            .iter()
            .any(|entry| entry.kind == kind && !entry.is_removed())
    }

    /// Those that an event of `kind` goes to: who is added from now on misses it.
    pub(super) fn of(&self, kind: EventKind) -> Vec<Arc<Entry<S>>> {
        let is_meant = |entry: &&Arc<Entry<S>>| entry.kind == kind;
        self.0.iter().filter(is_meant).cloned().collect()
    }
}

impl<S> Entry<S> {
    pub(super) fn is_removed(&self) -> bool {
        self.is_removed.load(Ordering::Relaxed)
    }

    /// Takes it off the list: it is not called any more, also if its turn was about to come.
    pub(super) fn remove(&self) {
        self.is_removed.store(true, Ordering::Relaxed);
    }

    /// Calls it, unless it was removed meanwhile. A panic was reported by its hook and ends here.
    // WHATWG websockets §events-2 step: an exception is reported, and the next listener has its
    // turn.
    pub(super) fn call(&self, object: &S, event: &Event) {
        if self.is_removed() {
            return;
        }
        if self.role == Role::Once {
            self.remove();
        }
        let callback = self.lock().take();
        let Some(mut callback) = callback else {
            return;
        };
        // Unwind safe: it is the caller's, who gets it back as it is.
        let _ = catch_unwind(AssertUnwindSafe(|| callback(object, event)));
        if !self.is_removed() {
            *self.lock() = Some(callback);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Callback<S>>> {
        self.callback.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S> Default for Listeners<S> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<S> fmt::Debug for Entry<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Entry")
            .field("kind", &self.kind)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// What the listeners are of.
    struct Object;

    /// An object whose listeners send their names.
    fn named(
        listeners: &mut Listeners<Object>,
        role: Role,
        name: &'static str,
        said: &mpsc::Sender<&'static str>,
    ) -> Arc<Entry<Object>> {
        let said = said.clone();
        let say = move |_: &Object, _: &Event| said.send(name).unwrap();
        listeners.add(EventKind::Open, role, Box::new(say)).0
    }

    fn dispatch(listeners: &Listeners<Object>) {
        for entry in listeners.of(EventKind::Open) {
            entry.call(&Object, &Event::Open);
        }
    }

    /// A page that counts on the order of its listeners would see another.
    #[test]
    fn listeners_are_called_in_the_order_in_which_they_were_added() {
        // WHATWG websockets §events-1 TEST
        let (said, heard) = mpsc::channel();
        let mut listeners = Listeners::default();
        named(&mut listeners, Role::Listener, "first", &said);
        named(&mut listeners, Role::Handler, "replaced", &said);
        named(&mut listeners, Role::Once, "once", &said);
        named(&mut listeners, Role::Handler, "handler", &said);
        dispatch(&listeners);
        assert_eq!(
            heard.try_iter().collect::<Vec<_>>(),
            ["first", "handler", "once"]
        );
        dispatch(&listeners);
        assert_eq!(heard.try_iter().collect::<Vec<_>>(), ["first", "handler"]);
        listeners.remove_handler(EventKind::Open);
        dispatch(&listeners);
        assert_eq!(heard.try_iter().collect::<Vec<_>>(), ["first"]);
        assert!(listeners.has(EventKind::Open) && !listeners.has(EventKind::Close));
    }

    /// One listener's bug would take the events of all others.
    #[test]
    fn listener_that_panics_stops_no_other_and_is_called_again() {
        // WHATWG websockets §events-2 TEST
        let (said, heard) = mpsc::channel();
        let mut listeners = Listeners::default();
        let mut count = 0;
        let said_before = said.clone();
        let panicking = move |_: &Object, _: &Event| {
            count += 1;
            said_before.send("about to panic").unwrap();
            panic!("call {count}");
        };
        listeners.add(EventKind::Open, Role::Listener, Box::new(panicking));
        named(&mut listeners, Role::Listener, "next", &said);
        for _ in 0..2 {
            dispatch(&listeners);
            assert_eq!(
                heard.try_iter().collect::<Vec<_>>(),
                ["about to panic", "next"]
            );
        }
    }

    /// A listener that was taken off would still act.
    #[test]
    fn listener_that_is_removed_during_the_event_is_not_called() {
        let (said, heard) = mpsc::channel();
        let mut listeners = Listeners::default();
        let later = Arc::new(Mutex::new(None::<Arc<Entry<Object>>>));
        let to_remove = Arc::clone(&later);
        let remove =
            move |_: &Object, _: &Event| to_remove.lock().unwrap().take().unwrap().remove();
        listeners.add(EventKind::Open, Role::Once, Box::new(remove));
        *later.lock().unwrap() = Some(named(&mut listeners, Role::Listener, "removed", &said));
        dispatch(&listeners);
        assert_eq!(heard.try_iter().count(), 0);
        assert_eq!(listeners.tidy().len(), 2);
        assert!(!listeners.has(EventKind::Open));
    }
}
