//! What is wrong with a configuration, and where. Owns the words: the place first, then what is
//! wrong, then what was meant.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::harmless::harmless;

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

impl Source {
    /// The order in which what is wrong is told: files by their lines, the environment, flags.
    pub(super) fn order(&self) -> (u8, usize) {
        match self {
            Self::Default => (0, 0),
            Self::File { line, .. } => (1, *line),
            Self::Environment(_) => (2, 0),
            Self::Flag(_) => (3, 0),
        }
    }
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
            what: harmless(&what.into()).into_owned(),
        }
    }

    /// Where the value is that is wrong.
    pub fn source(&self) -> &Source {
        &self.source
    }
}

/// What is wrong with the value of a setting, or with a file that it names, and only shows when
/// that is used. It is inside of the [`io::Error`] of whoever used it; where the setting has its
/// value from, [`Sources`](super::Sources) knows.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LateFault {
    setting: &'static str,
    /// Which item, of a list.
    item: Option<usize>,
    what: String,
}

impl LateFault {
    /// What is wrong with the value of `setting`.
    pub fn new(setting: &'static str, what: impl Into<String>) -> Self {
        Self {
            setting,
            item: None,
            what: harmless(&what.into()).into_owned(),
        }
    }

    /// The same, of one item of its list, from 0.
    #[must_use]
    pub fn of_item(mut self, number: usize) -> Self {
        self.item = Some(number);
        self
    }

    pub(crate) fn error(self, kind: io::ErrorKind) -> io::Error {
        io::Error::new(kind, self)
    }

    /// The name of the setting.
    pub fn setting(&self) -> &'static str {
        self.setting
    }

    /// Which item of its list it is about, from 0; none, if it is about all of it.
    pub fn item(&self) -> Option<usize> {
        self.item
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

impl fmt::Display for LateFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}`: {}", self.setting, self.what)
    }
}

impl std::error::Error for LateFault {}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => formatter.write_str("the default"),
            Self::File { path, line } => {
                let path = path.display().to_string();
                write!(formatter, "{}:{line}", harmless(&path))
            }
            Self::Environment(name) => formatter.write_str(&harmless(name)),
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
