//! The suite itself: installed by pip, ported to Python 3 by our own script, in
//! `conformance/.work`.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use crate::autobahn::case::Case;
use crate::autobahn::options::Direction;
use crate::install;
use crate::process::{root, run};
use crate::program::output_of;

/// How long the suite may take to list its cases.
const LIST_LIMIT: Duration = Duration::from_secs(60);

/// An installed suite.
#[derive(Debug)]
pub(crate) struct Suite {
    python: PathBuf,
}

/// A file of `conformance/autobahn`.
pub(crate) fn file(name: &str) -> PathBuf {
    root().join("conformance/autobahn").join(name)
}

/// Where the expectations of a direction are committed.
pub(crate) fn expected_file(direction: Direction) -> PathBuf {
    file(&format!("expected-{}.json", direction.name()))
}

impl Suite {
    /// Installs the suite, unless that is done.
    pub(crate) fn install() -> Result<Self, String> {
        let port = file("port_suite.py");
        let requirements = [file("requirements-build.txt"), file("requirements.txt")];
        let made_from = std::slice::from_ref(&port);
        let python = install::python_environment("autobahn", &requirements, made_from, |python| {
            run(Command::new(python).arg(&port).arg(ported()))
        })?;
        Ok(Self { python })
    }

    /// Every case, with the bytes that it echoes.
    pub(crate) fn cases(&self) -> Result<Vec<(Case, u64)>, String> {
        let lines = output_of(&mut self.fuzzer("list"), LIST_LIMIT)?;
        lines.iter().map(|line| parse_listed(line)).collect()
    }

    /// The runner of cases, in one of its modes.
    pub(crate) fn fuzzer(&self, mode: &str) -> Command {
        let mut command = self.python();
        command.arg(file("run_cases.py")).arg(mode);
        command
    }

    /// The suite's interpreter, which finds the suite.
    pub(crate) fn python(&self) -> Command {
        let mut command = Command::new(&self.python);
        quiet(&mut command).env("PYTHONPATH", ported());
        command
    }
}

/// Where details of cases go that were not satisfied.
pub(crate) fn reports(direction: Direction) -> PathBuf {
    install::work_dir()
        .join("autobahn-reports")
        .join(direction.name())
}

/// The suite's sources are older than much that Python warns about today.
fn quiet(python: &mut Command) -> &mut Command {
    python.args(["-W", "ignore"])
}

fn ported() -> PathBuf {
    install::work_dir().join("autobahn/ported")
}

fn parse_listed(line: &str) -> Result<(Case, u64), String> {
    let malformed = || format!("not a case of the suite: `{line}`");
    let (case, bytes) = line.split_once('\t').ok_or_else(malformed)?;
    Ok((case.parse()?, bytes.parse().map_err(|_| malformed())?))
}

#[cfg(test)]
mod tests {
    use super::parse_listed;

    #[test]
    fn listed_case_has_number_and_bytes() {
        let (case, bytes) = parse_listed("12.1.2\t64000").expect("a case");
        assert_eq!((case.to_string(), bytes), ("12.1.2".to_owned(), 64000));
        parse_listed("12.1.2").expect_err("no bytes");
        parse_listed("12.1.2\tmany").expect_err("no number");
    }
}
