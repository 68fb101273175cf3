//! The command line of `cargo xtask bench`.

use std::time::Duration;

/// What `cargo xtask bench help` prints.
pub(crate) const HELP: &str = "\
cargo xtask bench [SCENARIO...] [FLAGS]

  s2 s3 s4 s5 s6 s6u s6f     messages of one kind, against raw echoes and rivals
  deflate deflate-takeover   1 KiB of JSON with permessage-deflate
  tls                        s3 over TLS 1.3, against a raw echo over TLS
  handshakes                 opening a connection, over TCP and over TLS
  idle tls-idle              resident memory per open connection
  scale                      connections 1 to 10,000, messages 1 KiB to 1 GiB, 2 threads
  memory-bound               masking and UTF-8 validation against memcpy
  broadcast                  one message to 1,000 receivers, against bare sends and a rival
  hub                        one publication to a room of 10 to 10,000, the same
  rooms                      10,000 connections in 1,000 rooms of the server, and in one
  script                     an echo's client in `sockeye run`, beside ws, undici, Deno and Bun
  instructions               user instructions per message, against the committed ones

  --rounds N      measured rounds of each server [15]
  --seconds S     measured time of a round [1]
  --only A,B      only these servers; the raw echo on tokio is always there
  --smoke         the tests of the bench's programs, then everything once and briefly: does it
                  run, and is every answer right?
  --record        write the raw figures to benches/record/

All run when none is named. docs/benchmarks.md says how to read the figures.
";

/// All scenarios, in the order they run in.
pub(crate) const SCENARIOS: [&str; 20] = [
    "s2",
    "s3",
    "s4",
    "s5",
    "s6",
    "s6u",
    "s6f",
    "deflate",
    "deflate-takeover",
    "tls",
    "handshakes",
    "idle",
    "tls-idle",
    "scale",
    "memory-bound",
    "broadcast",
    "hub",
    "rooms",
    "script",
    "instructions",
];

/// What is to be measured, and for how long.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plan {
    /// Invariant: each is one of `SCENARIOS`.
    pub(crate) scenarios: Vec<String>,
    pub(crate) rounds: usize,
    pub(crate) warm_up: Duration,
    pub(crate) measure: Duration,
    /// Empty means all.
    pub(crate) only: Vec<String>,
    pub(crate) smoke: bool,
    pub(crate) record: bool,
}

impl Plan {
    /// Reads the words after the verb.
    ///
    /// # Errors
    ///
    /// A sentence that names the word and what is wrong with it.
    pub(crate) fn parse(words: &[String]) -> Result<Self, String> {
        let mut plan = Self {
            scenarios: Vec::new(),
            rounds: 15,
            warm_up: Duration::from_millis(300),
            measure: Duration::from_secs(1),
            only: Vec::new(),
            smoke: words.iter().any(|word| word == "--smoke"),
            record: false,
        };
        if plan.smoke {
            plan.rounds = 1;
            plan.warm_up = Duration::from_millis(10);
            plan.measure = Duration::from_millis(40);
        }
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--smoke" => {}
                "--record" => plan.record = true,
                "--rounds" | "--seconds" | "--only" => {
                    let value = words
                        .next()
                        .ok_or_else(|| format!("{word} needs a value"))?;
                    plan.set(word, value)?;
                }
                scenario if SCENARIOS.contains(&scenario) => {
                    plan.scenarios.push(scenario.to_owned());
                }
                _ => return Err(format!("`{word}` is neither a scenario nor a flag")),
            }
        }
        if plan.scenarios.is_empty() {
            plan.scenarios = SCENARIOS.map(str::to_owned).to_vec();
        }
        Ok(plan)
    }

    fn set(&mut self, flag: &str, value: &str) -> Result<(), String> {
        let bad = || format!("{flag} cannot be `{value}`");
        match flag {
            "--rounds" => {
                let rounds = value.parse().ok().filter(|&rounds| rounds > 0);
                self.rounds = rounds.ok_or_else(bad)?;
            }
            "--seconds" => {
                let seconds = value.parse().ok().filter(|&seconds: &f64| seconds > 0.0);
                self.measure =
                    Duration::try_from_secs_f64(seconds.ok_or_else(bad)?).map_err(|_| bad())?;
            }
            _ => self.only = value.split(',').map(str::to_owned).collect(),
        }
        Ok(())
    }

    /// Whether the command line wants the server of this name.
    pub(crate) fn wants(&self, server: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|name| name == server)
    }
}

#[cfg(test)]
mod tests {
    use super::{Plan, SCENARIOS};

    fn parse(line: &str) -> Result<Plan, String> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Plan::parse(&words)
    }

    #[test]
    fn nothing_named_runs_everything() {
        let plan = parse("").unwrap();
        assert_eq!(plan.scenarios, SCENARIOS);
        assert_eq!(plan.rounds, 15);
        assert!(plan.wants("yawc"));
    }

    #[test]
    fn scenarios_and_flags_are_read_in_any_order() {
        let plan = parse("s3 --seconds 0.5 --only sockeye,yawc s2 --rounds 31 --record").unwrap();
        assert_eq!(plan.scenarios, ["s3", "s2"]);
        assert_eq!((plan.rounds, plan.measure.as_millis()), (31, 500));
        assert!(plan.wants("yawc") && !plan.wants("sockudo-ws") && plan.record);
    }

    #[test]
    fn smoke_is_brief_and_can_be_stretched() {
        assert_eq!(parse("s2 --smoke").unwrap().rounds, 1);
        assert_eq!(parse("--rounds 3 s2 --smoke").unwrap().rounds, 3);
    }

    #[test]
    fn bad_words_are_named() {
        for (line, part) in [
            ("s9", "`s9`"),
            ("--rounds", "needs a value"),
            ("--rounds 0", "`0`"),
            ("--seconds long", "`long`"),
            ("--seconds -1", "`-1`"),
        ] {
            let error = parse(line).unwrap_err();
            assert!(error.contains(part), "{line}: {error}");
        }
    }
}
