//! Requirements and citations side by side: the table to read and the check that fails.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::citation::{Comment, Kind};
use super::table::Requirement;
use crate::process::Outcome;

/// All requirements with their citations.
#[derive(Debug)]
pub(super) struct Report {
    rows: Vec<Row>,
    faults: Vec<String>,
    deviations: Vec<String>,
}

#[derive(Debug)]
struct Row {
    requirement: Requirement,
    code: Vec<String>,
    tests: Vec<String>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum State {
    Kept,
    Exception,
    NoCode,
    NoTest,
    Open,
}

impl State {
    const ALL: [Self; 5] = [
        Self::Kept,
        Self::Exception,
        Self::NoCode,
        Self::NoTest,
        Self::Open,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Exception => "exception",
            Self::NoCode => "no code",
            Self::NoTest => "no test",
            Self::Open => "open",
        }
    }
}

impl Row {
    fn state(&self) -> State {
        match (
            &self.requirement.exception,
            self.code.is_empty(),
            self.tests.is_empty(),
        ) {
            (Some(_), ..) => State::Exception,
            (None, false, false) => State::Kept,
            (None, true, false) => State::NoCode,
            (None, false, true) => State::NoTest,
            (None, true, true) => State::Open,
        }
    }

    fn line(&self) -> String {
        let Requirement {
            id,
            level,
            who,
            text,
            exception,
        } = &self.requirement;
        let mut line = format!(
            "{id:<16} {:<9} {level} ({who}): {text}\n",
            self.state().word()
        );
        for (what, places) in [("code", &self.code), ("test", &self.tests)] {
            for place in places {
                let _ = writeln!(line, "                   {what} {place}");
            }
        }
        if let Some(reason) = exception {
            let _ = writeln!(line, "                   exception: {reason}");
        }
        line
    }
}

impl Report {
    pub(super) fn new(requirements: Vec<Requirement>, comments: Vec<Comment>) -> Self {
        let row = |requirement| Row {
            requirement,
            code: Vec::new(),
            tests: Vec::new(),
        };
        let mut report = Self {
            rows: requirements.into_iter().map(row).collect(),
            faults: Vec::new(),
            deviations: Vec::new(),
        };
        let ids = report.rows.iter().enumerate();
        let index = ids
            .map(|(at, row)| (row.requirement.id.clone(), at))
            .collect();
        for comment in comments {
            report.place(comment, &index);
        }
        report
    }

    /// The rows whose ids start with `prefix`, then the deviations.
    pub(super) fn table(&self, prefix: &str) -> String {
        let matching = |row: &&Row| row.requirement.id.starts_with(prefix);
        let mut table: String = self.rows.iter().filter(matching).map(Row::line).collect();
        if !self.deviations.is_empty() {
            table.push_str("\ndeliberate deviations\n");
        }
        for deviation in &self.deviations {
            let _ = writeln!(table, "  {deviation}");
        }
        table
    }

    /// How many requirements are in which state.
    pub(super) fn summary(&self) -> String {
        let count = |state| self.rows.iter().filter(|row| row.state() == state).count();
        let parts: Vec<String> = State::ALL
            .into_iter()
            .map(|state| format!("{} {}", count(state), state.word()))
            .collect();
        format!("{} requirements: {}", self.rows.len(), parts.join(", "))
    }

    /// Fails if a requirement is not kept, or a citation says what the tables do not.
    pub(super) fn check(&self) -> Outcome {
        let mut problems = self.faults.clone();
        for row in &self.rows {
            let state = row.state();
            if !matches!(state, State::Kept | State::Exception) {
                problems.push(row.line().trim_end().to_owned());
            }
        }
        if problems.is_empty() {
            return Ok(());
        }
        for problem in &problems {
            println!("{problem}");
        }
        Err(format!(
            "{} requirements or citations are wrong, see above",
            problems.len()
        ))
    }

    fn place(&mut self, comment: Comment, index: &BTreeMap<String, usize>) {
        let Comment { place, kind } = comment;
        let (ids, level) = match kind {
            Kind::Code { ids, level } => (ids, Some(level)),
            Kind::Test { ids } => (ids, None),
            Kind::Deviation(reason) => return self.deviations.push(format!("{place}: {reason}")),
            Kind::Malformed(why) => return self.faults.push(format!("{place}: {why}")),
        };
        for id in ids {
            match index.get(&id) {
                Some(at) => self.cite(*at, &place, level.as_deref()),
                None => self.faults.push(format!("{place}: no table has `{id}`")),
            }
        }
    }

    fn cite(&mut self, at: usize, place: &str, level: Option<&str>) {
        let Row {
            requirement,
            code,
            tests,
        } = &mut self.rows[at];
        let id = &requirement.id;
        if requirement.exception.is_some() {
            let fault = format!("{place}: {id} is cited, but the table calls it an exception");
            self.faults.push(fault);
        }
        match level {
            None => tests.push(place.to_owned()),
            Some(level) if level == requirement.level => code.push(place.to_owned()),
            Some(level) => {
                let fault = format!("{place}: {id} is `{}`, not `{level}`", requirement.level);
                self.faults.push(fault);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{citation, table};
    use super::*;
    use crate::source::SourceFile;

    const TABLE: &str = "\
[[requirement]]
id = \"6455-5.1-1\"
level = \"MUST\"
who = \"client\"
text = \"Masked.\"

[[requirement]]
id = \"6455-5.1-2\"
level = \"MUST\"
who = \"proxy\"
text = \"Forwarded.\"
exception = \"No proxy.\"
";

    fn report(text: &str) -> Report {
        let file = SourceFile::new("crates/a/src/b.rs", text);
        Report::new(table::parse(TABLE).unwrap(), citation::read(&file))
    }

    #[test]
    fn requirement_with_code_and_test_passes() {
        let report = report("// RFC 6455 §5.1-1 MUST: here\n// RFC 6455 §5.1-1 TEST\n");
        assert_eq!(report.check(), Ok(()));
        let summary = "2 requirements: 1 kept, 1 exception, 0 no code, 0 no test, 0 open";
        assert_eq!(report.summary(), summary);
        assert!(
            report
                .table("6455-5.1-1")
                .contains("code crates/a/src/b.rs:1")
        );
        assert!(!report.table("6455-5.1-1").contains("6455-5.1-2"));
    }

    #[test]
    fn requirement_without_code_or_test_fails() {
        assert_eq!(report("").rows[0].state(), State::Open);
        assert_eq!(
            report("// RFC 6455 §5.1-1 TEST").rows[0].state(),
            State::NoCode
        );
        let untested = report("// RFC 6455 §5.1-1 MUST: here");
        assert_eq!(untested.rows[0].state(), State::NoTest);
        assert!(untested.check().is_err());
    }

    #[test]
    fn wrong_citations_are_faults() {
        let faults = |text| report(text).faults.join("\n");
        assert!(faults("// RFC 6455 §5.1-9 TEST").contains("no table has"));
        assert!(faults("// RFC 6455 §5.1-1 SHOULD: maybe").contains("is `MUST`"));
        assert!(faults("// RFC 6455 §5.1-2 TEST").contains("exception"));
    }

    #[test]
    fn deviations_are_listed() {
        let report = report("// DEVIATION: stricter than the RFC");
        assert!(report.table("").contains("b.rs:1: stricter than the RFC"));
    }
}
