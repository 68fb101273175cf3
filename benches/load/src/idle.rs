//! The `idle` mode: what an open connection costs the server in memory, after one echo of each size
//! in turn.

use crate::echo::open_all;
use crate::generator::Generator;
use crate::options::Options;
use crate::script::Script;
use bench_meter::{resident_bytes, settled_cpu_ns};

/// How many connections have a message in flight, as in the scenarios that measure time.
const WINDOW: usize = 100;

/// Runs the mode and returns its line: resident bytes per connection after each size.
///
/// # Errors
///
/// The first thing that a server did wrong.
pub(crate) fn run(options: &Options) -> Result<String, String> {
    // One connection first: what the process needs only once is no connection's cost.
    let rehearsal = Options {
        connections: 1,
        ..options.clone()
    };
    sweep(&rehearsal, |_| Ok(()))?;
    let base = resident_now(&options.pids)?;

    let mut figures = vec![format!(
        "connections={} base_bytes={base}",
        options.connections
    )];
    sweep(options, |size| {
        let grown = resident_now(&options.pids)?.saturating_sub(base);
        let each = grown / options.connections as u64;
        figures.push(format!("bytes_after_{size}={each}"));
        Ok(())
    })?;
    Ok(figures.join(" "))
}

/// Opens all connections and echoes once per connection and size, calling `then` after each size.
fn sweep(
    options: &Options,
    mut then: impl FnMut(usize) -> Result<(), String>,
) -> Result<(), String> {
    let script = Script::new(options, options.sizes[0])?;
    let mut generator = Generator::new(open_all(options)?, script)?;
    for &size in &options.sizes {
        generator.change_script(Script::new(options, size)?);
        generator.sweep(WINDOW)?;
        then(size)?;
    }
    Ok(())
}

/// The memory of a server that has finished whatever the replies left to do.
fn resident_now(pids: &[u32]) -> Result<u64, String> {
    settled_cpu_ns(pids)?;
    pids.iter().map(|&pid| resident_bytes(pid)).sum()
}
