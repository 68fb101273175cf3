//! The configuration file: TOML to values of settings, each with its line. Owns what is said about
//! a key that there is not and about text that is no TOML.

use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::{Fault, Source};
use super::nearest::nearest;
use super::setting::Setting;
use super::table::{SECTIONS, all};
use super::value::Value;

/// A value of a file.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) setting: &'static Setting,
    pub(super) value: Value,
    pub(super) source: Source,
}

/// The values in `text`, which stands in the file `path`, and what is wrong with the rest.
pub(super) fn read(path: &Path, text: &str) -> (Vec<Entry>, Vec<Fault>) {
    let mut reader = Reader {
        path: path.to_owned(),
        text,
        entries: Vec::new(),
        faults: Vec::new(),
    };
    match DeTable::parse(text) {
        Ok(table) => reader.take_table("", table.get_ref()),
        Err(error) => {
            let at = error.span().map_or(0, |span| span.start);
            let message = error.message().to_owned();
            reader.complain(at, format!("this is no TOML: {message}"));
        }
    }
    (reader.entries, reader.faults)
}

struct Reader<'a> {
    path: PathBuf,
    text: &'a str,
    entries: Vec<Entry>,
    faults: Vec<Fault>,
}

impl Reader<'_> {
    /// Takes the settings out of the table `section`.
    fn take_table(&mut self, section: &str, table: &DeTable<'_>) {
        for (key, value) in table {
            let name = match section {
                "" => key.get_ref().to_string(),
                _ => format!("{section}.{}", key.get_ref()),
            };
            let at = key.span().start;
            if let Some(setting) = all().find(|setting| setting.name == name) {
                self.take(setting, at, value);
                continue;
            }
            match value.get_ref() {
                DeValue::Table(inner) if section.is_empty() && is_section(&name) => {
                    self.take_table(&name, inner);
                }
                DeValue::Table(_) => self.complain(at, unknown_table(&name)),
                _ => self.complain(at, unknown(&name)),
            }
        }
    }

    fn take(&mut self, setting: &'static Setting, at: usize, value: &Spanned<DeValue<'_>>) {
        self.entries.push(Entry {
            setting,
            value: typed(value.get_ref()),
            source: self.source(at),
        });
    }

    fn complain(&mut self, at: usize, what: String) {
        let fault = Fault::new(&self.source(at), what);
        self.faults.push(fault);
    }

    fn source(&self, at: usize) -> Source {
        let before = self.text.get(..at).unwrap_or(self.text);
        Source::File {
            path: self.path.clone(),
            line: before.matches('\n').count() + 1,
        }
    }
}

fn is_section(name: &str) -> bool {
    !name.is_empty() && SECTIONS.iter().any(|section| section.name == name)
}

/// That there is no such setting, and which one was meant.
pub(super) fn unknown(name: &str) -> String {
    let names = || all().map(|setting| setting.name);
    // A key in the wrong table is as common as a slip.
    let key = name.rsplit('.').next().unwrap_or(name);
    let elsewhere = all().find(|setting| setting.key() == key);
    let meant = nearest(name, names()).or_else(|| elsewhere.map(|setting| setting.name));
    say(&format!("there is no setting `{name}`"), meant)
}

fn unknown_table(name: &str) -> String {
    let sections = SECTIONS.iter().map(|section| section.name);
    let meant = nearest(name, sections.filter(|section| !section.is_empty()));
    say(&format!("there is no table `{name}`"), meant)
}

fn say(what: &str, meant: Option<&str>) -> String {
    match meant {
        Some(meant) => format!("{what}; did you mean `{meant}`?"),
        None => format!("{what}; `sockeye config` lists what there is"),
    }
}

fn typed(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::Boolean(is_on) => Value::Switch(*is_on),
        DeValue::Integer(integer) => u64::from_str_radix(integer.as_str(), integer.radix())
            .map_or_else(
                |_| Value::Foreign("a number below zero or too large"),
                Value::Number,
            ),
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Array(items) => {
            let texts = items.iter().map(|item| item.get_ref().as_str());
            let texts: Option<Vec<_>> = texts.map(|text| text.map(str::to_owned)).collect();
            texts.map_or(
                Value::Foreign("a list of other things than text"),
                Value::List,
            )
        }
        DeValue::Table(_) => Value::Foreign("a table"),
        DeValue::Float(_) => Value::Foreign("a number with a fraction"),
        DeValue::Datetime(_) => Value::Foreign("a date"),
    }
}
