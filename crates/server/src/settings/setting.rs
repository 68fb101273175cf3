//! One setting: its name, and what that is in a file, in the environment and among the flags. Which
//! settings there are is the table's.

use super::kind::Kind;
use super::value::Value;
use crate::options::Options;

/// One setting.
#[derive(Debug)]
#[non_exhaustive]
pub struct Setting {
    /// In the file: the table, a dot and the key; what stands in no table has no dot.
    pub name: &'static str,
    /// What it does, in a sentence or two.
    pub about: &'static str,
    /// What it may be.
    pub kind: Kind,
}

impl Setting {
    /// Its table in the file; empty for none.
    pub fn section(&self) -> &'static str {
        self.name.split_once('.').map_or("", |(section, _)| section)
    }

    /// Its key in that table.
    pub fn key(&self) -> &'static str {
        self.name.split_once('.').map_or(self.name, |(_, key)| key)
    }

    /// Its default, as it is written in a file.
    pub fn default_text(&self) -> String {
        match self.kind.value(&mut Options::default()) {
            Value::Switch(is_on) => is_on.to_string(),
            Value::Number(number) => number.to_string(),
            Value::Text(text) => format!("{text:?}"),
            Value::List(words) => format!("{words:?}"),
            Value::Foreign(name) => name.to_owned(),
        }
    }

    /// Its flag, without the dashes.
    pub fn flag(&self) -> String {
        flag_of(self.name)
    }

    /// Its variable of the environment.
    pub fn variable(&self) -> String {
        let name = self.name.replace('.', "_").to_ascii_uppercase();
        format!("{VARIABLE_PREFIX}{name}")
    }
}

/// How variables of the environment begin that are ours.
pub const VARIABLE_PREFIX: &str = "SOCKEYE_";

/// The flag of the setting `name`, without the dashes.
pub(super) fn flag_of(name: &str) -> String {
    name.replace(['.', '_'], "-")
}
