//! The limit on open files, which so many connections reach. Owns only that.

use std::io;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Allows as many open files as this process may have; whether `count` of them are allowed.
///
/// # Errors
/// If the system refuses what it said is allowed.
pub fn allow_files(count: u64) -> io::Result<bool> {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let limit = Rlimit {
        current: maximum,
        maximum,
    };
    setrlimit(Resource::Nofile, limit)?;
    Ok(maximum.is_none_or(|maximum| count <= maximum))
}
