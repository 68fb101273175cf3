//! How the server counts, and the text that Prometheus reads it from (text format 0.0.4). Owns that
//! no two threads write the same cache line. What is counted, and its names, is in `metric`.

mod metric;

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::time::Instant;

use crate::slots::Slots;

pub(crate) use metric::Count;
use metric::{COUNTS, METRICS, Metric};

/// What one thread counts. Aligned so that no two of them share a cache line, nor the pair of lines
/// that processors fetch together.
#[derive(Debug)]
#[repr(align(128))]
pub(crate) struct Counters([AtomicU64; COUNTS]);

/// What all threads counted.
#[derive(Debug)]
pub(crate) struct Stats {
    slots: Slots,
    connections_max: u32,
    since: Instant,
    threads: Mutex<Vec<Arc<Counters>>>,
}

impl Counters {
    /// Of whoever is in no sum, such as those who read the sums.
    pub(crate) fn new() -> Self {
        Self([const { AtomicU64::new(0) }; COUNTS])
    }

    /// Counts one.
    pub(crate) fn count(&self, count: Count) {
        self.add(count, 1);
    }

    /// Counts `amount`. Only the thread that these are of may; so it costs no more than a number
    /// that nobody shares.
    pub(crate) fn add(&self, count: Count, amount: u64) {
        if let Some(counter) = self.0.get(count as usize) {
            let sum = counter.load(Ordering::Relaxed).wrapping_add(amount);
            counter.store(sum, Ordering::Relaxed);
        }
    }

    /// Says how many there are of something, on this thread.
    pub(crate) fn set(&self, count: Count, amount: usize) {
        if let Some(counter) = self.0.get(count as usize) {
            counter.store(u64::try_from(amount).unwrap_or(u64::MAX), Ordering::Relaxed);
        }
    }

    /// Counts a message that came, of so many bytes.
    pub(crate) fn received(&self, len: usize) {
        self.count(Count::MessagesReceived);
        self.add(Count::BytesReceived, u64::try_from(len).unwrap_or(u64::MAX));
    }

    /// Counts a message that went out, of so many bytes.
    pub(crate) fn sent(&self, len: usize) {
        self.count(Count::MessagesSent);
        self.add(Count::BytesSent, u64::try_from(len).unwrap_or(u64::MAX));
    }

    pub(crate) fn value(&self, count: Count) -> u64 {
        let counter = self.0.get(count as usize);
        counter.map_or(0, |counter| counter.load(Ordering::Relaxed))
    }
}

impl Stats {
    /// Of a server with these slots, of which there are `connections_max`.
    pub(crate) fn new(slots: Slots, connections_max: u32) -> Self {
        Self {
            slots,
            connections_max,
            since: Instant::now(),
            threads: Mutex::default(),
        }
    }

    /// The counters of one more thread.
    pub(crate) fn thread(&self) -> Arc<Counters> {
        let counters = Arc::new(Counters::new());
        let mut threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        threads.push(Arc::clone(&counters));
        counters
    }

    /// The text, where `is_ready` says whether newcomers are welcome.
    pub(crate) fn render(&self, is_ready: bool) -> String {
        let mut text = String::new();
        let used = self.slots.used();
        gauge(
            &mut text,
            "connections",
            "Connections that there are.",
            used.into(),
        );
        let open = self.slots.open();
        gauge(
            &mut text,
            "websockets",
            "Of these, WebSockets.",
            open.into(),
        );
        let most = self.connections_max.into();
        gauge(
            &mut text,
            "connections_max",
            "Connections that there may be.",
            most,
        );
        let ready = u64::from(is_ready);
        gauge(&mut text, "ready", "1 while newcomers are welcome.", ready);
        let age = self.since.elapsed().as_secs();
        gauge(
            &mut text,
            "uptime_seconds",
            "Time since the server began.",
            age,
        );
        let threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        for metric in METRICS {
            let Metric {
                name,
                help,
                kind,
                series,
            } = metric;
            head(&mut text, name, help, kind);
            for (count, labels) in *series {
                let sum: u64 = threads.iter().map(|counters| counters.value(*count)).sum();
                let labels = if labels.is_empty() {
                    ""
                } else {
                    &format!("{{{labels}}}")
                };
                // Writing into a string does not fail.
                let _ = writeln!(text, "{name}{labels} {sum}");
            }
        }
        text
    }
}

fn gauge(text: &mut String, name: &str, help: &str, value: u64) {
    let name = format!("sockeye_server_{name}");
    head(text, &name, help, "gauge");
    let _ = writeln!(text, "{name} {value}");
}

fn head(text: &mut String, name: &str, help: &str, kind: &str) {
    let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
}

#[cfg(test)]
mod tests {
    use hyper::StatusCode;

    use super::*;
    use crate::ending::Why;

    /// If this fails, a dashboard shows what one thread did.
    #[tokio::test]
    async fn counts_of_all_threads_are_one_sum_with_its_labels() {
        let stats = Stats::new(Slots::new(9, 9), 9);
        let (one, other) = (stats.thread(), stats.thread());
        one.count(Count::Accepted);
        other.count(Count::Accepted);
        other.received(7);
        other.count(Count::of_end(Why::Panic));
        other.count(Count::of_status(StatusCode::SERVICE_UNAVAILABLE));
        let text = stats.render(true);
        for line in [
            "# TYPE sockeye_server_accepted_total counter",
            "sockeye_server_accepted_total 2",
            "sockeye_server_messages_total{direction=\"received\"} 1",
            "sockeye_server_message_bytes_total{direction=\"received\"} 7",
            "sockeye_server_message_bytes_total{direction=\"sent\"} 0",
            "sockeye_server_closed_total{why=\"panic\"} 1",
            "sockeye_server_responses_total{status=\"5xx\"} 1",
            "sockeye_server_connections_max 9",
            "sockeye_server_ready 1",
        ] {
            assert!(text.lines().any(|other| other == line), "{line}: {text}");
        }
        assert!(stats.render(false).contains("sockeye_server_ready 0\n"));
    }

    /// A metric that nobody can look up is a number without a meaning.
    #[test]
    fn every_metric_is_in_the_docs() {
        let docs = include_str!("../../../docs/operating.md");
        let stats = Stats::new(Slots::new(1, 1), 1);
        let text = stats.render(true);
        let names = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
        for name in names.filter_map(|line| line.split(' ').next()) {
            assert!(docs.contains(&format!("`{name}`")), "{name}");
        }
        let all: usize = METRICS.iter().map(|metric| metric.series.len()).sum();
        assert_eq!(all, COUNTS, "each count is in one metric");
    }

    /// Threads that write one line slow each other down with every message.
    #[test]
    fn counters_of_threads_share_no_cache_line() {
        assert!(align_of::<Counters>() >= 128);
    }
}
