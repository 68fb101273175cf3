//! Lines of the input as what they ask for. Owns the thread that waits for them, as reading a
//! terminal cannot be cancelled.

use std::io::{self, BufRead};

use tokio::sync::mpsc;

use crate::harmless::harmless;
use crate::lines::read_line;

/// Lines that wait to be sent.
const LINES_MAX: usize = 16;

/// What a line asks for.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Line {
    /// To send a text.
    Text(String),
    /// To close with a code and a reason.
    Close(Option<u16>, String),
    /// Nothing, as it makes no sense; the words say why.
    Wrong(String),
}

/// The lines of what `open` opens, to its end or to the first error.
pub(super) fn lines<R: BufRead>(
    open: impl FnOnce() -> R + Send + 'static,
) -> mpsc::Receiver<io::Result<Line>> {
    let (tx, rx) = mpsc::channel(LINES_MAX);
    // It ends with the process, if the input does not end before.
    std::thread::spawn(move || {
        let mut input = open();
        while let Some(line) = read_next(&mut input).transpose() {
            let is_last = line.is_err();
            if tx.blocking_send(line).is_err() || is_last {
                return;
            }
        }
    });
    rx
}

/// What the next line asks for, or `None` at the end.
fn read_next(input: &mut impl BufRead) -> io::Result<Option<Line>> {
    Ok(read_line(input)?.map(read_command))
}

fn read_command(text: String) -> Line {
    let Some(command) = text.strip_prefix("/close") else {
        // The way to send a text that looks like the command.
        return match text.strip_prefix('/') {
            Some(rest) if is_close(rest) => Line::Text(rest.to_owned()),
            _ => Line::Text(text),
        };
    };
    if !is_close(&text) {
        return Line::Text(text);
    }
    let command = command.trim();
    let (code, reason) = command.split_once(' ').unwrap_or((command, ""));
    match code.parse() {
        Ok(code) => Line::Close(Some(code), reason.trim().to_owned()),
        Err(_) if code.is_empty() => Line::Close(None, String::new()),
        Err(_) => Line::Wrong(format!(
            "the code of /close is `{}`, it must be a number: 1000-1003, 1007-1014 or 3000-4999",
            harmless(code)
        )),
    }
}

/// Whether `text` is the command, with or without what follows it.
fn is_close(text: &str) -> bool {
    text.strip_prefix("/close")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(mut input: &[u8]) -> io::Result<Option<Line>> {
        read_next(&mut input)
    }

    fn text(text: &str) -> Line {
        Line::Text(text.to_owned())
    }

    #[test]
    fn line_is_text_without_its_end() {
        for (input, line) in [
            (&b"hello\n"[..], text("hello")),
            (b"hello\r\n", text("hello")),
            (b"hello", text("hello")),
            (b"\n", text("")),
            (b"/etc/hosts\n", text("/etc/hosts")),
            (b"/closed\n", text("/closed")),
            (b"//close 1\n", text("/close 1")),
            (b"//other\n", text("//other")),
        ] {
            assert_eq!(read(input).unwrap(), Some(line));
        }
        assert_eq!(read(b"").unwrap(), None);
    }

    #[test]
    fn close_has_a_code_and_a_reason_or_none() {
        let close = |code, reason: &str| Some(Line::Close(code, reason.to_owned()));
        assert_eq!(read(b"/close\n").unwrap(), close(None, ""));
        assert_eq!(read(b"/close 4000\n").unwrap(), close(Some(4000), ""));
        let long = read(b"/close 4000 so long \n").unwrap();
        assert_eq!(long, close(Some(4000), "so long"));
    }

    #[test]
    fn close_with_a_code_that_is_none_names_the_value_and_the_rule() {
        for (code, shown) in [
            ("now", "`now`"),
            ("99999", "`99999`"),
            ("-1", "`-1`"),
            ("\x1b[2J", "`\\u{1b}[2J`"),
        ] {
            let line = read(format!("/close {code}\n").as_bytes()).unwrap();
            let Some(Line::Wrong(words)) = line else {
                panic!("{line:?}")
            };
            assert!(words.contains(shown), "{words}");
            assert!(words.contains("must be a number: 1000-1003"), "{words}");
        }
    }
}
