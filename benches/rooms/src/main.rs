//! `bench-rooms ADDRESS PID CONNECTIONS ROOMS SECONDS`: so many clients in so many rooms of the
//! plain chat at ADDRESS, one of each room talking. Prints a line of `key=value` pairs: how long a
//! message takes to each client, how many got lost, what the process PID has in memory for each.
//!
//! `bench-rooms ADDRESS PID CONNECTIONS names`: so many people with names in one room of the JSON
//! chat, and what it takes until all know of all.
//!
//! One thread; the times are of one clock, as the server runs on the same machine.
#![expect(
    clippy::print_stdout,
    reason = "the figures go to stdout, where the bench reads them"
)]

mod crowd;
mod names;

use std::error::Error;
use std::time::{Duration, Instant};

use bench_meter::{allow_files, resident_bytes};
use crowd::{Crowd, Load};
use tokio::task::LocalSet;

/// Messages that clients get per second, all together.
const DELIVERIES_PER_SECOND: u32 = 20_000;

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    allow_files()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let tasks = LocalSet::new();
    match &words[..] {
        [address, pid, connections, names] if names == "names" => {
            let measuring = names::measure(address, pid.parse()?, connections.parse()?);
            tasks.block_on(&runtime, measuring)
        }
        [address, pid, connections, rooms, seconds] => {
            let load = Load {
                address: address.clone(),
                connections: connections.parse()?,
                rooms: rooms.parse::<usize>()?.max(1),
            };
            let seconds = Duration::from_secs(seconds.parse()?);
            tasks.block_on(&runtime, measure(load, pid.parse()?, seconds))
        }
        _ => Err("bench-rooms ADDRESS PID CONNECTIONS (ROOMS SECONDS | names)".into()),
    }
}

async fn measure(load: Load, pid: u32, seconds: Duration) -> Result<(), Box<dyn Error>> {
    let before = resident_bytes(pid)?;
    let start = Instant::now();
    let crowd = Crowd::open(&load).await?;
    let opened = start.elapsed();
    crowd.settle().await?;
    let bytes = resident_bytes(pid)?.saturating_sub(before);
    let count = u64::try_from(load.connections)?.max(1);
    let in_room = load.connections.div_ceil(load.rooms).max(1);
    let pause = Duration::from_secs(1) * u32::try_from(in_room)? / DELIVERIES_PER_SECOND;
    let told = crowd.talk(seconds, pause).await?;
    println!(
        "connections={count} rooms={} open_ms={} publications={} deliveries={} lost={} p50_us={} \
         p99_us={} p999_us={} max_us={} bytes={}",
        load.rooms,
        opened.as_millis(),
        told.publications,
        told.deliveries,
        told.lost,
        told.micros(0.5),
        told.micros(0.99),
        told.micros(0.999),
        told.micros(1.0),
        bytes / count,
    );
    Ok(())
}
