//! `rooms`: 10,000 connections to `sockeye serve`, in 1,000 rooms and in one: how long a message
//! takes to everybody, whether all arrive, and what a connection takes in memory.

use std::process::Command;
use std::time::Duration;

use crate::bench::figures::Figures;
use crate::bench::programs::connections_max;
use crate::bench::record::Record;
use crate::bench::report::Table;
use crate::program::{Program, built, host_and_port, output_of, sockeye};

const CONNECTIONS: usize = 10_000;
const SMOKE_CONNECTIONS: usize = 40;
const ROOMS: [usize; 2] = [1000, 1];
const SMOKE_ROOMS: [usize; 2] = [4, 1];

const RUN_LIMIT: Duration = Duration::from_secs(300);

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

/// Measures both, and returns what got lost.
pub(crate) fn run(smoke: bool, record: &mut Record) -> Result<Vec<String>, String> {
    println!("\nrooms: a message in the rooms of `sockeye serve`, to each client there");
    let server = sockeye()?;
    let crowd = built(&["--manifest-path", "benches/Cargo.toml", "-p", "bench-rooms"])?;
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
    for rooms in rooms {
        let mut command = Command::new(&server);
        // All of them come from one address, at once.
        command.args(["serve", "--listen", "127.0.0.1:0", "--log-level", "warn"]);
        command.args(["--limits-connections-max", "100000"]);
        command.args(["--limits-connections-per-address-max", "100000"]);
        command.args(["--limits-handshakes-per-second-max", "100000"]);
        command.args(["--chat-messages-per-second-max", "100000"]);
        let (running, address) = Program::start_server(&mut command)?;
        let address = host_and_port(&address);
        let mut command = Command::new(&crowd);
        command.args([address, &running.id().to_string()]);
        command.args([&connections.to_string(), &rooms.to_string(), seconds]);
        for line in output_of(&mut command, RUN_LIMIT)? {
            let figures = Figures::new(&line);
            let words = COLUMNS
                .iter()
                .map(|key| figures.word(key).map(str::to_owned));
            table.row(words.collect::<Result<_, _>>()?);
            record.row("rooms", &rooms.to_string(), 0, &figures);
            faults.extend(fault(&figures)?);
        }
    }
    print!("{}", table.render());
    Ok(faults)
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
