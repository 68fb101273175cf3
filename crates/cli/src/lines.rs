//! Lines of an input that people type or pipe in: how long one may be, and that it is text. Owns no
//! thread, and gives no line a meaning.

use std::io::{self, BufRead, Read};

/// Longest line, in bytes: what the library accepts as a message by default.
const LINE_LEN_MAX: usize = 16 * 1024 * 1024;

/// The next line without its end, or `None` at the end of the input.
pub(crate) fn read_line(input: &mut impl BufRead) -> io::Result<Option<String>> {
    let limit = u64::try_from(LINE_LEN_MAX + 1).unwrap_or(u64::MAX);
    let mut line = Vec::new();
    input.by_ref().take(limit).read_until(b'\n', &mut line)?;
    if line.is_empty() {
        return Ok(None);
    }
    let wrong = |words| io::Error::new(io::ErrorKind::InvalidData, words);
    if line.last() == Some(&b'\n') {
        line.pop();
        if line.last() == Some(&b'\r') {
            line.pop();
        }
    } else if line.len() > LINE_LEN_MAX {
        let words = format!("a line of the input has more than {LINE_LEN_MAX} bytes");
        return Err(wrong(words));
    }
    let line = String::from_utf8(line);
    line.map(Some)
        .map_err(|_| wrong("a line of the input is not UTF-8".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is typed would arrive with the keyboard's line ends, or not at all.
    #[test]
    fn line_comes_without_its_end() {
        let mut input = &b"one\r\n\ntwo\nthree"[..];
        let lines = std::iter::from_fn(|| read_line(&mut input).unwrap());
        assert_eq!(lines.collect::<Vec<_>>(), ["one", "", "two", "three"]);
    }

    /// A file without line breaks would be read into memory as a whole.
    #[test]
    fn line_that_is_no_text_or_too_long_is_an_error() {
        assert!(read_line(&mut &b"\xff\n"[..]).is_err());
        let long = vec![b'a'; LINE_LEN_MAX + 1];
        assert!(read_line(&mut &long[..]).is_err());
        assert!(read_line(&mut &long[1..]).is_ok());
    }
}
