//! Arguments to commands. Owns the flags' names, their values and the words of a usage error.

use std::ffi::OsString;
use std::fmt;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::process::ExitCode;

use lexopt::{Arg, Parser, ValueExt};
use sockeye::DeflatePolicy;

use crate::echo::{self, Echo};

/// What is to be done.
#[derive(Debug)]
pub(crate) enum Command {
    Echo(Echo),
    Help(&'static str),
}

/// Why the command ends with another code than 0.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The arguments make no sense: 2.
    Usage(String),
    /// It did not work out: 1.
    Run(String),
}

impl Failure {
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Usage(_) => ExitCode::from(2),
            Self::Run(_) => ExitCode::FAILURE,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(message) => write!(formatter, "{message}; see sockeye --help"),
            Self::Run(message) => formatter.write_str(message),
        }
    }
}

impl From<lexopt::Error> for Failure {
    fn from(error: lexopt::Error) -> Self {
        Self::Usage(error.to_string())
    }
}

const HELP: &str = "\
sockeye VERB [FLAGS]

  echo       an echo server: every path gives back every message

sockeye VERB --help shows the flags of a verb.
";

/// Reads the arguments.
pub(crate) fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Command, Failure> {
    let mut parser = Parser::from_iter(args);
    match parser.next()? {
        None | Some(Arg::Short('h') | Arg::Long("help")) => Ok(Command::Help(HELP)),
        Some(Arg::Value(verb)) if verb == "echo" => parse_echo(parser),
        Some(Arg::Value(verb)) => Err(Failure::Usage(format!(
            "there is no verb {}",
            verb.to_string_lossy()
        ))),
        Some(other) => Err(other.unexpected().into()),
    }
}

fn parse_echo(mut parser: Parser) -> Result<Command, Failure> {
    let mut echo = Echo::default();
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Short('h') | Arg::Long("help") => return Ok(Command::Help(echo::HELP)),
            Arg::Long("listen") => echo.listen = parser.value()?.parse::<SocketAddr>()?,
            Arg::Long("threads") => echo.threads = parser.value()?.parse::<NonZeroUsize>()?,
            Arg::Long("deflate") => echo.deflate = Some(parse_deflate(&parser.value()?.string()?)?),
            Arg::Long("max-message") => {
                echo.message_len_max = parse_size(&parser.value()?.string()?)?;
            }
            Arg::Long("lend") => echo.lend = true,
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(Command::Echo(echo))
}

fn parse_deflate(value: &str) -> Result<DeflatePolicy, Failure> {
    match value {
        "takeover" => Ok(DeflatePolicy::takeover()),
        "no-takeover" => Ok(DeflatePolicy::no_takeover()),
        _ => Err(Failure::Usage(format!(
            "--deflate is `{value}`, it must be `takeover` or `no-takeover`"
        ))),
    }
}

/// A size: a number of bytes, or of `K`, `M`, `G` (powers of 1,024).
fn parse_size(value: &str) -> Result<usize, Failure> {
    let (number, unit) = match value.char_indices().next_back() {
        Some((at, 'k' | 'K')) => (value.get(..at), 1 << 10),
        Some((at, 'm' | 'M')) => (value.get(..at), 1 << 20),
        Some((at, 'g' | 'G')) => (value.get(..at), 1 << 30),
        _ => (Some(value), 1),
    };
    number
        .and_then(|number| number.parse::<usize>().ok())
        .and_then(|number| number.checked_mul(unit))
        .filter(|size| *size > 0)
        .ok_or_else(|| Failure::Usage(format!("`{value}` is no size such as 65536, 64K or 1G")))
}

impl Command {
    /// Does it.
    pub(crate) fn run(self) -> Result<(), Failure> {
        match self {
            Self::Echo(echo) => echo.run().map_err(|error| Failure::Run(error.to_string())),
            Self::Help(text) => {
                print!("{text}");
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_words(words: &[&str]) -> Result<Command, Failure> {
        parse(
            std::iter::once("sockeye")
                .chain(words.iter().copied())
                .map(OsString::from),
        )
    }

    #[test]
    fn echo_takes_its_flags() {
        let words = [
            "echo",
            "--listen",
            "127.0.0.1:0",
            "--threads",
            "2",
            "--max-message",
            "64K",
        ];
        let Ok(Command::Echo(echo)) = parse_words(&words) else {
            panic!()
        };
        assert_eq!((echo.threads.get(), echo.message_len_max), (2, 65_536));
    }

    #[test]
    fn usage_errors_name_the_value_and_the_rule() {
        for (words, part) in [
            (&["echo", "--deflate", "much"][..], "`much`"),
            (&["echo", "--max-message", "4X"], "`4X`"),
            (&["echo", "--max-message", "0"], "`0`"),
            (&["echo", "--threads", "0"], "0"),
            (&["eco"], "eco"),
            (&["echo", "--loud"], "--loud"),
        ] {
            let Err(failure) = parse_words(words) else {
                panic!("{words:?} is accepted")
            };
            assert!(matches!(failure, Failure::Usage(_)), "{failure}");
            assert!(failure.to_string().contains(part), "{failure}");
        }
    }

    #[test]
    fn sizes_have_units_of_1024() {
        let sizes = [("1", 1), ("2K", 2048), ("3m", 3 << 20), ("1G", 1 << 30)];
        for (text, size) in sizes {
            assert_eq!(parse_size(text).ok(), Some(size));
        }
        assert!(parse_size("99999999999999999999G").is_err());
    }
}
