//! One thing that was looked at, and what was wrong with it.

/// A check that was made.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Check {
    pub(crate) name: String,
    /// What is wrong; `None` when nothing is.
    pub(crate) fault: Option<String>,
}

impl Check {
    pub(crate) fn passed(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            fault: None,
        }
    }

    pub(crate) fn failed(name: &str, fault: String) -> Self {
        Self {
            name: name.to_owned(),
            fault: Some(fault),
        }
    }

    /// A check that failed if there are faults.
    pub(crate) fn of(name: &str, faults: &[String]) -> Self {
        if faults.is_empty() {
            Self::passed(name)
        } else {
            Self::failed(name, faults.join("; "))
        }
    }

    /// Reads a line of one of our scripts: `ok NAME` or `FAIL NAME WHY`, with tabs between.
    pub(crate) fn parse(line: &str) -> Self {
        let fields: Vec<&str> = line.split('\t').collect();
        match fields[..] {
            ["ok", name] => Self::passed(name),
            ["FAIL", name, why] => Self::failed(name, why.to_owned()),
            _ => Self::failed("output", format!("not a result: `{line}`")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Check;

    #[test]
    fn line_tells_what_came_of_a_check() {
        assert_eq!(Check::parse("ok\ttext"), Check::passed("text"));
        assert_eq!(
            Check::parse("FAIL\ttext\thangs"),
            Check::failed("text", "hangs".to_owned())
        );
        let noise = Check::parse("Error: no");
        assert_eq!(noise.fault.as_deref(), Some("not a result: `Error: no`"));
    }

    #[test]
    fn faults_make_a_check_fail() {
        assert_eq!(Check::of("wire", &[]), Check::passed("wire"));
        let faults = ["a".to_owned(), "b".to_owned()];
        assert_eq!(Check::of("wire", &faults).fault.as_deref(), Some("a; b"));
    }
}
