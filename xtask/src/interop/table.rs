//! `docs/interop.md`: the committed table of what came of every row. A run rewrites its lines; in
//! CI a line that came out otherwise is an error. Versions are for the reader and never compared.
//! Owns no word of the page above the table.

use std::fs;
use std::path::PathBuf;

use crate::install::read;
use crate::interop::check::Check;
use crate::interop::rows::Row;
use crate::process::{Outcome, root};

const HEAD: &str = "\
| peer | version | under test | transport | deflate | checks | result |
|---|---|---|---|---|---:|---|
";

/// Where the version stands in a line.
const VERSION_AT: usize = 1;

/// The page with its table.
#[derive(Debug)]
pub(crate) struct Table {
    /// What stands above the table.
    prose: String,
    lines: Vec<Line>,
}

/// A line of the table, in cells.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Line([String; 7]);

impl Line {
    /// What came of a row.
    pub(crate) fn of(row: Row, version: &str, checks: &[Check]) -> Self {
        let [peer, ours, transport, deflate] = row.names();
        let failed = checks.iter().filter(|check| check.fault.is_some()).count();
        let result = match failed {
            0 => "passed".to_owned(),
            failed => format!("{failed} failed"),
        };
        let count = checks.len().to_string();
        let cells = [peer, version, ours, transport, deflate, &count, &result];
        Self(cells.map(str::to_owned))
    }

    fn parse(text: &str) -> Option<Self> {
        let inner = text.strip_prefix("| ")?.strip_suffix(" |")?;
        let cells: Vec<String> = inner.split(" | ").map(str::to_owned).collect();
        cells.try_into().ok().map(Self)
    }

    fn is_about(&self, row: Row) -> bool {
        let [peer, _, ours, transport, deflate, ..] = &self.0;
        [peer, ours, transport, deflate] == row.names()
    }

    /// Everything that must not change by itself.
    fn compared(&self) -> String {
        let cells = self.0.iter().enumerate();
        let kept = cells.filter(|(idx, _)| *idx != VERSION_AT);
        kept.map(|(_, cell)| cell.as_str())
            .collect::<Vec<_>>()
            .join(" | ")
    }

    fn shown(&self) -> String {
        format!("| {} |\n", self.0.join(" | "))
    }
}

impl Table {
    /// The committed one.
    pub(crate) fn committed() -> Result<Self, String> {
        Ok(Self::parse(&read(&file())?))
    }

    fn parse(page: &str) -> Self {
        let (prose, table) = page.split_once(HEAD).unwrap_or((page, ""));
        Self {
            prose: prose.to_owned(),
            lines: table.lines().filter_map(Line::parse).collect(),
        }
    }

    /// Writes the page with the lines of what `ran`. A row that did not run keeps its line; a line
    /// that is about none of `rows` goes.
    pub(crate) fn rewrite(&mut self, rows: &[Row], ran: &[Line]) -> Outcome {
        self.renew(rows, ran);
        fs::write(file(), self.shown())
            .map_err(|error| format!("cannot write {}: {error}", file().display()))
    }

    fn renew(&mut self, rows: &[Row], ran: &[Line]) {
        let of = |lines: &[Line], row: Row| {
            let mut found = lines.iter().filter(|line| line.is_about(row));
            found.next().cloned()
        };
        let kept = rows
            .iter()
            .filter_map(|row| of(ran, *row).or_else(|| of(&self.lines, *row)));
        self.lines = kept.collect();
    }

    /// How the rows that ran differ from this table, and which lines are about no row.
    pub(crate) fn differences(&self, rows: &[Row], ran: &[Line]) -> Vec<String> {
        let committed: Vec<String> = self.lines.iter().map(Line::compared).collect();
        let other = ran.iter().map(Line::compared);
        let other = other.filter(|line| !committed.contains(line));
        let stale = self
            .lines
            .iter()
            .filter(|line| !rows.iter().any(|row| line.is_about(*row)))
            .map(Line::compared);
        other
            .map(|line| format!("not in the table: {line}"))
            .chain(stale.map(|line| format!("no row any more: {line}")))
            .collect()
    }

    fn shown(&self) -> String {
        let lines: String = self.lines.iter().map(Line::shown).collect();
        format!("{}{HEAD}{lines}", self.prose)
    }
}

fn file() -> PathBuf {
    root().join("docs/interop.md")
}

#[cfg(test)]
mod tests {
    use super::{Check, HEAD, Line, Table};
    use crate::interop::rows;

    fn page(lines: &str) -> Table {
        Table::parse(&format!("# Page\n\n{HEAD}{lines}"))
    }

    fn good() -> Vec<Check> {
        vec![Check::passed("one"), Check::passed("two")]
    }

    #[test]
    fn lines_of_rows_that_ran_are_renewed_the_others_kept() {
        let rows = rows::all();
        let mut table = page("");
        table.renew(
            &rows,
            &[
                Line::of(rows[0], "1", &good()),
                Line::of(rows[1], "1", &good()),
            ],
        );
        table.renew(&rows, &[Line::of(rows[1], "2", &[])]);
        let read = Table::parse(&table.shown());
        assert_eq!(read.prose, "# Page\n\n");
        let expected = [Line::of(rows[0], "1", &good()), Line::of(rows[1], "2", &[])];
        assert_eq!(read.lines, expected);
    }

    #[test]
    fn line_with_another_version_is_no_difference() {
        let rows = rows::all();
        let mut table = page("");
        table.renew(&rows, &[Line::of(rows[0], "1", &good())]);
        let ran = [Line::of(rows[0], "2", &good())];
        assert_eq!(table.differences(&rows, &ran), Vec::<String>::new());
    }

    #[test]
    fn line_with_another_count_or_result_is_named() {
        let rows = rows::all();
        let mut table = page("");
        table.renew(&rows, &[Line::of(rows[0], "1", &good())]);
        let bad = vec![Check::passed("one"), Check::failed("two", "no".to_owned())];
        for checks in [bad, good()[..1].to_vec()] {
            let found = table.differences(&rows, &[Line::of(rows[0], "1", &checks)]);
            assert_eq!(found.len(), 1);
            assert!(found[0].contains(rows[0].names()[0]), "{found:?}");
        }
    }

    #[test]
    fn row_that_is_new_and_line_that_is_stale_are_named() {
        let rows = rows::all();
        let table = page("| nobody | 1 | our server | plain | off | 2 | passed |\n");
        let found = table.differences(&rows, &[Line::of(rows[0], "1", &good())]);
        assert!(found[0].starts_with("not in the table: "), "{found:?}");
        assert!(found[1].starts_with("no row any more: nobody"), "{found:?}");
    }
}
