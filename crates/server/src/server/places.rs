//! Whether a server could listen where its options say, as far as that can be said without
//! listening. Owns what the file system knows of the paths of Unix sockets.

use std::io;
use std::path::{Path, PathBuf};

use super::cannot_listen;
use crate::faults::Faults;
use crate::options::{Listen, Options};

/// # Errors
/// If a Unix socket cannot be at its path, or two are to be at one, which may be written in two
/// ways.
pub(super) fn check(options: &Options) -> Result<(), Faults> {
    let listed = options.listen.iter().enumerate();
    let listed = listed.map(|(number, listen)| ("listen", Some(number), listen));
    let watched = options.metrics.listen.iter();
    let watched = watched.map(|listen| ("metrics.listen", None, listen));
    let (mut known, mut faults) = (Vec::new(), Faults::default());
    for (setting, item, listen) in listed.chain(watched) {
        let wrong = |error: io::Error| {
            let fault = cannot_listen(setting, listen, &error);
            let placed = match item {
                Some(number) => fault.of_item(number),
                None => fault,
            };
            placed.error(error.kind())
        };
        if let Listen::Unix(path) = listen {
            faults.take(look(path, &mut known).map_err(wrong));
        }
    }
    faults.none()
}

/// Whether a socket can be at `path`, and not at that of another one; it is known from now on.
fn look(path: &Path, known: &mut Vec<PathBuf>) -> io::Result<()> {
    let real = real_path(path)?;
    if known.contains(&real) {
        let what = "that place is listened at already";
        return Err(io::Error::new(io::ErrorKind::AddrInUse, what));
    }
    known.push(real);
    Ok(())
}

/// Where the socket at `path` would be, whose folder there must be.
fn real_path(path: &Path) -> io::Result<PathBuf> {
    check_bound(path)?;
    let wrong = || {
        io::Error::new(
            io::ErrorKind::InvalidInput,
            "its path has no name of a file",
        )
    };
    let name = path.file_name().ok_or_else(wrong)?;
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    folder.canonicalize().map(|folder| folder.join(name))
}

/// The system's own bound, of which it has no name in its errors.
#[cfg(unix)]
fn check_bound(path: &Path) -> io::Result<()> {
    use std::os::unix::net::SocketAddr;
    SocketAddr::from_pathname(path).map(drop).map_err(|error| {
        let what = "its path is longer than the system allows, or has a zero byte";
        io::Error::new(error.kind(), what)
    })
}

/// There are no such sockets here.
#[cfg(not(unix))]
fn check_bound(_: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::settings::LateFault;

    fn faults(listen: &[&str]) -> Vec<LateFault> {
        let options = Options {
            listen: listen
                .iter()
                .map(|path| Listen::Unix(path.into()))
                .collect(),
            ..Options::default()
        };
        let errors = check(&options).err().map(Faults::into_errors);
        let fault = |error: &io::Error| error.get_ref()?.downcast_ref::<LateFault>().cloned();
        errors.iter().flatten().filter_map(fault).collect()
    }

    /// If this fails, a check finds nothing and the server does not start.
    #[test]
    fn socket_that_could_not_be_there_is_told_with_its_item() {
        let long = format!("/tmp/{}", "x".repeat(200));
        for (listen, words) in [
            (["/tmp/a", &long], "longer than the system allows"),
            (["/tmp/a", "/tmp/../tmp/a"], "listened at already"),
            (
                ["/tmp/a", "/nowhere/at/all/a"],
                "cannot listen on unix:/nowhere",
            ),
            (["/tmp/a", "/tmp/.."], "no name of a file"),
        ] {
            let faults = faults(&listen);
            let [fault] = &faults[..] else {
                panic!("{faults:?}");
            };
            assert!(fault.to_string().contains(words), "{fault}");
            assert_eq!(fault.item(), Some(1), "{fault}");
        }
        assert_eq!(faults(&["a", "./b", "/tmp/a"]), []);
    }

    /// If this fails, somebody mends one place after the other, each behind another try.
    #[test]
    fn all_places_that_cannot_be_are_told() {
        let faults = faults(&["/tmp/..", "/tmp/a", "/nowhere/at/all/a"]);
        let items: Vec<_> = faults.iter().map(LateFault::item).collect();
        assert_eq!(items, [Some(0), Some(2)]);
    }
}
