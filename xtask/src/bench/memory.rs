//! `memory-bound`: masking and validating payloads against copying them.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use crate::bench::figures::Figures;
use crate::bench::load::Bench;
use crate::bench::record::Record;
use crate::bench::report::Table;
use crate::process::{cargo, root, run as run_command};
use crate::program::output_of;

/// The oldest processors that servers still run on: what is compiled in must be fast there.
const TARGET: &str = "x86-64-v2";

/// The slowest that masking and ASCII validation may be, as a part of memcpy's speed.
const OF_MEMCPY_MIN: f64 = 0.6;

/// The operations that this is asked of.
const WANTED: [&str; 2] = ["mask", "validate-ascii"];

const RUN_LIMIT: Duration = Duration::from_secs(120);

/// Measures all operations and returns which are too slow.
pub(crate) fn run(bench: &Bench, record: &mut Record) -> Result<Vec<String>, String> {
    println!("\nmemory-bound: payloads in cache, built for {TARGET}, one core");
    let program = build()?;
    let mut command = Command::new("taskset");
    command
        .args(["--cpu-list", &bench.cores.server])
        .arg(program);
    if bench.plan.smoke {
        command.args(["3", "20"]);
    }
    let mut table = Table::new(&["operation", "bytes", "GB/s", "of memcpy"]);
    let mut faults = Vec::new();
    for line in output_of(&mut command, RUN_LIMIT)? {
        let figures = Figures::new(&line);
        let operation = figures.word("operation")?;
        let (size, ratio) = (figures.number("size")?, figures.number("of_memcpy")?);
        record.row("memory-bound", operation, 0, &figures);
        table.row(vec![
            operation.to_owned(),
            size.to_string(),
            format!("{:.1}", figures.number("gigabytes_per_second")?),
            format!("{ratio:.2}"),
        ]);
        if WANTED.contains(&operation) && ratio < OF_MEMCPY_MIN && !bench.plan.smoke {
            faults.push(format!(
                "{operation} of {size} B runs at {ratio:.2} of memcpy, below {OF_MEMCPY_MIN}"
            ));
        }
    }
    print!("{}", table.render());
    Ok(faults)
}

/// Builds the program for `TARGET`, beside what is built for the default processor.
fn build() -> Result<PathBuf, String> {
    let shared = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let directory = shared
        .unwrap_or_else(|| root().join("benches/target"))
        .join(TARGET);
    let mut command = cargo();
    command
        .args([
            "build",
            "--quiet",
            "--release",
            "--manifest-path",
            "benches/Cargo.toml",
        ])
        .args(["-p", "bench-memory", "--target-dir"])
        .arg(&directory)
        .env("RUSTFLAGS", format!("-C target-cpu={TARGET}"));
    run_command(&mut command)?;
    Ok(directory.join("release/bench-memory"))
}
