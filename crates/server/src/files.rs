//! Files that settings name. Owns that to read one comes to an end: no pipe is waited for, and none
//! takes all memory.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use crate::limits::FILE_LEN_MAX;

/// The content of the file at `path`.
///
/// # Errors
/// If it cannot be read, is a pipe or a device, or has more than
/// [`FILE_LEN_MAX`](crate::limits::FILE_LEN_MAX) bytes.
pub fn read_regular(path: &Path) -> io::Result<Vec<u8>> {
    // A pipe would be waited for, also when the server reads its files again.
    if !fs::metadata(path)?.is_file() {
        let what = "it is no regular file";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
    }
    read_bounded(path, FILE_LEN_MAX)
}

/// The content of the file at `path`, or of a pipe, which is read to its end.
///
/// # Errors
/// If it cannot be read, or has more than `len_max` bytes.
pub fn read_bounded(path: &Path, len_max: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let end = u64::try_from(len_max).map_or(u64::MAX, |len| len.saturating_add(1));
    File::open(path)?.take(end).read_to_end(&mut bytes)?;
    if bytes.len() > len_max {
        let what = format!("it has more than {len_max} bytes");
        return Err(io::Error::new(io::ErrorKind::InvalidData, what));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    /// If this fails, a server whose secret is a device or a pipe takes all memory, or hangs.
    #[test]
    fn what_has_no_end_is_refused() {
        let file = Scratch::of(&vec![b'x'; FILE_LEN_MAX]);
        assert_eq!(read_regular(file.path()).unwrap().len(), FILE_LEN_MAX);
        let file = Scratch::of(&vec![b'x'; FILE_LEN_MAX + 1]);
        let error = read_regular(file.path()).unwrap_err().to_string();
        assert_eq!(error, format!("it has more than {FILE_LEN_MAX} bytes"));
        let error = read_regular(&std::env::temp_dir()).unwrap_err().to_string();
        assert_eq!(error, "it is no regular file");
        #[cfg(unix)]
        {
            let zeros = Path::new("/dev/zero");
            assert!(read_regular(zeros).is_err() && read_bounded(zeros, 1000).is_err());
        }
    }
}
