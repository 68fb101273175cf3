//! What a load test found, as text for people and as JSON for programs. Owns both forms. Measures
//! nothing.

use std::fmt::Write;
use std::time::Duration;

use super::histogram::Histogram;
use super::tally::Tally;
use crate::harmless::shown;

/// The percentiles that are told, in parts of a thousand, with their names.
const SHARES: [(u64, &str); 5] = [
    (500, "p50"),
    (900, "p90"),
    (950, "p95"),
    (990, "p99"),
    (999, "p99_9"),
];

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// For people, who may read it on a terminal.
pub(crate) fn text(tally: &Tally, took: Duration, is_terminal: bool) -> String {
    let mut text = String::new();
    // Writing into a string does not fail.
    let _ = write!(
        text,
        "users        {} started: {} finished, {} failed, {} took too long, {} stopped",
        tally.started, tally.finished, tally.failed, tally.timed_out, tally.stopped,
    );
    let never = tally.never();
    let _ = writeln!(
        text,
        "{}",
        never.map_or_else(String::new, |never| format!("; {never}"))
    );
    let _ = writeln!(
        text,
        "connections  {} tried: {} opened, {} failed, {} forgotten; {} closed, {} of them lost",
        tally.tried, tally.opened, tally.refused, tally.dropped, tally.closed, tally.unclean,
    );
    let _ = writeln!(
        text,
        "messages     {} sent, {} received in {:.1} s",
        tally.sent,
        tally.received,
        took.as_secs_f64(),
    );
    let heads = SHARES
        .map(|(_, name)| format!("{:>9}", name.replace('_', ".")))
        .concat();
    let _ = writeln!(
        text,
        "\nms          count      min     mean{heads}      max"
    );
    row(&mut text, "opening", &tally.opening);
    row(&mut text, "latency", &tally.latency);
    let errors = tally.errors();
    if !errors.is_empty() {
        text.push_str("\nerrors\n");
    }
    for (line, times) in errors {
        let _ = writeln!(text, "{times:>7}  {}", shown(line, is_terminal));
    }
    text
}

fn row(text: &mut String, name: &str, times: &Histogram) {
    if times.count() == 0 {
        // None was measured, which is not 0.
        let dashes = format!("{:>9}", "-").repeat(SHARES.len() + 3);
        let _ = writeln!(text, "{name:8}{:>9}{dashes}", 0);
        return;
    }
    let shares = SHARES.map(|(share, _)| format!("{:>9.2}", ms(times.per_mille(share))));
    let _ = writeln!(
        text,
        "{name:8}{:>9}{:>9.2}{:>9.2}{}{:>9.2}",
        times.count(),
        ms(times.min()),
        ms(times.mean()),
        shares.concat(),
        ms(times.max()),
    );
}

/// For programs: one line.
pub(crate) fn json(tally: &Tally, took: Duration) -> String {
    let errors = tally.errors();
    let errors = errors
        .iter()
        .map(|(line, times)| format!("{{\"error\":{},\"count\":{times}}}", quoted(line)));
    let errors: Vec<_> = errors.collect();
    format!(
        "{{\"seconds\":{:.3},\
         \"users\":{{\"started\":{},\"finished\":{},\"failed\":{},\"timed_out\":{},\
         \"stopped\":{},\"never_started\":{},\"uncaught\":{}}},\
         \"connections\":{{\"tried\":{},\"opened\":{},\"failed\":{},\"forgotten\":{},\
         \"closed\":{},\"lost\":{}}},\
         \"messages\":{{\"sent\":{},\"received\":{}}},\
         \"opening_ms\":{},\"latency_ms\":{},\"errors\":[{}]}}\n",
        took.as_secs_f64(),
        tally.started,
        tally.finished,
        tally.failed,
        tally.timed_out,
        tally.stopped,
        tally.never_started,
        tally.uncaught,
        tally.tried,
        tally.opened,
        tally.refused,
        tally.dropped,
        tally.closed,
        tally.unclean,
        tally.sent,
        tally.received,
        times_json(&tally.opening),
        times_json(&tally.latency),
        errors.join(","),
    )
}

fn times_json(times: &Histogram) -> String {
    let shares =
        SHARES.map(|(share, name)| format!("\"{name}\":{:.3},", ms(times.per_mille(share))));
    format!(
        "{{\"count\":{},\"min\":{:.3},\"mean\":{:.3},{}\"max\":{:.3}}}",
        times.count(),
        ms(times.min()),
        ms(times.mean()),
        shares.concat(),
        ms(times.max()),
    )
}

/// A string of JSON.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            letter if letter.is_control() => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(letter));
            }
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use sockeye_js::Happening;

    use super::*;

    /// An error in a script's words could clear the screen that shows the summary.
    #[test]
    fn terminal_does_not_act_on_errors() {
        let mut tally = Tally::default();
        tally.complain("Uncaught \x1b[2J");
        let text = |is_terminal| text(&tally, Duration::ZERO, is_terminal);
        assert!(text(true).ends_with("      1  Uncaught \\u{1b}[2J\n"));
        assert!(text(false).ends_with("      1  Uncaught \x1b[2J\n"));
    }

    /// What nobody measured would look like a server without delay.
    #[test]
    fn times_that_were_not_measured_are_dashes() {
        let mut tally = Tally::default();
        tally.add(Happening::Opened(Duration::from_millis(2)));
        let text = text(&tally, Duration::ZERO, false);
        let rows: Vec<_> = text.lines().skip(4).collect();
        let [heads, opening, latency] = rows[..] else {
            panic!("{text}");
        };
        assert!(opening.ends_with(" 2.00"), "{text}");
        assert_eq!(latency.split_whitespace().nth(1), Some("0"), "{text}");
        assert_eq!(latency.matches(" -").count(), 8, "{text}");
        assert_eq!((heads.len(), opening.len()), (latency.len(), latency.len()));
    }

    /// A program that reads the summary would fail on what a script said.
    #[test]
    fn what_scripts_say_is_a_string_of_json() {
        assert_eq!(quoted("a\"b\\c\n\u{e9}"), "\"a\\\"b\\\\c\\u000a\u{e9}\"");
        let mut tally = Tally::default();
        tally.complain("say \"no\"");
        let json = json(&tally, Duration::from_millis(1500));
        assert!(json.starts_with("{\"seconds\":1.500,\"users\":{"), "{json}");
        assert!(
            json.ends_with("[{\"error\":\"say \\\"no\\\"\",\"count\":1}]}\n"),
            "{json}"
        );
    }
}
