//! The limit on open files, which so many connections reach. Owns only that.

use std::io;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Allows as many open files as this process may have, and tells how many that are.
///
/// # Errors
/// If the system refuses what it said is allowed.
pub fn allow_files() -> io::Result<u64> {
    let maximum = getrlimit(Resource::Nofile).maximum;
    let current = maximum;
    setrlimit(Resource::Nofile, Rlimit { current, maximum })?;
    Ok(maximum.unwrap_or(u64::MAX))
}
