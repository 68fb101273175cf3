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

mod room;
mod way;

use std::error::Error;
use std::net::Ipv4Addr;

use bench_fanout::{DEPTHS, Plan, Receivers, Times, receive_if_asked, take_turns};
use bench_meter::allow_files;
use room::Room;
use sockeye::DeflatePolicy;
use tokio::net::TcpListener;
use tokio::task::LocalSet;
use way::Way;

fn main() -> Result<(), Box<dyn Error>> {
    if receive_if_asked()? {
        return Ok(());
    }
    let plan = Plan::from_words()?;
    // Where that is too few, opening fails.
    allow_files()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    LocalSet::new().block_on(&runtime, measure(plan))
}

async fn measure(plan: Plan) -> Result<(), Box<dyn Error>> {
    let policies = [None, None, Some(DeflatePolicy::no_takeover())];
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let count = plan.receivers * policies.len();
    let mut receivers = [Receivers::start(count, listener.local_addr()?).await?];
    let mut rooms = Room::open(&listener, plan.receivers, policies).await?;
    for depth in DEPTHS {
        let send = async |way: Way, depth| way.send(&mut rooms[way.room()], depth).await;
        print(
            depth,
            &take_turns(&Way::ALL, plan, depth, &mut receivers, send).await?,
        );
    }
    Ok(())
}

fn print(depth: usize, times: &Times<Way>) {
    for way in Way::ALL {
        let of = |other| times.ratio(way, other);
        println!(
            "way={} depth={depth} micros={:.3} of_bare={:.3} of_joined={:.3} of_loop={:.3} \
             of_send={:.3} of_feed={:.3} of_tasks={:.3} of_plain={:.3}",
            way.name(),
            times.micros(way),
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
