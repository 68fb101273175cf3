//! `bench-hub [ROUNDS [RECEIVERS [ROOMS [TIMES [NODE DIR]]]]]`: what it costs the server's thread
//! to publish to a room of RECEIVERS, over TCP on this machine, in each of ROOMS, one after the
//! other, and all of that TIMES times, each once the one before is written; with NODE, beside the
//! package `ws` that is installed in DIR. Prints a line of `key=value` pairs per way and messages
//! at a time.
//!
//! The thread sleeps before each turn, so that what is done once is cold in the caches; with
//! several rooms or times it is so for the first of them.
//!
//! Every way takes its turn in every round, over the same sockets; a ratio compares neighbours in a
//! round. Only the CPU time of the sending thread counts, its system calls included. Node's is a
//! process of its own, with sockets of its own, and all its threads count.
#![expect(
    clippy::print_stdout,
    reason = "the figures go to stdout, where the bench reads them"
)]

mod node;
mod rival;
mod room;

use std::error::Error;
use std::net::Ipv4Addr;
use std::path::PathBuf;

use bench_fanout::{DEPTHS, Plan, Receivers, Times, receive_if_asked, take_turns};
use bench_meter::allow_files;
use node::NodeRoom;
use room::{Rooms, Size, Way};
use tokio::net::TcpListener;

/// Descriptors of a receiver on this side: our connection's and the rival's.
const FILES: u64 = 2;

/// The same with the rival's room, which has one of its own.
const FILES_WITH_ROOM: u64 = 3;

/// Descriptors of everything else.
const FILES_BESIDE: u64 = 32;

fn main() -> Result<(), Box<dyn Error>> {
    if receive_if_asked()? {
        return Ok(());
    }
    let mut plan = Plan::from_words()?;
    let allowed = allow_files()?.saturating_sub(FILES_BESIDE);
    let mut counts = std::env::args().skip(3).take(2);
    let mut count = || -> Result<usize, std::num::ParseIntError> {
        let word = counts.next().map(|word| word.parse::<usize>());
        Ok(word.transpose()?.unwrap_or(1).max(1))
    };
    let (rooms, times) = (count()?, count()?);
    let people_max = usize::try_from(allowed / FILES)?;
    let size = Size {
        receivers: plan.receivers.min(people_max / rooms).max(1),
        rooms,
        times,
    };
    plan.receivers = size.people() * times;
    let has_rival = size.people() <= usize::try_from(allowed / FILES_WITH_ROOM)?;
    let mut words = std::env::args_os().skip(5).map(PathBuf::from);
    let node = words.next().zip(words.next());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(measure(plan, size, has_rival, node))
}

async fn measure(
    plan: Plan,
    size: Size,
    has_rival: bool,
    node: Option<(PathBuf, PathBuf)>,
) -> Result<(), Box<dyn Error>> {
    let count = size.people();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let mut receivers = vec![Receivers::start(count, listener.local_addr()?).await?];
    let mut rooms = Rooms::open(&listener, size, has_rival).await?;
    let mut ways = Way::OURS.to_vec();
    if has_rival {
        ways.push(Way::TungsteniteRoom);
    }
    if let Some((node, dir)) = node {
        let (rival, its_receivers) = NodeRoom::open(&node, &dir, count).await?;
        receivers.push(its_receivers);
        rooms.node = Some(rival);
        ways.push(Way::Node);
    }
    for depth in DEPTHS {
        let send = async |way, depth| rooms.send(way, depth).await;
        let times = take_turns(&ways, plan, depth, &mut receivers, send).await?;
        print(&ways, depth, size, &times);
    }
    Ok(())
}

fn print(ways: &[Way], depth: usize, size: Size, times: &Times<Way>) {
    for way in ways {
        let of = |other| times.ratio(*way, other);
        println!(
            "way={} receivers={} rooms={} times={} depth={depth} micros={:.3} of_bare={:.3} \
             of_broadcast={:.3} of_rival={:.3} of_room={:.3} of_node={:.3}",
            way.name(),
            size.receivers,
            size.rooms,
            size.times,
            times.micros(*way),
            of(Way::Bare),
            of(Way::Broadcast),
            of(Way::Tungstenite),
            of(Way::TungsteniteRoom),
            of(Way::Node),
        );
    }
}
