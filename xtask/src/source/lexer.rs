//! Splits Rust text into lines of code and comment, without parsing it.
//!
//! Literals keep their quotes and lose their contents, so that no rule mistakes the text of a
//! string for code. It must never fail: text that is no Rust gives lines of some sort.

/// One line of a file.
#[derive(Debug, Default)]
pub(crate) struct Line {
    /// The code, without comments and without the contents of literals.
    pub(crate) code: String,
    /// The comment with its slashes; empty if there is none.
    pub(crate) comment: String,
    /// The length of the whole line in characters.
    pub(crate) width: usize,
    /// Part of an item that only tests have.
    pub(crate) test: bool,
}

/// Where the text is between two lines.
#[derive(Clone, Copy)]
enum Mode {
    Code,
    /// A block comment and how many are nested.
    Block(usize),
    /// A string; with its number of `#`, if it is a raw one.
    Text(Option<usize>),
}

/// The lines of `text`.
pub(crate) fn split(text: &str) -> Vec<Line> {
    let mut mode = Mode::Code;
    let line = |text: &str| {
        let chars: Vec<char> = text.chars().collect();
        let mut line = Line {
            width: chars.len(),
            ..Line::default()
        };
        let mut at = 0;
        while let Some(rest) = chars.get(at..).filter(|rest| !rest.is_empty()) {
            at += match mode {
                Mode::Code => code(rest, &mut line, &mut mode),
                Mode::Block(depth) => block(rest, depth, &mut line, &mut mode),
                Mode::Text(hashes) => string(rest, hashes, &mut line, &mut mode),
            };
        }
        line
    };
    text.lines().map(line).collect()
}

/// Reads one piece of code from `rest` and returns its length.
fn code(rest: &[char], line: &mut Line, mode: &mut Mode) -> usize {
    if rest.starts_with(&['/', '/']) {
        line.comment.extend(rest);
        return rest.len();
    }
    if rest.starts_with(&['/', '*']) {
        *mode = Mode::Block(1);
        return 2;
    }
    let is_start = !line.code.ends_with(is_word);
    if let Some((len, hashes)) = is_start.then(|| raw_string(rest)).flatten() {
        line.code.push('"');
        *mode = Mode::Text(Some(hashes));
        return len;
    }
    if let Some(len) = char_literal(rest) {
        line.code.push_str("' '");
        return len;
    }
    if rest[0] == '"' {
        *mode = Mode::Text(None);
    }
    line.code.push(rest[0]);
    1
}

fn block(rest: &[char], depth: usize, line: &mut Line, mode: &mut Mode) -> usize {
    if rest.starts_with(&['/', '*']) {
        *mode = Mode::Block(depth + 1);
        return 2;
    }
    if rest.starts_with(&['*', '/']) {
        *mode = if depth == 1 {
            Mode::Code
        } else {
            Mode::Block(depth - 1)
        };
        return 2;
    }
    line.comment.push(rest[0]);
    1
}

fn string(rest: &[char], hashes: Option<usize>, line: &mut Line, mode: &mut Mode) -> usize {
    if hashes.is_none() && rest[0] == '\\' {
        return 2;
    }
    let hashes = hashes.unwrap_or(0);
    if rest[0] == '"' && rest[1..].iter().take_while(|c| **c == '#').count() >= hashes {
        line.code.push('"');
        *mode = Mode::Code;
        return 1 + hashes;
    }
    1
}

/// The length of `r#"` or the like at the start of `rest`, and its number of `#`.
fn raw_string(rest: &[char]) -> Option<(usize, usize)> {
    let prefix = usize::from(matches!(rest[0], 'b' | 'c'));
    if rest.get(prefix) != Some(&'r') {
        return None;
    }
    let after = &rest[prefix + 1..];
    let hashes = after.iter().take_while(|c| **c == '#').count();
    (after.get(hashes) == Some(&'"')).then_some((prefix + 1 + hashes + 1, hashes))
}

/// The length of a character literal at the start of `rest`; a lifetime is none.
fn char_literal(rest: &[char]) -> Option<usize> {
    if rest[0] != '\'' {
        return None;
    }
    if rest.get(1) == Some(&'\\') {
        // The escaped character itself may be a quote.
        let end = rest.get(3..)?.iter().position(|c| *c == '\'')?;
        return Some(3 + end + 1);
    }
    (rest.get(2) == Some(&'\'')).then_some(3)
}

/// Whether `c` may be part of an identifier.
pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &str) -> Vec<String> {
        let trimmed = |line: Line| line.code.trim().to_owned();
        split(text).into_iter().map(trimmed).collect()
    }

    #[test]
    fn strings_lose_their_contents() {
        assert_eq!(codes(r#"f("a // b \" c", 'x');"#), [r#"f("", ' ');"#]);
        assert_eq!(codes("f(r#\"a \" b\"#);"), ["f(\"\");"]);
        assert_eq!(codes("let a = \"one\n two\"; b"), ["let a = \"", "\"; b"]);
    }

    #[test]
    fn comments_are_apart_from_code() {
        let lines = split("a(); // why\n/* b\n /* c */ d */ e();");
        assert_eq!(lines[0].comment, "// why");
        assert_eq!(lines[2].code.trim(), "e();");
        assert!(lines[1].code.is_empty() && lines[1].comment.contains('b'));
    }

    #[test]
    fn lifetimes_are_no_literals() {
        assert_eq!(codes("fn f<'a>(x: &'a str) {"), ["fn f<'a>(x: &'a str) {"]);
        assert_eq!(
            codes(r"let q = '\''; let b = b'\\';"),
            ["let q = ' '; let b = b' ';"]
        );
    }
}
