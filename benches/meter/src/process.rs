//! What the kernel says about a process: CPU time to the nanosecond, resident memory.

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// A thread's time is booked when it goes to sleep; this is enough to get there.
const SETTLE: Duration = Duration::from_millis(2);

/// A server that is still busy after so many looks does something of its own.
const LOOKS_MAX: usize = 25;

/// The CPU time of processes whose replies are all in, in nanoseconds: waits until they have gone
/// to sleep, because the time of a running thread is up to a tick old.
///
/// # Errors
///
/// A process or its statistics do not exist.
pub fn settled_cpu_ns(pids: &[u32]) -> Result<u64, String> {
    let all = || pids.iter().map(|&pid| cpu_ns(pid)).sum::<Result<u64, _>>();
    let mut before = all()?;
    for _ in 0..LOOKS_MAX {
        sleep(SETTLE);
        let now = all()?;
        if now == before {
            break;
        }
        before = now;
    }
    Ok(before)
}

/// The sum over all threads, kernel work on their behalf included.
fn cpu_ns(pid: u32) -> Result<u64, String> {
    let tasks = format!("/proc/{pid}/task");
    let threads = fs::read_dir(&tasks).map_err(|error| format!("{tasks}: {error}"))?;
    let mut sum = 0;
    for thread in threads {
        let path = thread
            .map_err(|error| error.to_string())?
            .path()
            .join("schedstat");
        let text =
            fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        sum += first_number(&text).ok_or_else(|| format!("{}: {text}", path.display()))?;
    }
    Ok(sum)
}

/// The memory of a process that is in RAM, in bytes.
///
/// # Errors
///
/// The process or its statistics do not exist.
pub fn resident_bytes(pid: u32) -> Result<u64, String> {
    // Exact, where the figure in `status` lags by a few dozen pages per thread.
    let path = format!("/proc/{pid}/smaps_rollup");
    let text = fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
    text.lines()
        .find_map(|line| first_number(line.strip_prefix("Rss:")?))
        .map(|kibibytes| kibibytes * 1024)
        .ok_or_else(|| format!("{path} has no Rss"))
}

/// Our own CPU time, in nanoseconds.
pub fn own_cpu_ns() -> u64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    seconds * 1_000_000_000 + u64::try_from(time.tv_nsec).unwrap_or(0)
}

fn first_number(text: &str) -> Option<u64> {
    text.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// If this fails, a server's figures are nought.
    #[test]
    fn our_own_process_has_time_and_memory() {
        let pid = std::process::id();
        assert!(own_cpu_ns() > 0);
        assert!(resident_bytes(pid).unwrap() > 100_000);
        assert!(cpu_ns(pid).is_ok());
    }

    /// If this fails, a server that died has figures.
    #[test]
    fn a_process_that_does_not_exist_is_named() {
        assert!(
            settled_cpu_ns(&[u32::MAX])
                .unwrap_err()
                .contains("4294967295")
        );
    }
}
