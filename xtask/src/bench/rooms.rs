//! `rooms`: 10,000 connections to `sockeye serve`, in 1,000 rooms and in one: how long a message
//! takes to everybody, whether all arrive, and what a connection takes in memory; and 10,000 people
//! with names in one room, until all know of all.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::bench::figures::Figures;
use crate::bench::programs::connections_max;
use crate::bench::record::Record;
use crate::bench::report::Table;
use crate::built::{Target, built};
use crate::program::{Program, host_and_port, output_of};

const CONNECTIONS: usize = 10_000;
const SMOKE_CONNECTIONS: usize = 40;
const ROOMS: [usize; 2] = [1000, 1];
const SMOKE_ROOMS: [usize; 2] = [4, 1];

/// Signing 10,000 people in is up to 100 million messages.
const RUN_LIMIT: Duration = Duration::from_secs(1500);

/// The figures that a row shows.
const COLUMNS: [&str; 8] = [
    "connections",
    "rooms",
    "publications",
    "p50_us",
    "p99_us",
    "p999_us",
    "lost",
    "bytes",
];

/// The figures about people with names.
const NAMES_COLUMNS: [&str; 9] = [
    "named", "named_ms", "told_ms", "p50_us", "p99_us", "arrivals", "lists", "cpu_ms", "bytes",
];

/// Measures all, and returns what got lost.
pub(crate) fn run(smoke: bool, record: &mut Record) -> Result<Vec<String>, String> {
    println!("\nrooms: a message in the rooms of `sockeye serve`, to each client there");
    let server = built(Target::Sockeye)?;
    let crowd = built(Target::Bench("bench-rooms"))?;
    let (wanted, rooms, seconds) = if smoke {
        (SMOKE_CONNECTIONS, SMOKE_ROOMS, "1")
    } else {
        (CONNECTIONS, ROOMS, "10")
    };
    let connections = wanted.min(connections_max());
    if connections < wanted {
        println!("LOWERED to {connections} connections: no more files may be open here");
    }
    let mut table = Table::new(&COLUMNS);
    let mut faults = Vec::new();
    let connections = connections.to_string();
    for rooms in rooms {
        let rooms = rooms.to_string();
        for line in measure(&server, &crowd, &[&connections, &rooms, seconds])? {
            let figures = Figures::new(&line);
            table.row(words(&figures, &COLUMNS)?);
            record.row("rooms", &rooms, 0, &figures);
            faults.extend(fault(&figures)?);
        }
    }
    print!("{}", table.render());
    let mut table = Table::new(&NAMES_COLUMNS);
    for line in measure(&server, &crowd, &[&connections, "names"])? {
        let figures = Figures::new(&line);
        table.row(words(&figures, &NAMES_COLUMNS)?);
        record.row("rooms", "names", 0, &figures);
    }
    print!("{}", table.render());
    Ok(faults)
}

/// What `crowd` says of a server of its own.
fn measure(server: &Path, crowd: &Path, load: &[&str]) -> Result<Vec<String>, String> {
    let mut command = Command::new(server);
    // All of them come from one address, at once.
    command.args(["serve", "--listen", "127.0.0.1:0", "--log-level", "warn"]);
    command.args(["--limits-connections-max", "100000"]);
    command.args(["--limits-connections-per-address-max", "100000"]);
    command.args(["--limits-handshakes-per-second-max", "100000"]);
    command.args(["--chat-messages-per-second-max", "100000"]);
    let (running, address) = Program::start_server(&mut command)?;
    let mut command = Command::new(crowd);
    command.args([host_and_port(&address), &running.id().to_string()]);
    output_of(command.args(load), RUN_LIMIT)
}

fn words<const N: usize>(figures: &Figures, columns: &[&str; N]) -> Result<Vec<String>, String> {
    let words = columns.iter().map(|key| figures.word(key));
    words.map(|word| word.map(str::to_owned)).collect()
}

fn fault(figures: &Figures) -> Result<Option<String>, String> {
    let (lost, rooms) = (figures.word("lost")?, figures.word("rooms")?);
    Ok((lost != "0").then(|| format!("{lost} messages in {rooms} rooms got lost")))
}

#[cfg(test)]
mod tests {
    use super::{Figures, fault};

    #[test]
    fn lost_message_is_a_fault() {
        let judged = |lost| fault(&Figures::new(&format!("rooms=1 lost={lost}")));
        assert_eq!(judged(0), Ok(None));
        assert!(judged(3).is_ok_and(|fault| fault.is_some_and(|fault| fault.starts_with("3 "))));
        assert!(fault(&Figures::new("rooms=1")).is_err());
    }
}
