//! Running the generator against a server.

use std::time::Duration;

use crate::bench::contender::{CONTROL, Contender, YARDSTICK};
use crate::bench::figures::Figures;
use crate::bench::plan::Plan;
use crate::bench::programs::{Cores, Programs, pinned};
use crate::bench::running::Running;
use crate::bench::scenario::Scenario;

/// What every measurement of a bench shares.
#[derive(Debug)]
pub(crate) struct Bench {
    pub(crate) plan: Plan,
    pub(crate) programs: Programs,
    pub(crate) cores: Cores,
}

impl Bench {
    /// Those of `all` that the command line asks for, with the yardstick and its control, which
    /// it cannot do without.
    pub(crate) fn wanted(&self, all: Vec<Contender>) -> Vec<Contender> {
        let is_wanted = |contender: &Contender| {
            [YARDSTICK, CONTROL].contains(&contender.label.as_str())
                || self.plan.wants(&contender.label)
        };
        all.into_iter().filter(is_wanted).collect()
    }

    /// One run of a row's scenario.
    pub(crate) fn echo(
        &self,
        scenario: &Scenario,
        server: &Running,
        warm_up: Duration,
    ) -> Result<Figures, String> {
        let mut arguments = vec!["echo".to_owned()];
        arguments.extend(scenario.load_arguments(server.framing));
        self.timed(server, arguments, warm_up)
    }

    /// One run that opens connections and closes them at once.
    pub(crate) fn handshakes(&self, server: &Running) -> Result<Figures, String> {
        let words = ["handshakes", "--framing", server.framing.word()];
        self.timed(server, words.map(str::to_owned).to_vec(), self.plan.warm_up)
    }

    /// A run that lasts as long as the plan says; gives its last line.
    fn timed(
        &self,
        server: &Running,
        mut arguments: Vec<String>,
        warm_up: Duration,
    ) -> Result<Figures, String> {
        let warm_up = ("--warm-up-ms", warm_up.as_millis());
        let measure = ("--measure-ms", self.plan.measure.as_millis());
        for (flag, milliseconds) in [warm_up, measure] {
            arguments.extend([flag.to_owned(), milliseconds.to_string()]);
        }
        let lines = self.load(server, &arguments)?;
        lines
            .into_iter()
            .next_back()
            .ok_or_else(|| "the generator says nothing".to_owned())
    }

    /// Any run; gives a line of figures for each of the generator's.
    pub(crate) fn load(
        &self,
        server: &Running,
        arguments: &[String],
    ) -> Result<Vec<Figures>, String> {
        let mut command = pinned(&self.cores.load);
        command
            .arg(&self.programs.load)
            .args(arguments)
            .args(server.place());
        // The generator gives up by itself on a server that falls silent.
        let output = command
            .output()
            .map_err(|error| format!("cannot start the generator: {error}"))?;
        if !output.status.success() {
            let fault = String::from_utf8_lossy(&output.stderr);
            return Err(format!("{}: {}", server.label, fault.trim()));
        }
        // The launcher's line, with the process id, comes first.
        let lines = String::from_utf8_lossy(&output.stdout);
        Ok(lines.lines().skip(1).map(Figures::new).collect())
    }
}
