//! Rounds: every server once, then every server once in the opposite order, and so on, so that
//! whatever drifts hits all alike and each round's ratios compare neighbours in time.

use crate::bench::contender::Contender;
use crate::bench::figures::Figures;
use crate::bench::load::Bench;
use crate::bench::running::Running;
use crate::bench::scenario::Scenario;

/// All rounds of one server, or what it did wrong.
#[derive(Debug)]
pub(crate) struct Series {
    pub(crate) label: String,
    /// One per round, as many for everybody who has no fault.
    pub(crate) rounds: Vec<Figures>,
    pub(crate) fault: Option<String>,
}

impl Series {
    /// What `read` makes of each round.
    pub(crate) fn each(
        &self,
        read: impl Fn(&Figures) -> Result<f64, String>,
    ) -> Result<Vec<f64>, String> {
        self.rounds.iter().map(read).collect()
    }

    /// The server's CPU time per message, in nanoseconds, in each round.
    pub(crate) fn cpu_per_message(&self) -> Result<Vec<f64>, String> {
        self.cpu_per("messages")
    }

    /// The server's CPU time for each of what `key` counts, in nanoseconds, in each round.
    pub(crate) fn cpu_per(&self, key: &str) -> Result<Vec<f64>, String> {
        self.each(|figures| figures.quotient("server_cpu_ns", key))
    }
}

/// Starts all `contenders` on `cores` and measures what `scenario` sends.
pub(crate) fn measure(
    bench: &Bench,
    scenario: &Scenario,
    contenders: Vec<Contender>,
    cores: &str,
) -> Vec<Series> {
    measure_with(bench, contenders, cores, |server| {
        bench.echo(scenario, server, bench.plan.warm_up)
    })
}

/// Starts all `contenders` on `cores` and measures them with `run`, once in every round. A server
/// that answers wrongly, or does not start, is left out of the remaining rounds and keeps its
/// fault.
pub(crate) fn measure_with(
    bench: &Bench,
    contenders: Vec<Contender>,
    cores: &str,
    run: impl Fn(&Running) -> Result<Figures, String>,
) -> Vec<Series> {
    let mut servers: Vec<(Series, Option<Running>)> = contenders
        .into_iter()
        .map(|contender| {
            let label = contender.label.clone();
            match contender.start(&bench.programs, cores) {
                Ok(server) => (series(label, None), Some(server)),
                Err(fault) => (series(label, Some(fault)), None),
            }
        })
        .collect();
    for round in 0..bench.plan.rounds {
        for index in order(round, servers.len()) {
            let (series, server) = &mut servers[index];
            let (Some(running), None) = (server.as_ref(), &series.fault) else {
                continue;
            };
            match run(running) {
                Ok(figures) => series.rounds.push(figures),
                Err(fault) => series.fault = Some(fault),
            }
        }
    }
    servers.into_iter().map(|(series, _)| series).collect()
}

fn series(label: String, fault: Option<String>) -> Series {
    Series {
        label,
        rounds: Vec::new(),
        fault,
    }
}

/// The order of a round: forwards, backwards, forwards, ...
pub(crate) fn order(round: usize, count: usize) -> Vec<usize> {
    if round % 2 == 0 {
        (0..count).collect()
    } else {
        (0..count).rev().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::order;

    #[test]
    fn rounds_turn_around_every_time() {
        assert_eq!(order(0, 3), [0, 1, 2]);
        assert_eq!(order(1, 3), [2, 1, 0]);
        assert_eq!(order(2, 3), [0, 1, 2]);
    }
}
