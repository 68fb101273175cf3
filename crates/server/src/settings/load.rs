//! From the file, the environment and the flags to the options. Owns which wins, and what must hold
//! between settings.

use std::path::PathBuf;

use super::fault::{Fault, Source};
use super::file::{self, Entry};
use super::nearest::nearest;
use super::setting::{PREFIX, Setting, flag_of};
use super::table::SETTINGS;
use super::value::Value;
use crate::options::Options;

/// What was given. A flag wins over the environment, that over the file, and that over the default.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Given {
    /// The file's path and content.
    pub file: Option<(PathBuf, String)>,
    /// Variables of the environment, ours among them.
    pub variables: Vec<(String, String)>,
    /// Flags and what stood behind them, in order; the last of a name wins.
    pub flags: Vec<(&'static Setting, String)>,
}

/// What came of it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Loaded {
    /// The options, in which what is wrong has its default.
    pub options: Options,
    /// What is wrong. A server with any of these is not the one that was meant.
    pub faults: Vec<Fault>,
    /// Variables that look like ours and are none. They are no faults: Kubernetes, for one, gives
    /// every container variables with the names of its services.
    pub unknown_variables: Vec<String>,
}

/// Reads everything that was `given`.
pub fn load(given: Given) -> Loaded {
    let (mut entries, faults) = match &given.file {
        Some((path, text)) => file::read(path, text),
        None => (Vec::new(), Vec::new()),
    };
    let unknown_variables = take_variables(given.variables, &mut entries);
    for (setting, text) in given.flags {
        entries.push(Entry {
            setting,
            value: Value::Text(text),
            source: Source::Flag(setting.flag()),
        });
    }
    let mut loaded = Loaded {
        options: Options::default(),
        faults,
        unknown_variables,
    };
    let mut sources = vec![&Source::Default; SETTINGS.len()];
    for entry in &entries {
        match entry.setting.kind.set(&mut loaded.options, &entry.value) {
            Some(()) => keep_source(&mut sources, entry),
            None => loaded.faults.push(misfit(entry)),
        }
    }
    check_pairs(&mut loaded, &sources);
    loaded
}

/// Adds what the variables say; the names of those that look like ours and say nothing.
fn take_variables(variables: Vec<(String, String)>, entries: &mut Vec<Entry>) -> Vec<String> {
    let mut unknown = Vec::new();
    for (name, text) in variables {
        match SETTINGS.iter().find(|setting| setting.variable() == name) {
            Some(setting) => entries.push(Entry {
                setting,
                value: Value::Text(text),
                source: Source::Environment(name),
            }),
            None if name.starts_with(PREFIX) => unknown.push(with_meaning(name)),
            None => {}
        }
    }
    unknown
}

fn with_meaning(name: String) -> String {
    let names: Vec<String> = SETTINGS.iter().map(Setting::variable).collect();
    match nearest(&name, names.iter().map(String::as_str)) {
        Some(meant) => format!("{name} (did you mean {meant}?)"),
        None => name,
    }
}

fn keep_source<'a>(sources: &mut [&'a Source], entry: &'a Entry) {
    for (source, setting) in sources.iter_mut().zip(SETTINGS) {
        if setting.name == entry.setting.name {
            *source = &entry.source;
        }
    }
}

fn misfit(entry: &Entry) -> Fault {
    let Entry {
        setting,
        value,
        source,
    } = entry;
    let rule = setting.kind.rule();
    let what = match source {
        Source::Flag(_) => format!("is {value}, it must {rule}"),
        _ => format!("`{}` is {value}, it must {rule}", setting.name),
    };
    Fault::new(source, what)
}

/// What must hold between settings.
fn check_pairs(loaded: &mut Loaded, sources: &[&Source]) {
    let source = |name: &str| {
        let position = SETTINGS.iter().position(|setting| setting.name == name);
        position.and_then(|position| sources.get(position)).copied()
    };
    let mut demand = |given: &str, missing: &str| {
        let source = source(given).unwrap_or(&Source::Default);
        let what = match source {
            Source::Flag(_) => format!("needs --{} as well", flag_of(missing)),
            _ => format!("`{given}` needs `{missing}` as well"),
        };
        loaded.faults.push(Fault::new(source, what));
    };
    let auth = &loaded.options.auth;
    if auth.required && auth.secret_file.is_none() && auth.jwks_file.is_none() {
        // Otherwise everybody would be let in, or nobody.
        demand("auth.required", "auth.secret_file");
    }
    match (&loaded.options.cert, &loaded.options.key) {
        (Some(_), None) => demand("cert", "key"),
        (None, Some(_)) => demand("key", "cert"),
        _ => {}
    }
}
