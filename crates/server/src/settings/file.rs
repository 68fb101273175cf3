//! The configuration file: TOML to values of settings, each with its line. Owns what is said about
//! a key that there is not and about text that is no TOML.

use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::{Fault, Source};
use super::kind::Kind;
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
    /// Those of a list's items, where they have places of their own.
    pub(super) items: Vec<Source>,
}

impl Entry {
    /// Where the item with this number is, from 0.
    pub(super) fn of_item(&self, number: usize) -> &Source {
        self.items.get(number).unwrap_or(&self.source)
    }
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
            let span = error.span().unwrap_or_default();
            let why = why_no_toml(text, &span, error.message());
            reader.complain(span.start, format!("this is no TOML: {why}"));
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
                _ if section.is_empty() && is_section(&name) => {
                    let what = format!("`{name}` is a table, which begins with a line `[{name}]`");
                    self.complain(at, what);
                }
                _ => self.complain(at, unknown(&name)),
            }
        }
    }

    fn take(&mut self, setting: &'static Setting, at: usize, value: &Spanned<DeValue<'_>>) {
        let mut items = Vec::new();
        if let (Kind::Words { .. }, DeValue::Array(list)) = (&setting.kind, value.get_ref()) {
            for item in list {
                let at = item.span().start;
                if item.get_ref().as_str().is_none() {
                    let (name, what) = (setting.name, typed(item.get_ref()));
                    return self.complain(at, format!("`{name}` has {what}, which is no text"));
                }
                items.push(self.source(at));
            }
        }
        self.entries.push(Entry {
            setting,
            value: typed(value.get_ref()),
            source: self.source(at),
            items,
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

/// What the parser says of the text at `span`, in words that help: it guesses numbers where people
/// forget quotes, and names no key.
fn why_no_toml(text: &str, span: &Range<usize>, message: &str) -> String {
    let found = text.get(span.clone()).unwrap_or_default().trim();
    if message == "duplicate key" && !found.is_empty() {
        return format!("the key `{found}` stands twice");
    }
    match bare_text(text, span.start) {
        Some(word) => format!("`{word}` is text, which stands in quotes"),
        None => message.to_owned(),
    }
}

/// What stands without quotes behind the `=` of the line at `at`, if it looks like text.
fn bare_text(text: &str, at: usize) -> Option<&str> {
    let start = text.get(..at)?.rfind('\n').map_or(0, |end| end + 1);
    let line = text.get(start..)?.lines().next()?;
    let (_, value) = line.split_once('=')?;
    let value = value.trim_start_matches(['[', ' ', '\t']);
    let word = value.split([',', ']', '#', ' ', '\t']).next()?;
    let is_text = word
        .chars()
        .all(|c| c.is_alphanumeric() || "/.:-_~".contains(c))
        && word.chars().any(|c| c.is_alphabetic() || "/:".contains(c));
    (is_text && !["true", "false"].contains(&word)).then_some(word)
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
