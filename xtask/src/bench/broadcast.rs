//! `broadcast`: one message to a thousand receivers, and sixteen at a time: ours against bare sends
//! and against a rival's loop, over the same sockets.

use std::process::Command;
use std::time::Duration;

use crate::bench::figures::Figures;
use crate::bench::record::Record;
use crate::bench::report::Table;
use crate::built::{Target, built};
use crate::program::output_of;

/// The most that a broadcast may cost, as a part of bare sends. The aim is 1.1; on a shared machine
/// the caches decide about as much again, which is no fault of ours.
const OF_BARE_MAX: f64 = 1.3;

/// The most that a compressed one may cost, as a part of one that is not. The aim is 1.2, and the
/// caches decide here as well; compressing for each receiver costs 1.9.
const OF_PLAIN_MAX: f64 = 1.5;

/// What each way is related to: the figure's name, and the column's.
const RATIOS: [(&str, &str); 7] = [
    ("of_bare", "of bare"),
    ("of_joined", "of joined"),
    ("of_loop", "of loop"),
    ("of_send", "of t. send"),
    ("of_feed", "of t. feed"),
    ("of_tasks", "of t. tasks"),
    ("of_plain", "of plain"),
];

const RUN_LIMIT: Duration = Duration::from_secs(300);

/// Measures all ways and returns which are too slow.
pub(crate) fn run(smoke: bool, record: &mut Record) -> Result<Vec<String>, String> {
    println!("\nbroadcast: the sending thread's CPU time per message and receiver");
    let program = built(Target::Bench("bench-broadcast"))?;
    let mut command = Command::new(program);
    if smoke {
        command.args(["1", "20"]);
    }
    let mut headings = vec!["way", "at a time", "us"];
    headings.extend(RATIOS.map(|(_, heading)| heading));
    let mut table = Table::new(&headings);
    let mut faults = Vec::new();
    for line in output_of(&mut command, RUN_LIMIT)? {
        let figures = Figures::new(&line);
        let (way, depth) = (figures.word("way")?, figures.number("depth")?);
        let mut row = vec![way.to_owned(), format!("{depth:.0}")];
        row.push(format!("{:.2}", figures.number("micros")?));
        record.row(&format!("broadcast-{depth:.0}"), way, 0, &figures);
        for (ratio, _) in RATIOS {
            row.push(format!("{:.2}", figures.number(ratio)?));
        }
        table.row(row);
        if !smoke {
            let of = (figures.number("of_bare")?, figures.number("of_plain")?);
            faults.extend(fault(way, depth, of));
        }
    }
    print!("{}", table.render());
    Ok(faults)
}

fn fault(way: &str, depth: f64, (of_bare, of_plain): (f64, f64)) -> Option<String> {
    match way {
        "broadcast" if of_bare > OF_BARE_MAX => Some(format!(
            "broadcast {depth:.0} at a time costs {of_bare:.2} of bare sends, over {OF_BARE_MAX}"
        )),
        "broadcast-deflate" if of_plain > OF_PLAIN_MAX => Some(format!(
            "a compressed broadcast costs {of_plain:.2} of a plain one, over {OF_PLAIN_MAX}"
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn only_a_broadcast_over_its_limit_fails() {
        assert_eq!(fault("broadcast", 1.0, (1.29, 1.0)), None);
        assert_eq!(fault("loop", 1.0, (9.0, 9.0)), None);
        assert!(fault("broadcast", 1.0, (1.31, 1.0)).is_some_and(|fault| fault.contains("1.31")));
        assert!(fault("broadcast-deflate", 1.0, (1.0, 1.51)).is_some());
    }
}
