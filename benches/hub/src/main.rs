//! `bench-hub [ROUNDS [RECEIVERS]]`: what it costs the server's thread to publish to a room, over
//! TCP on this machine. Prints a line of `key=value` pairs per way and messages at a time.
//!
//! Every way takes its turn in every round, over the same sockets; a ratio compares neighbours in a
//! round. Only the CPU time of the sending thread counts, its system calls included.
#![expect(
    clippy::print_stdout,
    reason = "the figures go to stdout, where the bench reads them"
)]

#[path = "../../broadcast/src/receivers.rs"]
mod receivers;
mod room;

use std::error::Error;
use std::io;

use receivers::Receivers;
use room::{Room, Way};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Messages at a time.
const DEPTHS: [usize; 2] = [1, 16];

const ROUNDS: usize = 51;
const RECEIVERS: usize = 1000;

/// Descriptors of a receiver: its own, and three of ours.
const FILES: u64 = 4;

/// Descriptors of everything else.
const FILES_BESIDE: u64 = 64;

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1).map(|word| word.parse());
    let rounds = words.next().transpose()?.unwrap_or(ROUNDS).max(1);
    let count = words.next().transpose()?.unwrap_or(RECEIVERS).max(1);
    if !allow_files(FILES * u64::try_from(count)? + FILES_BESIDE)? {
        println!("skipped=files receivers={count}");
        return Ok(());
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(measure(rounds, count))
}

/// Whether so many may be open.
fn allow_files(count: u64) -> io::Result<bool> {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let limit = Rlimit {
        current: maximum,
        maximum,
    };
    setrlimit(Resource::Nofile, limit)?;
    Ok(maximum.is_none_or(|maximum| count <= maximum))
}

async fn measure(rounds: usize, count: usize) -> Result<(), Box<dyn Error>> {
    let (receivers, listener) = Receivers::start(count)?;
    let mut room = Room::open(&listener, count).await?;
    for depth in DEPTHS {
        let mut times = vec![Vec::with_capacity(rounds); Way::ALL.len()];
        // The first round warms up.
        for round in 0..=rounds {
            for (way, times) in Way::ALL.iter().zip(&mut times) {
                // All that it touches is as warm for each way, whoever had its turn before.
                room.send(*way, 1).await?;
                receivers.wait_until_quiet().await;
                let micros = room.send(*way, depth).await?;
                receivers.wait_until_quiet().await;
                if round > 0 {
                    times.push(micros);
                }
            }
        }
        print(depth, count, &times);
    }
    Ok(())
}

fn print(depth: usize, count: usize, times: &[Vec<f64>]) {
    let messages = u32::try_from(depth * count).map_or(f64::MAX, f64::from);
    for (way, own) in Way::ALL.iter().zip(times) {
        let of = |other: Way| {
            let others = Way::ALL.iter().zip(times).find(|(way, _)| **way == other);
            let ratios = others.into_iter().flat_map(|(_, others)| {
                let pairs = own.iter().zip(others);
                pairs.map(|(own, other)| own / other)
            });
            median(ratios.collect())
        };
        println!(
            "way={} receivers={count} depth={depth} micros={:.3} of_bare={:.3} of_broadcast={:.3} \
             of_rival={:.3}",
            way.name(),
            median(own.clone()) / messages,
            of(Way::Bare),
            of(Way::Broadcast),
            of(Way::Tungstenite),
        );
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
