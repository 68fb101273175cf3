//! Reads the part of TOML that our own files use: tables, and keys whose values stay text.
//!
//! Manifests, lint tables and requirement tables need line numbers more than they need types, so
//! a value is the text behind the `=`, and `string` takes the quotes off. Values over several
//! lines are joined. It must never guess: a line it cannot place is an error with its number.

/// A `[table]` or one element of an `[[array]]`; the keys before the first header have no name.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) line: usize,
    pub(crate) name: String,
    pub(crate) entries: Vec<Entry>,
}

/// `key = value` in a table.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) line: usize,
    pub(crate) key: String,
    /// As written, without a comment at the end.
    pub(crate) value: String,
    /// Has a comment on its line or directly above it.
    pub(crate) commented: bool,
}

impl Table {
    /// The entry with `key`.
    pub(crate) fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }
}

impl Entry {
    /// The value without its quotes; `None` if it is no plain string.
    pub(crate) fn string(&self) -> Option<&str> {
        let inner = self.value.strip_prefix('"')?.strip_suffix('"')?;
        (!inner.contains(['"', '\\'])).then_some(inner)
    }
}

/// The tables of `text` in their order.
pub(crate) fn parse(text: &str) -> Result<Vec<Table>, String> {
    let mut tables = vec![table(0, "")];
    let mut commented = false;
    let mut lines = text.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let number = index + 1;
        let (content, comment) = split_comment(line);
        if content.is_empty() {
            commented = !comment.is_empty();
        } else if let Some(name) = header(content) {
            tables.push(table(number, name));
            commented = false;
        } else {
            let (key, value) = content
                .split_once('=')
                .ok_or_else(|| format!("line {number}: neither a table nor a key: `{content}`"))?;
            let mut value = value.trim().to_owned();
            while open_brackets(&value) > 0 {
                let more = lines.next();
                let (_, more) = more.ok_or_else(|| format!("line {number}: never closed"))?;
                value.push_str(split_comment(more).0);
            }
            let entry = Entry {
                line: number,
                key: key.trim().to_owned(),
                value,
                commented: commented || !comment.is_empty(),
            };
            commented = false;
            if let Some(table) = tables.last_mut() {
                table.entries.push(entry);
            }
        }
    }
    Ok(tables)
}

fn table(line: usize, name: &str) -> Table {
    Table {
        line,
        name: name.to_owned(),
        entries: Vec::new(),
    }
}

fn header(content: &str) -> Option<&str> {
    let inner = content.strip_prefix('[')?.strip_suffix(']')?;
    let element = inner
        .strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'));
    Some(element.unwrap_or(inner).trim())
}

/// The line without its comment, and the comment.
fn split_comment(line: &str) -> (&str, &str) {
    let mut quoted = false;
    for (at, c) in line.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '#' if !quoted => return (line[..at].trim(), &line[at..]),
            _ => {}
        }
    }
    (line.trim(), "")
}

/// How many brackets more are opened than closed, outside strings.
fn open_brackets(value: &str) -> isize {
    let outside = value.split('"').step_by(2).flat_map(str::chars);
    outside
        .map(|c| match c {
            '[' | '{' => 1,
            ']' | '}' => -1,
            _ => 0,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_keep_lines_and_comments() {
        let text = "a = 1\n\n[one]\n# why\nb = \"x # y\"\nc = 2 # too\nd = 3\n\n[[two]]\n";
        let tables = parse(text).unwrap();
        let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
        assert_eq!(names, ["", "one", "two"]);
        let one = &tables[1];
        assert_eq!(one.entry("b").unwrap().string(), Some("x # y"));
        let marks: Vec<(usize, bool)> = one
            .entries
            .iter()
            .map(|entry| (entry.line, entry.commented))
            .collect();
        assert_eq!(marks, [(5, true), (6, true), (7, false)]);
    }

    #[test]
    fn values_run_over_lines() {
        let tables = parse("a = [\n  \"b\", # c\n]\nd = 1\n").unwrap();
        assert_eq!(tables[0].entry("a").unwrap().value, "[\"b\",]");
        assert_eq!(tables[0].entry("d").unwrap().line, 4);
    }

    /// If this fails, a key inside a longer value, or behind one, is taken for something else.
    #[test]
    fn brackets_in_strings_open_nothing() {
        let tables = parse("a = [\"x]\", # [\n\"{\"]\nb = \"[\"\nc = 1\n").unwrap();
        assert_eq!(tables[0].entry("a").unwrap().value, "[\"x]\",\"{\"]");
        assert_eq!(tables[0].entry("b").unwrap().string(), Some("["));
        assert_eq!(tables[0].entry("c").unwrap().line, 4);
    }

    /// If this fails, the parser guesses what a file means.
    #[test]
    fn what_is_not_understood_is_an_error() {
        assert!(parse("a = 1\nwhat\n").unwrap_err().contains("line 2"));
        let open = parse("a = 1\nb = [\n\"x\",\nc = 1\n").unwrap_err();
        assert_eq!(open, "line 2: never closed");
    }
}
