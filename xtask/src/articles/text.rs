//! The articles as lines with numbers. Owns which line looks like a script. Never changes a line.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// A line of an article: the beginning of the article's name, and the number, from 1.
pub(super) type Place = (String, usize);

/// What only lines of scripts have in them, as far as that can be told from one line.
const MARKS: [&str; 5] = [
    "new WebSocket(\"",
    "= function",
    "function(",
    "=> {",
    "addEventListener(",
];

/// All articles of a directory, by the first three characters of their names.
#[derive(Debug)]
pub(super) struct Articles(BTreeMap<String, Vec<String>>);

impl Articles {
    /// Reads the files whose names begin with a number.
    pub(super) fn read(directory: &Path) -> Result<Self, String> {
        let cannot = |error| format!("cannot read {}: {error}", directory.display());
        let mut articles = BTreeMap::new();
        for entry in fs::read_dir(directory).map_err(cannot)? {
            let entry = entry.map_err(cannot)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let Some(key) = name.get(..3).filter(|key| key.parse::<u16>().is_ok()) else {
                continue;
            };
            let text = fs::read_to_string(entry.path()).map_err(cannot)?;
            articles.insert(key.to_owned(), text.lines().map(str::to_owned).collect());
        }
        if articles.is_empty() {
            return Err(format!("there is no article in {}", directory.display()));
        }
        Ok(Self(articles))
    }

    /// The line at a place.
    pub(super) fn line(&self, article: &str, number: usize) -> Option<&str> {
        let lines = self.0.get(article)?;
        lines.get(number.checked_sub(1)?).map(String::as_str)
    }

    /// Where scripts stand.
    pub(super) fn code(&self) -> impl Iterator<Item = Place> {
        let lines = self.0.iter().flat_map(|(key, lines)| {
            let numbered = (1..).zip(lines);
            numbered.map(move |(number, line)| (key, number, line))
        });
        let is_code = |line: &str| MARKS.iter().any(|mark| line.contains(mark));
        let code = lines.filter(move |(_, _, line)| is_code(line));
        code.map(|(key, number, _)| (key.clone(), number))
    }

    #[cfg(test)]
    pub(super) fn of(key: &str, text: &str) -> Self {
        let lines = text.lines().map(str::to_owned).collect();
        Self(BTreeMap::from([(key.to_owned(), lines)]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A script of an article could be forgotten without anybody noticing.
    #[test]
    fn lines_of_scripts_are_found() {
        let text =
            "prose about `send()`\nvar s = new WebSocket(\"ws://a\");\n\ns.onopen = function () {";
        let articles = Articles::of("000", text);
        let found: Vec<Place> = articles.code().collect();
        assert_eq!(found, [("000".to_owned(), 2), ("000".to_owned(), 4)]);
        assert_eq!(articles.line("000", 1), Some("prose about `send()`"));
        assert_eq!(
            (articles.line("000", 0), articles.line("000", 5)),
            (None, None)
        );
        assert_eq!(articles.line("001", 1), None);
    }
}
