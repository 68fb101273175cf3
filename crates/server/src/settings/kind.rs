//! The types that a setting may have: what a value of it looks like, and its way into the options
//! and out of them. Owns the words of the rules.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use super::value::{Value, size_text, time_text};
use crate::options::Options;

/// What a setting is, and where in the options it is kept.
#[derive(Debug)]
#[non_exhaustive]
pub enum Kind {
    /// True or false.
    #[non_exhaustive]
    Switch {
        /// Where it is kept.
        at: fn(&mut Options) -> &mut bool,
    },
    /// A number.
    #[non_exhaustive]
    Count {
        /// Where it is kept.
        at: fn(&mut Options) -> &mut u32,
        /// What it may be.
        range: RangeInclusive<u32>,
    },
    /// A number of things that take memory.
    #[non_exhaustive]
    Amount {
        /// Where it is kept.
        at: fn(&mut Options) -> &mut usize,
        /// What it may be.
        range: RangeInclusive<usize>,
    },
    /// A number of bytes.
    #[non_exhaustive]
    Size {
        /// Where it is kept.
        at: fn(&mut Options) -> &mut usize,
        /// What it may be.
        range: RangeInclusive<usize>,
    },
    /// A length of time.
    #[non_exhaustive]
    Time {
        /// Where it is kept.
        at: fn(&mut Options) -> &mut Duration,
        /// What it may be.
        range: RangeInclusive<Duration>,
    },
    /// The path of a file, or none.
    #[non_exhaustive]
    File {
        /// Where it is kept.
        at: fn(&mut Options) -> &mut Option<PathBuf>,
    },
    /// One word with a meaning of its own.
    #[non_exhaustive]
    Word {
        /// Its name in the help.
        name: &'static str,
        /// What it must be.
        rule: &'static str,
        /// How it is written; empty for none.
        text: fn(&Options) -> String,
        /// Keeps it, unless it is not what it must be.
        set: fn(&mut Options, &str) -> Option<()>,
    },
    /// Several such words.
    #[non_exhaustive]
    Words {
        /// The name of one in the help.
        name: &'static str,
        /// What each must be.
        rule: &'static str,
        /// How they are written.
        texts: fn(&Options) -> Vec<String>,
        /// Keeps them, unless one is not what it must be.
        set: fn(&mut Options, &[String]) -> Option<()>,
    },
}

/// Sizes as they may be written; those in the range of a setting are its examples.
const SIZE_EXAMPLES: [(&str, usize); 4] = [
    ("65536", 65_536),
    ("64K", 65_536),
    ("16M", 16 << 20),
    ("1G", 1 << 30),
];
/// The same of times.
const TIME_EXAMPLES: [(&str, Duration); 4] = [
    ("500ms", Duration::from_millis(500)),
    ("10s", Duration::from_secs(10)),
    ("5m", Duration::from_secs(300)),
    ("1h", Duration::from_secs(3600)),
];

/// The end of a rule: examples, if there are any.
fn such_as<'a>(examples: impl Iterator<Item = &'a str>) -> String {
    let examples: Vec<&str> = examples.collect();
    match &examples[..] {
        [] => String::new(),
        [only] => format!(", such as {only}"),
        [first @ .., last] => format!(", such as {} or {last}", first.join(", ")),
    }
}

