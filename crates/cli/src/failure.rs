//! Why the command ends with another code than 0. Owns the exit codes, and that a chain of errors
//! is printed once and whole.

use std::error::Error;
use std::fmt;

/// The exit codes, as `--help` says them.
pub(crate) const EXIT_CODES: &str = "\
exit codes: 0 it worked, a WebSocket closed cleanly, a script caught its exceptions; 1 it failed;
2 the arguments or the configuration make no sense; 3 a script took too long, and no more
";

/// What went wrong.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The arguments make no sense: 2.
    Usage {
        message: String,
        /// The verb whose help says more, if one was named.
        verb: Option<&'static str>,
    },
    /// What a file or the environment says makes no sense: 2.
    Configuration(String),
    /// It did not work out: 1.
    Run(String),
    /// It was stopped, as it was told to be after so long: 3.
    TimedOut(String),
}

impl Failure {
    /// A failure to do `what`, with everything that `error` and its sources say.
    pub(crate) fn run(what: impl fmt::Display, error: &dyn Error) -> Self {
        Self::Run(format!("{what}: {}", chain(error)))
    }

    /// Arguments that make no sense.
    pub(crate) fn usage(message: impl fmt::Display) -> Self {
        Self::Usage {
            message: message.to_string(),
            verb: None,
        }
    }

    /// The same failure, of `verb`.
    pub(crate) fn of_verb(mut self, name: &'static str) -> Self {
        if let Self::Usage { verb, .. } = &mut self {
            *verb = Some(name);
        }
        self
    }

    /// The code that a shell is told.
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::Usage { .. } | Self::Configuration(_) => 2,
            Self::Run(_) => 1,
            Self::TimedOut(_) => 3,
        }
    }
}

/// What `error` and its sources say, in one line.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        text.push_str(": ");
        text.push_str(&source.to_string());
        next = source.source();
    }
    text
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage {
                message,
                verb: None,
            } => write!(formatter, "{message}; see sockeye --help"),
            Self::Usage {
                message,
                verb: Some(verb),
            } => write!(formatter, "{message}; see sockeye {verb} --help"),
            Self::Configuration(message) | Self::Run(message) | Self::TimedOut(message) => {
                formatter.write_str(message)
            }
        }
    }
}

impl From<lexopt::Error> for Failure {
    fn from(error: lexopt::Error) -> Self {
        Self::usage(error)
    }
}
