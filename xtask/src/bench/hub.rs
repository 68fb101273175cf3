//! `hub`: one publication to everybody in a room of the server, and sixteen at a time: against bare
//! sends, a rival's loop and a rival's room over the same sockets, and against node's ws, in rooms
//! of 10 to 10,000, and in many small ones.

use std::process::Command;
use std::time::Duration;

use crate::bench::figures::Figures;
use crate::bench::record::Record;
use crate::bench::report::Table;
use crate::built::{Target, built};
use crate::install;
use crate::process::root;
use crate::program::output_of;

/// The most that a publication may cost, as a part of bare sends.
const OF_BARE_MAX: f64 = 1.15;

/// The most that sixteen at a time may cost, as a part of a rival's loop.
const OF_RIVAL_MAX: f64 = 0.65;

/// The same beside node's ws, which it has to be ahead of.
const OF_NODE_MAX: f64 = 1.0;

/// From so many deliveries in a turn on, the limits count: with fewer of them it decides what the
/// caches have lost while the thread slept.
const JUDGED_DELIVERIES_MIN: f64 = 100.0;

/// How many are in each room, how many rooms are published to, one after the other, and how often.
const SIZES: [(&str, &str, &str); 8] = [
    ("10", "1", "1"),
    ("10", "1", "100"),
    ("10", "100", "1"),
    ("100", "1", "1"),
    ("100", "10", "1"),
    ("1000", "1", "1"),
    ("4000", "1", "1"),
    ("10000", "1", "1"),
];

/// What a client says in a room, and a publication of who is none.
const JUDGED_WAYS: [&str; 2] = ["hub", "hub-publish"];

/// What each way is related to: the figure's name, and the column's.
const RATIOS: [(&str, &str); 5] = [
    ("of_bare", "of bare"),
    ("of_broadcast", "of broadcast"),
    ("of_rival", "of t. send"),
    ("of_room", "of t. room"),
    ("of_node", "of node ws"),
];

const RUN_LIMIT: Duration = Duration::from_secs(600);

/// Measures all ways and returns which are too slow.
pub(crate) fn run(smoke: bool, record: &mut Record) -> Result<Vec<String>, String> {
    println!("\nhub: the sending thread's CPU time per message and receiver");
    let program = built(Target::Bench("bench-hub"))?;
    let packages = root().join("conformance/interop");
    let node = install::node_packages(&packages)?;
    let mut headings = vec!["way", "receivers", "rooms", "times", "at a time", "us"];
    headings.extend(RATIOS.map(|(_, heading)| heading));
    let mut table = Table::new(&headings);
    let mut faults = Vec::new();
    let (rounds, sizes) = if smoke {
        ("1", &SIZES[..1])
    } else {
        ("51", &SIZES[..])
    };
    for (receivers, rooms, times) in sizes {
        let mut command = Command::new(&program);
        command.args([rounds, receivers, rooms, times]);
        command.arg(&node).arg(&packages);
        for line in output_of(&mut command, RUN_LIMIT)? {
            let figures = Figures::new(&line);
            if figures.word("receivers")? != *receivers {
                println!("{receivers} receivers: LOWERED, as no more files may be open here");
            }
            table.row(row(&figures)?);
            let (way, depth) = (figures.word("way")?, figures.number("depth")?);
            record.row(
                &format!("hub-{receivers}-{rooms}-{times}-{depth:.0}"),
                way,
                0,
                &figures,
            );
            if !smoke {
                faults.extend(fault(&figures)?);
            }
        }
    }
    print!("{}", table.render());
    Ok(faults)
}

fn row(figures: &Figures) -> Result<Vec<String>, String> {
    let mut row = vec![
        figures.word("way")?.to_owned(),
        figures.word("receivers")?.to_owned(),
        figures.word("rooms")?.to_owned(),
        figures.word("times")?.to_owned(),
        figures.word("depth")?.to_owned(),
        format!("{:.2}", figures.number("micros")?),
    ];
    for (ratio, _) in RATIOS {
        row.push(format!("{:.2}", figures.number(ratio)?));
    }
    Ok(row)
}

/// What is too slow in a line of figures.
fn fault(figures: &Figures) -> Result<Option<String>, String> {
    let (receivers, rooms) = (figures.number("receivers")?, figures.number("rooms")?);
    let deliveries = receivers * rooms * figures.number("times")?;
    let way = figures.word("way")?;
    if !JUDGED_WAYS.contains(&way) || deliveries < JUDGED_DELIVERIES_MIN {
        return Ok(None);
    }
    let judged: &[_] = match figures.word("depth")? {
        "1" => &[("of_bare", "bare sends", OF_BARE_MAX)],
        _ => &[
            ("of_rival", "a rival's loop", OF_RIVAL_MAX),
            ("of_node", "node's ws", OF_NODE_MAX),
        ],
    };
    for (figure, what, most) in judged {
        let ratio = figures.number(figure)?;
        if ratio > *most {
            return Ok(Some(format!(
                "{way}: publishing to {receivers:.0} in each of {rooms:.0} rooms costs {ratio:.2} \
                 of {what}, over {most}"
            )));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::{Figures, fault};

    fn judged(way: &str, size: (usize, usize), depth: usize, ratio: f64) -> Option<String> {
        let (receivers, rooms) = size;
        let line = format!(
            "way={way} receivers={receivers} rooms={rooms} times=1 depth={depth} of_bare={ratio} \
             of_rival={ratio} of_node=0.5"
        );
        fault(&Figures::new(&line)).expect("all figures are there")
    }

    #[test]
    fn only_the_hub_over_its_limits_fails() {
        assert_eq!(judged("hub", (1000, 1), 1, 1.14), None);
        assert!(judged("hub-publish", (1000, 1), 1, 1.16).is_some());
        assert_eq!(judged("broadcast", (1000, 1), 1, 9.0), None);
        assert_eq!(judged("hub", (10, 1), 1, 9.0), None);
        assert!(judged("hub", (10, 100), 1, 1.16).is_some());
        assert!(judged("hub", (1000, 1), 1, 1.16).is_some_and(|fault| fault.contains("1.16")));
        assert_eq!(judged("hub", (1000, 1), 16, 0.64), None);
        assert!(judged("hub", (1000, 1), 16, 0.66).is_some());
    }
}
