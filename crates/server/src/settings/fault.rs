//! What is wrong with a configuration, and where. Owns the words: the place first, then what is
//! wrong, then what was meant.

use std::fmt;
use std::io;
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

/// What is wrong with a file that a setting names. It is inside of the [`io::Error`] of whoever
/// read the file; where the setting has its value from, [`Sources`](super::Sources) knows.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FileFault {
    setting: &'static str,
    what: String,
}

impl FileFault {
    /// What is wrong with the file that `setting` names.
    pub fn new(setting: &'static str, what: impl Into<String>) -> Self {
        let what = what.into();
        Self { setting, what }
    }

    pub(crate) fn error(self, kind: io::ErrorKind) -> io::Error {
        io::Error::new(kind, self)
    }

    /// The name of the setting.
    pub fn setting(&self) -> &'static str {
        self.setting
    }

    /// The same, with the place of the setting first.
    pub(super) fn at(&self, source: &Source) -> String {
        match source {
            Source::Default => self.to_string(),
            // A flag is the name of its setting.
            Source::Flag(_) => format!("{source}: {}", self.what),
            Source::File { .. } | Source::Environment(_) => format!("{source}: {self}"),
        }
    }
}

impl fmt::Display for FileFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}`: {}", self.setting, self.what)
    }
}

impl std::error::Error for FileFault {}

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
