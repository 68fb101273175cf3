//! The verb's options, and which cases a selection includes.

use std::num::NonZero;
use std::path::PathBuf;

use crate::autobahn::case::Case;

/// Of the 18 message sizes of each group of sections 12 and 13, those that CI runs: a thousand
/// messages of 16 bytes, 4 KiB and 32 KiB in one frame, and 16 KiB in frames of 256 bytes. The
/// larger ones cost minutes and take the same paths.
const CI_SIZES: [u16; 4] = [1, 5, 8, 12];

/// What is under test.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Direction {
    /// The fuzzer connects to a server.
    Server,
    /// A client connects to the fuzzer.
    Client,
}

impl Direction {
    /// The word for it in options, files and reports.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Client => "client",
        }
    }
}

/// Which cases are run.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Selection {
    /// All of the suite.
    All,
    /// All but sections 12 and 13, and a spread of these.
    Ci,
    /// Those that one of the patterns matches.
    Patterns(Vec<Pattern>),
}

/// Parts that a case must have; one that ends in `*` leaves the rest open.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Pattern {
    parts: Vec<u16>,
    open: bool,
}

/// What the verb does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Mode {
    /// The self-test, then the selection of CI in both directions.
    Ci,
    /// Say what the options are.
    Help,
    /// Judge what the other options say.
    Judge,
    /// Judge peers that must fail.
    SelfTest,
}

/// The verb's options.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) cases: Selection,
    pub(crate) client: Option<PathBuf>,
    /// `None` for both.
    pub(crate) direction: Option<Direction>,
    pub(crate) grace: u32,
    pub(crate) jobs: usize,
    pub(crate) mode: Mode,
    pub(crate) update: bool,
    pub(crate) url: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            cases: Selection::Ci,
            client: None,
            direction: None,
            grace: 20,
            // Many cases wait rather than work.
            jobs: std::thread::available_parallelism().map_or(2, NonZero::get) + 1,
            mode: Mode::Judge,
            update: false,
            url: None,
        }
    }
}

impl Options {
    /// Reads the words after the verb.
    pub(crate) fn parse(args: &[String]) -> Result<Self, String> {
        let mut options = Self::default();
        let mut args = args.iter();
        while let Some(option) = args.next() {
            let mut value = || args.next().ok_or_else(|| format!("{option} needs a value"));
            match option.as_str() {
                "--cases" => options.cases = Selection::parse(value()?)?,
                "--ci" => options.mode = Mode::Ci,
                "--client" => options.client = Some(PathBuf::from(value()?)),
                "--direction" => options.direction = parse_direction(value()?)?,
                "--grace" => options.grace = parse_number(option, value()?)?,
                "--help" => options.mode = Mode::Help,
                "--jobs" => options.jobs = parse_number::<NonZero<usize>>(option, value()?)?.get(),
                "--self-test" => options.mode = Mode::SelfTest,
                "--update" => options.update = true,
                "--url" => options.url = Some(value()?.clone()),
                _ => return Err(format!("unknown option `{option}`; --help lists them")),
            }
        }
        if options.url.is_some() && options.client.is_some() {
            return Err("--url and --client test one peer each, not both at once".to_owned());
        }
        Ok(options)
    }

    /// Whether this direction is to be run: a stand-in stands for its own direction only.
    pub(crate) fn covers(&self, direction: Direction) -> bool {
        let other_stands_in = match direction {
            Direction::Server => self.client.is_some(),
            Direction::Client => self.url.is_some(),
        };
        !other_stands_in && self.direction.is_none_or(|only| only == direction)
    }

    /// Whether somebody else's program is judged, for which we committed no expectations.
    pub(crate) fn is_stand_in(&self, direction: Direction) -> bool {
        match direction {
            Direction::Server => self.url.is_some(),
            Direction::Client => self.client.is_some(),
        }
    }
}

