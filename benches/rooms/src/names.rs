//! People with names in one room of the JSON chat: how long it takes until each has one and all
//! were told of all, and what that costs the server. Owns the count of what was told; who talks is
//! `crowd`'s.

use std::cell::RefCell;
use std::error::Error;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bench_meter::{Histogram, resident_bytes, settled_cpu_ns};
use sockeye::{Client, Message, WebSocket};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};

/// People who are on their way to a name at the same time.
const AT_ONCE: usize = 64;

/// Nothing new for as long, and a millisecond for each person, which is how far lists are apart:
/// then everything has been told.
const QUIET: Duration = Duration::from_secs(1);

/// How long all of it may take.
const PATIENCE: Duration = Duration::from_secs(1200);

/// How often it is looked whether it has; the times are as exact as that.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// What all clients heard together.
#[derive(Debug)]
struct Heard {
    named: usize,
    /// `username` messages.
    arrivals: u64,
    /// `userlist` messages.
    lists: u64,
    /// How many people the newest list counts.
    counted: usize,
    bytes: u64,
    last: Instant,
    latencies: Histogram,
    ended: usize,
}

/// Signs `count` people in, at the server `pid` at `address`, and prints what it took.
pub(crate) async fn measure(address: &str, pid: u32, count: usize) -> Result<(), Box<dyn Error>> {
    let (memory, cpu) = (resident_bytes(pid)?, settled_cpu_ns(&[pid])?);
    let began = Instant::now();
    let heard = Rc::new(RefCell::new(Heard {
        named: 0,
        arrivals: 0,
        lists: 0,
        counted: 0,
        bytes: 0,
        last: began,
        latencies: Histogram::new(),
        ended: 0,
    }));
    let turns = Arc::new(Semaphore::new(AT_ONCE));
    for number in 0..count {
        let turn = Arc::clone(&turns).acquire_owned().await?;
        let client = Client::new(&format!("ws://{address}/chat/crowd"))?;
        let ws = client.protocols(["json"])?.connect().await?;
        let heard = Rc::clone(&heard);
        tokio::task::spawn_local(async move {
            // However it ends, an end is a fault; `wait` tells how many.
            let _ = sign_in(ws, number, turn, &heard).await;
            heard.borrow_mut().ended += 1;
        });
    }
    let all_named = wait(&heard, began, |heard| heard.named == count).await?;
    let all_told = wait(&heard, began, |heard| heard.counted == count).await?;
    let quiet = QUIET + Duration::from_millis(u64::try_from(count)?);
    wait(&heard, began, |heard| heard.last.elapsed() > quiet).await?;
    let cpu = settled_cpu_ns(&[pid])?.saturating_sub(cpu);
    let memory = resident_bytes(pid)?.saturating_sub(memory);
    let people = u64::try_from(count)?.max(1);
    let heard = heard.borrow();
    println!(
        "named={count} named_ms={} told_ms={} p50_us={} p99_us={} max_us={} arrivals={} lists={} \
         received_bytes={} cpu_ms={} bytes={}",
        all_named.as_millis(),
        all_told.as_millis(),
        heard.latencies.quantile(0.5) / 1000,
        heard.latencies.quantile(0.99) / 1000,
        heard.latencies.quantile(1.0) / 1000,
        heard.arrivals,
        heard.lists,
        heard.bytes,
        cpu / 1_000_000,
        memory / people,
    );
    Ok(())
}

/// Waits until something is so; since when it was begun.
async fn wait(
    heard: &RefCell<Heard>,
    began: Instant,
    is_so: impl Fn(&Heard) -> bool,
) -> Result<Duration, String> {
    while !is_so(&heard.borrow()) {
        if heard.borrow().ended > 0 {
            return Err(format!("{} connections ended", heard.borrow().ended));
        }
        if began.elapsed() > PATIENCE {
            return Err(format!("it took too long: {:?}", heard.borrow()));
        }
        sleep(LOOK_EVERY).await;
    }
    Ok(began.elapsed())
}

/// Asks for a name, and hears until the end.
async fn sign_in(
    mut ws: WebSocket,
    number: usize,
    turn: OwnedSemaphorePermit,
    heard: &RefCell<Heard>,
) -> Result<(), Box<dyn Error>> {
    let (asked, mut turn) = (Instant::now(), Some(turn));
    let name = format!(r#"{{"type":"username","name":"person {number}"}}"#);
    timeout(PATIENCE, ws.send(name)).await??;
    while let Some(message) = ws.recv().await? {
        let Message::Text(text) = message else {
            continue;
        };
        let mut heard = heard.borrow_mut();
        heard.bytes += u64::try_from(text.len())?;
        heard.last = Instant::now();
        if text.starts_with(r#"{"type":"username""#) {
            heard.arrivals += 1;
        } else if text.starts_with(r#"{"type":"userlist""#) {
            heard.lists += 1;
            heard.counted = heard.counted.max(count_in(&text));
        } else if text.starts_with(r#"{"type":"named""#) {
            heard.named += 1;
            let nanos = u64::try_from(asked.elapsed().as_nanos()).unwrap_or(u64::MAX);
            heard.latencies.record(nanos, 1);
            turn = None;
        }
    }
    drop(turn);
    Ok(())
}

/// The `count` of a list.
fn count_in(list: &str) -> usize {
    let digits = list.rsplit_once(r#""count":"#).map(|(_, rest)| rest);
    let digits = digits.and_then(|rest| rest.split(',').next());
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::count_in;

    /// If this fails, the bench waits for ever for a list with everybody.
    #[test]
    fn list_counts_its_people() {
        let list = r#"{"type":"userlist","users":["\"count\":7"],"count":12,"date":3}"#;
        assert_eq!(count_in(list), 12);
        assert_eq!(count_in(""), 0);
    }
}
