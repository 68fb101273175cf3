//! What the log is told while a test listens, a line each. Owns the lines; hears its own thread
//! only, and nothing that others than the server tell.

use std::fmt::{self, Write};
use std::sync::{Arc, LazyLock, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::{DefaultGuard, set_default};
use tracing::{Dispatch, Event, Metadata, Subscriber};

/// Listens to nobody. Where there is one listener alone, `tracing` asks whichever thread comes to a
/// line first whether that is heard, and remembers the No of one without a listener for all.
static SECOND: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(Listener(Arc::default())));

/// Listens as long as it lives.
pub(crate) struct Overheard {
    lines: Arc<Mutex<Vec<String>>>,
    #[expect(dead_code, reason = "its end ends the listening")]
    guard: DefaultGuard,
}

impl Overheard {
    /// From now on.
    pub(crate) fn new() -> Self {
        LazyLock::force(&SECOND);
        let lines = Arc::default();
        let guard = set_default(Listener(Arc::clone(&lines)));
        Self { lines, guard }
    }

    /// The lines so far that begin with `message`.
    pub(crate) fn lines(&self, message: &str) -> Vec<String> {
        let lines = self.lines.lock().unwrap();
        let starting = lines.iter().filter(|line| line.starts_with(message));
        starting.cloned().collect()
    }
}

struct Listener(Arc<Mutex<Vec<String>>>);

/// The message, and the other fields as `name=value`.
#[derive(Default)]
struct Fields {
    message: String,
    rest: String,
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        match field.name() {
            "message" => write!(self.message, "{value:?}").unwrap(),
            name => write!(self.rest, " {name}={value:?}").unwrap(),
        }
    }
}

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("sockeye_server")
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let line = format!("{}{}", fields.message, fields.rest);
        self.0.lock().unwrap().push(line);
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}