impl Selection {
    fn parse(text: &str) -> Result<Self, String> {
        match text {
            "all" => Ok(Self::All),
            "ci" => Ok(Self::Ci),
            _ => {
                let patterns: Result<_, _> = text.split(',').map(Pattern::parse).collect();
                patterns.map(Self::Patterns)
            }
        }
    }

    /// Whether this case is to be run.
    pub(crate) fn includes(&self, case: &Case) -> bool {
        match self {
            Self::All => true,
            Self::Ci => match *case.parts() {
                [12 | 13, _, size] => CI_SIZES.contains(&size),
                _ => true,
            },
            Self::Patterns(patterns) => patterns.iter().any(|pattern| pattern.matches(case)),
        }
    }
}

impl Pattern {
    fn parse(text: &str) -> Result<Self, String> {
        let (numbers, open) = match text.strip_suffix(".*") {
            Some(numbers) => (numbers, true),
            None => (text, false),
        };
        let case: Case = numbers
            .parse()
            .map_err(|_| format!("neither all, ci nor like 6.4.* or 9.1.1: `{text}`"))?;
        let parts = case.parts().to_vec();
        Ok(Self { parts, open })
    }

    fn matches(&self, case: &Case) -> bool {
        if self.open {
            case.parts().starts_with(&self.parts)
        } else {
            case.parts() == self.parts
        }
    }
}

fn parse_direction(text: &str) -> Result<Option<Direction>, String> {
    match text {
        "both" => Ok(None),
        "client" => Ok(Some(Direction::Client)),
        "server" => Ok(Some(Direction::Server)),
        _ => Err(format!(
            "--direction is server, client or both, not `{text}`"
        )),
    }
}

fn parse_number<T: std::str::FromStr>(option: &str, text: &str) -> Result<T, String> {
    text.parse()
        .map_err(|_| format!("{option} needs a number, not `{text}`"))
}

#[cfg(test)]
mod tests {
    use super::{Direction, Options, Selection};

    fn parse(line: &str) -> Result<Options, String> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Options::parse(&words)
    }

    fn includes(selection: &str, case: &str) -> bool {
        let selection = Selection::parse(selection).expect("a selection");
        selection.includes(&case.parse().expect("a case"))
    }

    #[test]
    fn selection_ci_spreads_over_compression() {
        for case in ["1.1.1", "9.8.6", "12.1.1", "13.7.12"] {
            assert!(includes("ci", case), "{case}");
        }
        for case in ["12.1.2", "13.7.18"] {
            assert!(!includes("ci", case), "{case}");
            assert!(includes("all", case), "{case}");
        }
    }

    #[test]
    fn selection_pattern_matches_whole_parts() {
        assert!(includes("6.4.*,9.1.1", "6.4.3"));
        assert!(includes("6.4.*,9.1.1", "9.1.1"));
        assert!(!includes("6.4.*,9.1.1", "9.1.10"));
        assert!(!includes("1.*", "10.1.1"));
    }

    #[test]
    fn options_stand_in_tests_its_own_direction() {
        let options = parse("--url ws://127.0.0.1:9001 --cases all").expect("options");
        assert!(options.covers(Direction::Server) && options.is_stand_in(Direction::Server));
        assert!(!options.covers(Direction::Client));
        let options = parse("--direction client").expect("options");
        assert!(options.covers(Direction::Client) && !options.is_stand_in(Direction::Client));
    }

    #[test]
    fn options_wrong_are_named() {
        for (line, message) in [
            ("--jobs", "--jobs needs a value"),
            ("--jobs 0", "--jobs needs a number, not `0`"),
            (
                "--cases 6.x",
                "neither all, ci nor like 6.4.* or 9.1.1: `6.x`",
            ),
            (
                "--direction up",
                "--direction is server, client or both, not `up`",
            ),
            ("--verbose", "unknown option `--verbose`; --help lists them"),
            (
                "--url a --client b",
                "--url and --client test one peer each, not both at once",
            ),
        ] {
            assert_eq!(parse(line).expect_err(line), message);
        }
    }
}
