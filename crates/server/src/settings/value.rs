//! A value as it is written: in a file with a type, elsewhere as text. Owns the units of sizes and
//! times. What a value means is its setting's business.

use std::fmt;
use std::time::Duration;

/// A value that was given.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Value {
    Switch(bool),
    Number(u64),
    Text(String),
    List(Vec<String>),
    /// Of a type that no setting has, by its name.
    Foreign(&'static str),
}

/// Units of sizes: powers of 1,024.
const SIZES: [(&str, usize); 3] = [("G", 1 << 30), ("M", 1 << 20), ("K", 1 << 10)];
/// Units of times, in milliseconds.
const TIMES: [(&str, u64); 4] = [("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];

impl Value {
    pub(super) fn switch(&self) -> Option<bool> {
        match self {
            Self::Switch(is_on) => Some(*is_on),
            Self::Text(text) => text.parse().ok(),
            _ => None,
        }
    }

    pub(super) fn number(&self) -> Option<u64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// Bytes: a number, or one with a unit.
    pub(super) fn size(&self) -> Option<usize> {
        let Self::Text(text) = self else {
            return self.number()?.try_into().ok();
        };
        let text = text.to_ascii_uppercase();
        let unit = SIZES.iter().find(|(unit, _)| text.ends_with(unit));
        let Some((unit, bytes)) = unit else {
            return text.parse().ok();
        };
        let number: usize = text.strip_suffix(unit)?.parse().ok()?;
        number.checked_mul(*bytes)
    }

    /// A time has a unit: a bare number would be seconds to some and milliseconds to others.
    pub(super) fn time(&self) -> Option<Duration> {
        let Self::Text(text) = self else {
            return None;
        };
        let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let unit = text.strip_prefix(digits)?;
        let (_, milliseconds) = TIMES.iter().find(|(name, _)| *name == unit)?;
        let number: u64 = digits.parse().ok()?;
        number.checked_mul(*milliseconds).map(Duration::from_millis)
    }

    pub(super) fn word(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            // Codes and the like are words that look like numbers.
            Self::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// A list, or text with commas.
    pub(super) fn words(&self) -> Option<Vec<String>> {
        match self {
            Self::List(words) => Some(words.clone()),
            Self::Text(text) => {
                let text = text.trim();
                if text.is_empty() {
                    return Some(Vec::new());
                }
                // One comma may end a list, as in a file; an item without a letter is a slip.
                let words = text.strip_suffix(',').unwrap_or(text).split(',');
                Some(words.map(|word| word.trim().to_owned()).collect())
            }
            _ => None,
        }
    }
}

/// As an error quotes it.
impl fmt::Display for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Switch(is_on) => write!(formatter, "`{is_on}`"),
            Self::Number(number) => write!(formatter, "`{number}`"),
            Self::Text(text) => write!(formatter, "`{text}`"),
            Self::List(words) => write!(formatter, "`{}`", words.join(", ")),
            Self::Foreign(name) => formatter.write_str(name),
        }
    }
}

/// `bytes` in the largest unit that divides it.
pub(super) fn size_text(bytes: usize) -> String {
    let unit = SIZES
        .iter()
        .find(|(_, unit)| bytes > 0 && bytes % unit == 0);
    unit.map_or_else(
        || bytes.to_string(),
        |(name, unit)| format!("{}{name}", bytes / unit),
    )
}

/// `time` in the largest unit that divides it.
pub(super) fn time_text(time: Duration) -> String {
    let milliseconds = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let fits = |unit: u64| milliseconds > 0 && milliseconds % unit == 0;
    let unit = TIMES.iter().find(|(_, unit)| fits(*unit));
    unit.map_or_else(
        || "0s".to_owned(),
        |(name, unit)| format!("{}{name}", milliseconds / unit),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    /// A size or time that is printed as a default means the same when it is read.
    #[test]
    fn sizes_and_times_are_read_as_they_are_written() {
        for bytes in [0, 1, 1023, 1024, 1536, 65_536, 1 << 20, 3 << 30] {
            assert_eq!(text(&size_text(bytes)).size(), Some(bytes));
        }
        for milliseconds in [0, 1, 999, 1000, 1500, 60_000, 90_000, 7_200_000] {
            let time = Duration::from_millis(milliseconds);
            assert_eq!(text(&time_text(time)).time(), Some(time));
        }
        assert_eq!(size_text(16 << 20), "16M");
        assert_eq!(time_text(Duration::from_secs(90)), "90s");
    }

    /// If this fails, a slip becomes some number.
    #[test]
    fn what_is_no_size_and_no_time_is_refused() {
        for wrong in [
            "",
            "K",
            "-1",
            "4X",
            "1.5K",
            "99999999999999999999G",
            "18446744073709551615K",
        ] {
            assert_eq!(text(wrong).size(), None, "{wrong}");
        }
        for wrong in [
            "",
            "s",
            "10",
            "-1s",
            "1 s",
            "1d",
            "1.5s",
            "18446744073709551615h",
        ] {
            assert_eq!(text(wrong).time(), None, "{wrong}");
        }
        assert_eq!(Value::Number(10).time(), None, "nobody knows of what");
        assert_eq!(text("64k").size(), Some(65_536));
    }

    /// If this fails, a list cannot be given in the environment or in a flag.
    #[test]
    fn list_is_text_with_commas_where_there_are_no_types() {
        assert_eq!(
            text("a, b,").words(),
            Some(vec!["a".to_owned(), "b".to_owned()])
        );
        assert_eq!(text("").words(), Some(Vec::new()));
        let (a, none, b) = ("a".to_owned(), String::new(), "b".to_owned());
        assert_eq!(text("a,,b").words(), Some(vec![a, none, b]));
        assert_eq!(Value::Switch(true).words(), None);
    }
}
