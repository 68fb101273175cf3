//! A recorder of `metrics` that adds up what it is told, by names with their labels.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder,
    SharedString, Unit,
};

/// Sums of counters and gauges, and what histograms were told, one after the other.
#[derive(Clone, Default)]
pub(crate) struct Sums(Arc<Mutex<BTreeMap<String, Vec<f64>>>>);

impl Sums {
    /// The sum under a name with its labels; nothing was told of it if that is `None`.
    pub(crate) fn sum(&self, name: &str) -> Option<f64> {
        Some(self.0.lock().unwrap().get(name)?.iter().sum())
    }

    /// The names with their labels.
    pub(crate) fn names(&self) -> Vec<String> {
        self.0.lock().unwrap().keys().cloned().collect()
    }

    fn handle(&self, key: &Key) -> Arc<Handle> {
        let labels = key
            .labels()
            .map(|label| format!("{}={}", label.key(), label.value()));
        let labels: Vec<_> = labels.collect();
        let name = format!("{}{{{}}}", key.name(), labels.join(","));
        let sums = self.clone();
        Arc::new(Handle { sums, name })
    }
}

/// One name with its labels.
struct Handle {
    sums: Sums,
    name: String,
}

impl Handle {
    fn tell(&self, value: f64) {
        let mut sums = self.sums.0.lock().unwrap();
        sums.entry(self.name.clone()).or_default().push(value);
    }
}

impl CounterFn for Handle {
    fn increment(&self, value: u64) {
        self.tell(f64::from(u32::try_from(value).unwrap()));
    }

    fn absolute(&self, _: u64) {
        unreachable!("counters only grow here");
    }
}

impl GaugeFn for Handle {
    fn increment(&self, value: f64) {
        self.tell(value);
    }

    fn decrement(&self, value: f64) {
        self.tell(-value);
    }

    fn set(&self, _: f64) {
        unreachable!("gauges only move here");
    }
}

impl HistogramFn for Handle {
    fn record(&self, value: f64) {
        self.tell(value);
    }
}

impl Recorder for Sums {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.handle(key))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.handle(key))
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(self.handle(key))
    }
}
