//! What is wrong with a configuration, and where. Owns the words: the place first, then what is
//! wrong, then what was meant.

use std::fmt;
use std::path::PathBuf;

/// Where a value comes from.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Source {
    /// Nobody gave it.
    Default,
    /// A line of a file.
    #[non_exhaustive]
    File {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// A variable of the environment.
    Environment(String),
    /// A flag, without its dashes.
    Flag(String),
}

/// Something that is wrong with a configuration.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Fault {
    source: Source,
    what: String,
}

impl Fault {
    pub(super) fn new(source: &Source, what: impl Into<String>) -> Self {
        Self {
            source: source.clone(),
            what: what.into(),
        }
    }

    /// Where the value is that is wrong.
    pub fn source(&self) -> &Source {
        &self.source
    }
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => formatter.write_str("the default"),
            Self::File { path, line } => write!(formatter, "{}:{line}", path.display()),
            Self::Environment(name) => formatter.write_str(name),
            Self::Flag(name) => write!(formatter, "--{name}"),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { source, what } = self;
        match source {
            Source::Default => formatter.write_str(what),
            // A flag is the name of its setting, and reads as one.
            Source::Flag(_) => write!(formatter, "{source} {what}"),
            _ => write!(formatter, "{source}: {what}"),
        }
    }
}

impl std::error::Error for Fault {}
