//! File descriptors: each connection takes one. Owns that a server asks the system for as many as
//! it may have, and says so if they are few.

use crate::output::note;

/// What a process needs besides its connections: standard streams, the listening socket, and a few
/// for each thread's runtime.
const BESIDE_CONNECTIONS: u64 = 64;

/// Raises the soft limit to the hard one: shells grant 1,024 by default, which is not meant for
/// servers. Tells a person if fewer remain than `connections` take.
pub(crate) fn raise(connections: u64) {
    let wanted = connections + BESIDE_CONNECTIONS;
    if let Some(granted) = raised(wanted).filter(|granted| *granted < wanted) {
        note(format_args!(
            "only {granted} file descriptors for up to {connections} connections: raise the hard \
            limit (ulimit -Hn)"
        ));
    }
}

/// How many there may be, after asking for all, or at least for `wanted`; `None` if without limit.
#[cfg(unix)]
fn raised(wanted: u64) -> Option<u64> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    // Some systems call it unlimited and grant a number all the same.
    for current in [limit.maximum, Some(wanted)] {
        let asked = Rlimit { current, ..limit };
        if limit.current != limit.maximum && setrlimit(Resource::Nofile, asked).is_ok() {
            break;
        }
    }
    getrlimit(Resource::Nofile).current
}

/// Elsewhere there is no such limit to ask for.
#[cfg(not(unix))]
fn raised(_wanted: u64) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn descriptors_are_all_that_the_system_grants() {
        use rustix::process::{Resource, getrlimit};
        let granted = raised(1);
        assert_eq!(granted, getrlimit(Resource::Nofile).maximum);
        assert_eq!(raised(1), granted, "asked again, it is the same");
    }
}
