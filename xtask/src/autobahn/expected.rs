//! The committed expectations: `conformance/autobahn/expected-{server,client}.json`.
//!
//! One line a case, `"6.4.3": ["OK", "OK", 1007],` with behavior, close behavior and the close code
//! that the peer sent (`null` for none), so that a difference is a line of `git diff`. We write the
//! file ourselves and read no other form of JSON than the one we write.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::autobahn::case::Case;
use crate::autobahn::verdict::{Found, Verdict};
use crate::install::read;
use crate::process::Outcome;

/// What each case is expected to say.
#[derive(Debug, Default, Eq, PartialEq)]
pub(crate) struct Expected(BTreeMap<Case, Verdict>);

impl Expected {
    /// Reads the file; one that is not there expects nothing.
    pub(crate) fn read(file: &Path) -> Result<Self, String> {
        if !file.exists() {
            return Ok(Self::default());
        }
        Self::parse(&read(file)?).map_err(|error| format!("{}: {error}", file.display()))
    }

    /// Writes the file.
    pub(crate) fn write(&self, file: &Path) -> Outcome {
        fs::write(file, self.to_json())
            .map_err(|error| format!("cannot write {}: {error}", file.display()))
    }

    /// What is expected of `case`.
    pub(crate) fn of(&self, case: &Case) -> Option<&Verdict> {
        self.0.get(case)
    }

    /// Takes over what was found, and leaves the cases alone that were not run. What is not
    /// acceptable is never expected.
    pub(crate) fn update(&mut self, found: &[Found]) {
        for found in found.iter().filter(|found| found.faults().is_empty()) {
            self.0.insert(found.case.clone(), found.verdict.clone());
        }
    }

    fn to_json(&self) -> String {
        let line = |(case, verdict): (&Case, &Verdict)| {
            let code = verdict
                .code
                .map_or_else(|| "null".to_owned(), |code| code.to_string());
            format!(
                "  \"{case}\": [\"{}\", \"{}\", {code}]",
                verdict.behavior, verdict.close
            )
        };
        let lines: Vec<String> = self.0.iter().map(line).collect();
        format!("{{\n{}\n}}\n", lines.join(",\n"))
    }

    fn parse(text: &str) -> Result<Self, String> {
        let mut cases = BTreeMap::new();
        for line in text.lines() {
            if line != "{" && line != "}" {
                let (case, verdict) =
                    parse_line(line).ok_or_else(|| format!("not an expectation: `{line}`"))?;
                cases.insert(case, verdict);
            }
        }
        Ok(Self(cases))
    }
}

fn parse_line(line: &str) -> Option<(Case, Verdict)> {
    let line = line.trim().trim_end_matches(',');
    let (case, verdict) = line.split_once(": [")?;
    let verdict: Vec<&str> = verdict.strip_suffix(']')?.split(", ").collect();
    let [behavior, close, code] = verdict[..] else {
        return None;
    };
    let code = match code {
        "null" => None,
        code => Some(code.parse().ok()?),
    };
    let verdict = Verdict {
        behavior: unquoted(behavior)?,
        close: unquoted(close)?,
        code,
    };
    Some((unquoted(case)?.parse().ok()?, verdict))
}

fn unquoted(text: &str) -> Option<String> {
    let text = text.strip_prefix('"')?.strip_suffix('"')?;
    Some(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::Expected;
    use crate::autobahn::verdict::Found;

    const FILE: &str = concat!(
        "{\n  \"2.9\": [\"OK\", \"OK\", 1000],\n",
        "  \"2.10\": [\"OK\", \"FAILED BY CLIENT\", null]\n}\n",
    );

    #[test]
    fn file_written_reads_back_in_order() {
        let expected = Expected::parse(FILE).expect("our form");
        assert_eq!(expected.to_json(), FILE);
    }

    #[test]
    fn update_keeps_cases_that_were_not_run() {
        let mut expected = Expected::parse(FILE).expect("our form");
        expected.update(&[Found::parse("2.10\tOK\tOK\t1002\t1\t").expect("a result")]);
        assert_eq!(
            expected.to_json(),
            FILE.replace("\"FAILED BY CLIENT\", null", "\"OK\", 1002")
        );
    }

    #[test]
    fn update_takes_no_bad_verdict() {
        let mut expected = Expected::default();
        expected.update(&[Found::parse("6.4.3\tNON-STRICT\tOK\t1007\t1\t").expect("a result")]);
        assert_eq!(expected, Expected::default());
    }

    #[test]
    fn line_of_another_form_is_named() {
        for line in [
            "x",
            "\"1.1.1\": [\"OK\"]",
            "\"1.1.1\": [\"OK\", \"OK\", x]",
            "1: [\"OK\", \"OK\", 1]",
        ] {
            let error = Expected::parse(line).expect_err(line);
            assert_eq!(error, format!("not an expectation: `{line}`"));
        }
    }
}
