//! `bench-broadcast [ROUNDS [RECEIVERS]]`: what it costs the sending thread to send a message to
//! everyone, over TCP on this machine. Prints a line of `key=value` pairs per way and number of
//! messages at a time.
//!
//! Every way takes its turn in every round, over the same sockets; a ratio compares neighbours in a
//! round. Only the CPU time of the sending thread counts, its system calls included.
#![expect(
    clippy::print_stdout,
    reason = "the figures go to stdout, where the bench reads them"
)]

mod receivers;
mod room;
mod way;

use std::error::Error;
use std::io;

use receivers::Receivers;
use room::Room;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use sockeye::DeflatePolicy;
use tokio::task::LocalSet;
use way::Way;

/// Messages at a time.
const DEPTHS: [usize; 2] = [1, 16];

const ROUNDS: usize = 51;
const RECEIVERS: usize = 1000;

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1).map(|word| word.parse());
    let rounds = words.next().transpose()?.unwrap_or(ROUNDS).max(1);
    let count = words.next().transpose()?.unwrap_or(RECEIVERS).max(1);
    allow_many_files()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    LocalSet::new().block_on(&runtime, measure(rounds, count))
}

/// Each receiver takes five descriptors, three of which are our own copies.
fn allow_many_files() -> io::Result<()> {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let limit = Rlimit {
        current: maximum,
        maximum,
    };
    Ok(setrlimit(Resource::Nofile, limit)?)
}

async fn measure(rounds: usize, count: usize) -> Result<(), Box<dyn Error>> {
    let policies = [None, None, Some(DeflatePolicy::no_takeover())];
    let (receivers, listener) = Receivers::start(count * policies.len())?;
    let mut rooms = Room::open(&listener, count, policies).await?;
    for depth in DEPTHS {
        let mut times = vec![Vec::with_capacity(rounds); Way::ALL.len()];
        // The first round warms up.
        for round in 0..=rounds {
            for (way, times) in Way::ALL.iter().zip(&mut times) {
                let room = &mut rooms[way.room()];
                // All that it touches is as warm for each way, whoever had its turn before.
                way.send(room, 1).await?;
                receivers.wait_until_quiet().await;
                let micros = way.send(room, depth).await?;
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
            "way={} depth={depth} micros={:.3} of_bare={:.3} of_joined={:.3} of_loop={:.3} \
             of_send={:.3} of_feed={:.3} of_tasks={:.3} of_plain={:.3}",
            way.name(),
            median(own.clone()) / messages,
            of(Way::Bare),
            of(Way::BareJoined),
            of(Way::Loop),
            of(Way::TungsteniteSend),
            of(Way::Tungstenite),
            of(Way::TungsteniteTasks),
            of(Way::BroadcastTwin),
        );
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
