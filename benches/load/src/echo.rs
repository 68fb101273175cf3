//! The `echo` mode: what a message costs, with a number of them in flight on every connection.

use crate::connection::Connection;
use crate::generator::Generator;
use crate::handshake::Dialer;
use crate::options::Options;
use crate::reply::Scrutiny;
use crate::script::Script;
use bench_meter::{own_cpu_ns, settled_cpu_ns};

/// Runs the mode and returns its line.
///
/// # Errors
///
/// The first thing that a server did wrong.
pub(crate) fn run(options: &Options) -> Result<String, String> {
    let size = options.sizes[0];
    let connections = open_all(options)?;
    let mut generator = Generator::new(connections, Script::new(options, size)?)?;
    if !options.warm_up.is_zero() {
        generator.run(options.depth, options.warm_up)?;
    }

    let server_before = settled_cpu_ns(&options.pids)?;
    let own_before = own_cpu_ns();
    let phase = generator.run(options.depth, options.measure)?;
    let own_ns = own_cpu_ns() - own_before;
    let server_ns = settled_cpu_ns(&options.pids)? - server_before;

    let latency = |share| generator.tally.latency.quantile(share);
    Ok(format!(
        "messages={} elapsed_ns={} server_cpu_ns={server_ns} own_cpu_ns={own_ns} \
         payload_bytes={} reply_bytes={} p50_ns={} p90_ns={} p99_ns={} p999_ns={}",
        phase.messages,
        phase.elapsed.as_nanos(),
        phase.messages * size as u64,
        generator.tally.reply_bytes,
        latency(0.5),
        latency(0.9),
        latency(0.99),
        latency(0.999),
    ))
}

/// Opens what `options` ask for; the first connection is the witness.
pub(crate) fn open_all(options: &Options) -> Result<Vec<Connection>, String> {
    let dialer = Dialer::new(options)?;
    (0..options.connections)
        .map(|index| {
            let scrutiny = if index == 0 {
                Scrutiny::All
            } else {
                Scrutiny::First
            };
            Ok(Connection::new(dialer.open(index)?, scrutiny))
        })
        .collect()
}
