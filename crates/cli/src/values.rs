//! Values that several verbs read: sizes, counts, addresses. Owns the words of their rules.

use std::io;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::Path;

use crate::failure::Failure;

use sockeye_server::limits::THREADS_MAX;
use sockeye_server::read_bounded;

/// A size: a number of bytes, or of `K`, `M`, `G` (powers of 1,024).
pub(crate) fn size(value: &str) -> Result<usize, &'static str> {
    let (number, unit) = match value.char_indices().next_back() {
        Some((at, 'k' | 'K')) => (value.get(..at), 1 << 10),
        Some((at, 'm' | 'M')) => (value.get(..at), 1 << 20),
        Some((at, 'g' | 'G')) => (value.get(..at), 1 << 30),
        _ => (Some(value), 1),
    };
    number
        .and_then(|number| number.parse::<usize>().ok())
        .and_then(|number| number.checked_mul(unit))
        .filter(|size| *size > 0)
        .ok_or("be a size such as 65536, 64K or 1G")
}

/// A number of worker threads.
pub(crate) fn threads(value: &str) -> Result<NonZeroUsize, &'static str> {
    let number = value.parse::<NonZeroUsize>().ok();
    number
        .filter(|number| number.get() <= THREADS_MAX)
        .ok_or("be a number from 1 to 1024")
}

/// The content of the file at `path`, which `what` names in words: at most `len_max` bytes.
pub(crate) fn file(what: &str, path: &Path, len_max: usize) -> Result<Vec<u8>, Failure> {
    file_by(|path| read_bounded(path, len_max), what, path)
}

/// The same by another way to read it.
pub(crate) fn file_by(
    read: impl FnOnce(&Path) -> io::Result<Vec<u8>>,
    what: &str,
    path: &Path,
) -> Result<Vec<u8>, Failure> {
    let cannot = |error| Failure::run(format!("cannot read {what} {}", path.display()), &error);
    read(path).map_err(cannot)
}

/// Where to listen.
pub(crate) fn address(value: &str) -> Result<SocketAddr, &'static str> {
    let rule = "be an address and a port such as 127.0.0.1:8080";
    value.parse().map_err(|_| rule)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units_of_1024() {
        let sizes = [("1", 1), ("2K", 2048), ("3m", 3 << 20), ("1G", 1 << 30)];
        for (text, expected) in sizes {
            assert_eq!(size(text), Ok(expected));
        }
        for text in ["99999999999999999999G", "0", "4X", "", "K", "-1"] {
            assert!(size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn threads_have_the_bound_that_their_rule_states() {
        let rule = threads("100000000").unwrap_err();
        assert!(rule.ends_with(&format!(" {THREADS_MAX}")), "{rule}");
        assert_eq!(
            threads(&THREADS_MAX.to_string()).map(NonZeroUsize::get),
            Ok(THREADS_MAX)
        );
        for text in [&(THREADS_MAX + 1).to_string(), "0", "-1", ""] {
            assert_eq!(threads(text), Err(rule), "{text}");
        }
    }

    /// If this fails, a file without an end takes all memory, or nobody learns why it was refused.
    #[test]
    fn file_is_read_up_to_its_bound() {
        let path = std::env::temp_dir().join(format!("sockeye-values-{}", std::process::id()));
        std::fs::write(&path, "1234").unwrap();
        assert_eq!(file("the script", &path, 4).unwrap(), b"1234");
        let told = file("the script", &path, 3).unwrap_err().to_string();
        std::fs::remove_file(&path).unwrap();
        let shown = path.display();
        let expected = format!("cannot read the script {shown}: it has more than 3 bytes");
        assert_eq!(told, expected);
        #[cfg(unix)]
        assert!(file("the script", Path::new("/dev/zero"), 1000).is_err());
    }
}
