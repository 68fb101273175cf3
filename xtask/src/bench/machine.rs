//! Where and when a bench runs: named by what matters for speed, and by nothing private.

use std::fs;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::process::root;

/// The machine in words: processor, cores, kernel.
pub(crate) fn describe() -> String {
    let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    // What follows the version number names a distribution or a provider.
    let kernel = kernel.trim().split('-').next().unwrap_or_default();
    format!("{}, {cores} cores, Linux {kernel}", model(&cpuinfo))
}

fn model(cpuinfo: &str) -> &str {
    cpuinfo
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':'))
        .map_or("unknown processor", |(_, name)| name.trim())
}

/// Words as one part of a file name.
pub(crate) fn file_name(words: &str) -> String {
    let mut name = String::new();
    for character in words.chars() {
        if character.is_ascii_alphanumeric() || (character == '.' && !name.ends_with('-')) {
            name.push(character.to_ascii_lowercase());
        } else if !name.ends_with('-') {
            name.push('-');
        }
    }
    name.trim_matches('-').to_owned()
}

/// The commit that is measured, with a mark if files differ from it.
pub(crate) fn commit() -> String {
    let output = Command::new("git")
        .args(["describe", "--always", "--dirty"])
        .current_dir(root())
        .output();
    match output {
        Ok(output) if output.status.success() => {
            String::from_utf8_lossy(&output.stdout).trim().to_owned()
        }
        _ => "unknown".to_owned(),
    }
}

/// Now, as `YYYY-MM-DD` and `HH:MM`, both UTC.
pub(crate) fn now() -> (String, String) {
    let seconds = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    let (year, month, day) = date(seconds / 86_400);
    let minutes = seconds % 86_400 / 60;
    (
        format!("{year}-{month:02}-{day:02}"),
        format!("{:02}:{:02}", minutes / 60, minutes % 60),
    )
}

/// The Gregorian date of a day counted from 1970-01-01, by walking through years and months.
fn date(days: u64) -> (u64, u64, u64) {
    let mut rest = days;
    let mut year = 1970;
    while rest >= year_len(year) {
        rest -= year_len(year);
        year += 1;
    }
    let february = year_len(year) - 337;
    let lens = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 1;
    for len in lens {
        if rest < len {
            break;
        }
        rest -= len;
        month += 1;
    }
    (year, month, rest + 1)
}

fn year_len(year: u64) -> u64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if leap { 366 } else { 365 }
}

/// The load average of the last minute, and the ticks of all processors so far: all of them, and
/// those that other guests of the host took.
pub(crate) fn noise() -> (String, f64, f64) {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split_whitespace().next().unwrap_or("?").to_owned();
    let stat = fs::read_to_string("/proc/stat").unwrap_or_default();
    let ticks: Vec<f64> = stat
        .lines()
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .filter_map(|word| word.parse().ok())
        .collect();
    (
        load,
        ticks.iter().take(8).sum(),
        ticks.get(7).copied().unwrap_or(0.0),
    )
}

#[cfg(test)]
mod tests {
    use super::{date, file_name, model};

    #[test]
    fn dates_know_leap_years() {
        assert_eq!(date(0), (1970, 1, 1));
        assert_eq!(date(11_016), (2000, 2, 29));
        assert_eq!(date(11_017), (2000, 3, 1));
        assert_eq!(date(20_453), (2025, 12, 31));
        assert_eq!(date(20_454), (2026, 1, 1));
    }

    #[test]
    fn file_names_are_plain() {
        assert_eq!(
            file_name("Intel(R) Xeon(R) CPU @ 2.50GHz, 2 cores"),
            "intel-r-xeon-r-cpu-2.50ghz-2-cores"
        );
    }

    #[test]
    fn model_is_found() {
        assert_eq!(model("processor: 0\nmodel name\t: Some CPU\n"), "Some CPU");
        assert_eq!(model(""), "unknown processor");
    }
}