impl Kind {
    /// What a value is called in the help.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Switch { .. } => "true|false",
            Self::Count { .. } | Self::Amount { .. } => "N",
            Self::Size { .. } => "SIZE",
            Self::Time { .. } => "TIME",
            Self::File { .. } => "FILE",
            Self::Word { name, .. } | Self::Words { name, .. } => name,
        }
    }

    /// What a value must be, after `it must`.
    pub fn rule(&self) -> String {
        match self {
            Self::Switch { .. } => "be true or false".to_owned(),
            Self::Count { range, .. } => {
                format!("be a number from {} to {}", range.start(), range.end())
            }
            Self::Amount { range, .. } => {
                format!("be a number from {} to {}", range.start(), range.end())
            }
            Self::Size { range, .. } => {
                let (start, end) = (size_text(*range.start()), size_text(*range.end()));
                let examples = SIZE_EXAMPLES
                    .into_iter()
                    .filter(|(_, size)| range.contains(size));
                let such = such_as(examples.map(|(text, _)| text));
                format!("be a size from {start} to {end}{such}")
            }
            Self::Time { range, .. } => {
                let (start, end) = (time_text(*range.start()), time_text(*range.end()));
                let examples = TIME_EXAMPLES
                    .into_iter()
                    .filter(|(_, time)| range.contains(time));
                let such = such_as(examples.map(|(text, _)| text));
                format!("be a time from {start} to {end}{such}")
            }
            Self::File { .. } => "be a path".to_owned(),
            Self::Word { rule, .. } => (*rule).to_owned(),
            Self::Words { rule, .. } => format!("{rule}; several in a list"),
        }
    }

    /// The value in `options`.
    pub(super) fn value(&self, options: &mut Options) -> Value {
        match self {
            Self::Switch { at } => Value::Switch(*at(options)),
            Self::Count { at, .. } => Value::Number((*at(options)).into()),
            Self::Amount { at, .. } => {
                Value::Number(u64::try_from(*at(options)).unwrap_or(u64::MAX))
            }
            Self::Size { at, .. } => Value::Text(size_text(*at(options))),
            Self::Time { at, .. } => Value::Text(time_text(*at(options))),
            Self::File { at } => {
                let path = at(options).as_deref();
                let text = path.map_or_else(String::new, |path| path.display().to_string());
                Value::Text(text)
            }
            Self::Word { text, .. } => Value::Text(text(options)),
            Self::Words { texts, .. } => Value::List(texts(options)),
        }
    }

    /// Keeps `value` in `options`, unless it is not what it must be.
    pub(super) fn set(&self, options: &mut Options, value: &Value) -> Option<()> {
        match self {
            Self::Switch { at } => put(at(options), Some(value.switch()?)),
            Self::Count { at, range } => {
                let count = u32::try_from(value.number()?).ok();
                put(at(options), count.filter(|count| range.contains(count)))
            }
            Self::Amount { at, range } => {
                let amount = usize::try_from(value.number()?).ok();
                put(at(options), amount.filter(|amount| range.contains(amount)))
            }
            Self::Size { at, range } => {
                let size = Some(value.size()?);
                put(at(options), size.filter(|size| range.contains(size)))
            }
            Self::Time { at, range } => {
                let time = Some(value.time()?);
                put(at(options), time.filter(|time| range.contains(time)))
            }
            Self::File { at } => put(at(options), Some(optional(&value.word()?))),
            Self::Word { set, .. } => set(options, &value.word()?),
            Self::Words { set, .. } => set(options, &value.words()?),
        }
    }
}

fn put<T>(slot: &mut T, value: Option<T>) -> Option<()> {
    *slot = value?;
    Some(())
}

/// Keeps a word that says what it is by its type.
pub(super) fn assign<T: FromStr>(slot: &mut T, text: &str) -> Option<()> {
    put(slot, text.parse().ok())
}

/// Keeps words that say what they are by their type.
pub(super) fn assign_all<T: FromStr>(slot: &mut Vec<T>, texts: &[String]) -> Option<()> {
    let values: Result<_, _> = texts.iter().map(|text| text.parse()).collect();
    put(slot, values.ok())
}

/// A word that may be anything; an empty one means none.
pub(super) fn optional<T: for<'a> From<&'a str>>(text: &str) -> Option<T> {
    (!text.is_empty()).then(|| text.into())
}

/// How words are written that say what they are by their type.
pub(super) fn texts<T: ToString>(values: &[T]) -> Vec<String> {
    values.iter().map(T::to_string).collect()
}

/// A word as it is written; empty for none.
pub(super) fn word_of<T: ToString>(value: Option<&T>) -> String {
    value.map_or_else(String::new, ToString::to_string)
}
