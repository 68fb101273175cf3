//! A subscriber of `tracing` that writes down what it is told, a line each.

use std::fmt::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// What was told, to look at while it listens.
#[derive(Clone, Default)]
pub(crate) struct Lines(Arc<Mutex<Vec<String>>>);

impl Lines {
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// Listens to what is at least as important as `level`.
pub(crate) struct Listener {
    pub(crate) level: Level,
    pub(crate) lines: Lines,
    spans: AtomicU64,
}

impl Listener {
    pub(crate) fn new(level: Level, lines: Lines) -> Self {
        Self {
            level,
            lines,
            spans: AtomicU64::new(1),
        }
    }

    fn write(&self, line: String) {
        self.lines.0.lock().unwrap().push(line);
    }
}

/// Fields as `name=value`.
struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        write!(self.0, " {}={value:?}", field.name()).unwrap();
    }
}

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "sockeye" && *metadata.level() <= self.level
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let id = self.spans.fetch_add(1, Ordering::Relaxed);
        let mut fields = Fields(String::new());
        span.record(&mut fields);
        self.write(format!("span {id} {}{}", span.metadata().name(), fields.0));
        Id::from_u64(id)
    }

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields(String::new());
        event.record(&mut fields);
        let parent = event.parent().map_or(0, Id::into_u64);
        self.write(format!(
            "{} in {parent}{}",
            event.metadata().level(),
            fields.0
        ));
    }

    fn try_close(&self, id: Id) -> bool {
        self.write(format!("end {}", id.into_u64()));
        true
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}
