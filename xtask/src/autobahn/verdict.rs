//! What the suite found in a case, and whether we accept it.

use crate::autobahn::case::Case;

/// The cases that can only inform: what a peer does there is its own choice.
const INFORMATIONAL: [&str; 3] = ["7.1.6", "7.13.1", "7.13.2"];

/// What the suite says of one case, as far as it must stay the same.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Verdict {
    /// What came back.
    pub(crate) behavior: String,
    /// How the connection ended.
    pub(crate) close: String,
    /// The close code that the peer sent, if it sent one.
    pub(crate) code: Option<u16>,
}

/// A verdict with what helps to understand it.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) case: Case,
    pub(crate) verdict: Verdict,
    pub(crate) millis: u64,
    /// The suite's own sentence.
    pub(crate) words: String,
}

impl Found {
    /// Reads a result line of `run_cases.py`.
    pub(crate) fn parse(line: &str) -> Result<Self, String> {
        let malformed = || format!("not a result of the fuzzer: `{line}`");
        let fields: Vec<&str> = line.split('\t').collect();
        let [case, behavior, close, code, millis, words] = fields[..] else {
            return Err(malformed());
        };
        let code = match code {
            "-" => None,
            code => Some(code.parse().map_err(|_| malformed())?),
        };
        Ok(Self {
            case: case.parse()?,
            verdict: Verdict {
                behavior: behavior.to_owned(),
                close: close.to_owned(),
                code,
            },
            millis: millis.parse().map_err(|_| malformed())?,
            words: words.to_owned(),
        })
    }

    /// A case that the fuzzer never reported.
    pub(crate) fn missing(case: Case) -> Self {
        Self {
            case,
            verdict: Verdict {
                behavior: "MISSING".to_owned(),
                close: "MISSING".to_owned(),
                code: None,
            },
            millis: 0,
            words: "The case was never run to its end.".to_owned(),
        }
    }

    /// Why the case is not accepted; empty when it is.
    pub(crate) fn faults(&self) -> Vec<String> {
        let informs = INFORMATIONAL.contains(&self.case.to_string().as_str());
        // Good is only the best that the suite can say: not NON-STRICT, not UNIMPLEMENTED, and a
        // server must not leave it to the client to end the TCP connection (FAILED BY CLIENT).
        let good = if informs { "INFORMATIONAL" } else { "OK" };
        let judged = [
            ("behavior", &self.verdict.behavior),
            ("close", &self.verdict.close),
        ];
        judged
            .iter()
            .filter(|(_, said)| *said != good)
            .map(|(what, said)| format!("{what} {said}"))
            .collect()
    }

    /// Where the verdict differs from what is expected of this case.
    pub(crate) fn differences(&self, expected: Option<&Verdict>) -> Vec<String> {
        let Some(expected) = expected else {
            return vec!["no expectation is committed (--update writes it)".to_owned()];
        };
        let mut differences = Vec::new();
        let mut compare = |what: &str, found: &str, expected: &str| {
            if found != expected {
                differences.push(format!("{what} {found}, expected {expected}"));
            }
        };
        compare("behavior", &self.verdict.behavior, &expected.behavior);
        compare("close", &self.verdict.close, &expected.close);
        compare(
            "close code",
            &code_text(self.verdict.code),
            &code_text(expected.code),
        );
        differences
    }
}

fn code_text(code: Option<u16>) -> String {
    code.map_or_else(|| "none".to_owned(), |code| code.to_string())
}

#[cfg(test)]
mod tests {
    use super::{Found, Verdict};

    /// Lines that the suite said of peers with known faults, and why we refuse each.
    const RECORDED: [(&str, &[&str]); 9] = [
        ("1.1.1\tOK\tOK\t1000\t5\tfine", &[]),
        ("7.1.6\tINFORMATIONAL\tINFORMATIONAL\t1000\t5\tfine", &[]),
        (
            "3.1\tOK\tFAILED\t-\t21004\twrong endpoint",
            &["close FAILED"],
        ),
        (
            "6.3.1\tFAILED\tFAILED\t-\t20510\tno",
            &["behavior FAILED", "close FAILED"],
        ),
        (
            "6.4.3\tNON-STRICT\tOK\t1007\t2006\tlate",
            &["behavior NON-STRICT"],
        ),
        (
            "7.3.6\tOK\tFAILED BY CLIENT\t1002\t2\tTCP",
            &["close FAILED BY CLIENT"],
        ),
        (
            "7.5.1\tOK\tWRONG CODE\t1002\t2\tcode",
            &["close WRONG CODE"],
        ),
        (
            "12.1.1\tUNIMPLEMENTED\tOK\t1000\t2\tno deflate",
            &["behavior UNIMPLEMENTED"],
        ),
        (
            "1.1.2\tINFORMATIONAL\tOK\t1000\t2\tnot here",
            &["behavior INFORMATIONAL"],
        ),
    ];

    #[test]
    fn recorded_results_bad_are_refused() {
        for (line, faults) in RECORDED {
            assert_eq!(Found::parse(line).expect(line).faults(), faults, "{line}");
        }
    }

    #[test]
    fn case_missing_is_refused() {
        let found = Found::missing("1.1.1".parse().expect("a case"));
        assert_eq!(found.faults(), ["behavior MISSING", "close MISSING"]);
    }

    #[test]
    fn informational_case_must_inform() {
        let found = Found::parse("7.13.1\tOK\tINFORMATIONAL\t1002\t2\t").expect("a result");
        assert_eq!(found.faults(), ["behavior OK"]);
    }

    #[test]
    fn difference_in_each_field_is_named() {
        let found = Found::parse("7.9.1\tOK\tOK\t1000\t2\t").expect("a result");
        let expected = Verdict {
            behavior: "OK".to_owned(),
            close: "FAILED".to_owned(),
            code: Some(1002),
        };
        assert_eq!(
            found.differences(Some(&expected)),
            [
                "close OK, expected FAILED",
                "close code 1000, expected 1002"
            ]
        );
        assert_eq!(
            found.differences(Some(&found.verdict)),
            Vec::<String>::new()
        );
        assert_eq!(found.differences(None).len(), 1);
    }

    #[test]
    fn line_malformed_is_an_error() {
        for line in [
            "",
            "1.1.1\tOK",
            "1.1.1\tOK\tOK\tx\t5\t",
            "1.1.1\tOK\tOK\t-\tx\t",
        ] {
            Found::parse(line).expect_err(line);
        }
    }
}
