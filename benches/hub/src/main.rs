//! `bench-hub [ROUNDS [RECEIVERS]]`: what it costs the server's thread to publish to a room, over
//! TCP on this machine. Prints a line of `key=value` pairs per way and messages at a time.
//!
//! Every way takes its turn in every round, over the same sockets; a ratio compares neighbours in a
//! round. Only the CPU time of the sending thread counts, its system calls included.
#![expect(
    clippy::print_stdout,
    reason = "the figures go to stdout, where the bench reads them"
)]

mod room;

use std::error::Error;

use bench_fanout::{DEPTHS, Plan, Receivers, Times, allow_files, take_turns};
use room::{Room, Way};

/// Descriptors of a receiver: its own, and three of ours.
const FILES: u64 = 4;

/// Descriptors of everything else.
const FILES_BESIDE: u64 = 64;

fn main() -> Result<(), Box<dyn Error>> {
    let plan = Plan::from_words()?;
    let count = plan.receivers;
    if !allow_files(FILES * u64::try_from(count)? + FILES_BESIDE)? {
        println!("skipped=files receivers={count}");
        return Ok(());
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(measure(plan))
}

async fn measure(plan: Plan) -> Result<(), Box<dyn Error>> {
    let (receivers, listener) = Receivers::start(plan.receivers)?;
    let mut room = Room::open(&listener, plan.receivers).await?;
    for depth in DEPTHS {
        let send = async |way, depth| room.send(way, depth).await;
        let times = take_turns(&Way::ALL, plan, depth, &receivers, send).await?;
        print(depth, plan.receivers, &times);
    }
    Ok(())
}

fn print(depth: usize, count: usize, times: &Times<Way>) {
    for way in Way::ALL {
        let of = |other| times.ratio(way, other);
        println!(
            "way={} receivers={count} depth={depth} micros={:.3} of_bare={:.3} of_broadcast={:.3} \
             of_rival={:.3}",
            way.name(),
            times.micros(way),
            of(Way::Bare),
            of(Way::Broadcast),
            of(Way::Tungstenite),
        );
    }
}
