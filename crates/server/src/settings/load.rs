//! From the file, the environment and the flags to the options. Owns which wins, and what must hold
//! between settings.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use super::fault::{Fault, FileFault, Source};
use super::file::{self, Entry};
use super::kind::Kind;
use super::nearest::nearest;
use super::setting::{Setting, VARIABLE_PREFIX, flag_of};
use super::table::all;
use super::value::Value;
use crate::options::{Listen, Metrics, Options};

/// What was given. A flag wins over the environment, that over the file, and that over the default.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Given {
    /// The file's path and content.
    pub file: Option<(PathBuf, String)>,
    /// Variables of the environment, ours among them.
    pub variables: Vec<(String, String)>,
    /// Names of variables that are ours and no UTF-8, so that nobody knows what they say.
    pub unreadable_variables: Vec<String>,
    /// Flags and what stood behind them, in order; the last of a name wins, of one that takes a
    /// list all together.
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
    /// Where what was given stands.
    pub sources: Sources,
    /// Variables that look like ours and are none. They are no faults: Kubernetes, for one, gives
    /// every container variables with the names of its services.
    pub unknown_variables: Vec<String>,
}

/// Where each setting has its value from.
#[derive(Clone, Debug, Default)]
pub struct Sources(BTreeMap<&'static str, Source>);

impl Sources {
    /// Of the setting with this name.
    pub fn of(&self, name: &str) -> &Source {
        self.0.get(name).unwrap_or(&Source::Default)
    }

    /// The words for `error`: with the place of the setting first, if it is about a file that a
    /// setting names.
    pub fn words(&self, error: &io::Error) -> String {
        let inner = error.get_ref();
        let fault = inner.and_then(|inner| inner.downcast_ref::<FileFault>());
        fault.map_or_else(|| error.to_string(), |fault| self.place(fault))
    }

    /// What is wrong with a file that a setting names, with the place of the setting first.
    pub fn place(&self, fault: &FileFault) -> String {
        fault.at(self.of(fault.setting()))
    }
}

/// Reads everything that was `given`.
pub fn load(given: Given) -> Loaded {
    let (mut entries, mut faults) = match &given.file {
        Some((path, text)) => file::read(path, text),
        None => (Vec::new(), Vec::new()),
    };
    // A default in its place could be a server that lets everybody in.
    let unreadable = given.unreadable_variables.into_iter();
    faults
        .extend(unreadable.map(|name| Fault::new(&Source::Environment(name), "this is no UTF-8")));
    let unknown_variables = take_variables(given.variables, &mut entries);
    take_flags(given.flags, &mut entries);
    let mut loaded = Loaded {
        options: Options::default(),
        faults,
        sources: Sources::default(),
        unknown_variables,
    };
    for entry in entries {
        match entry.setting.kind.set(&mut loaded.options, &entry.value) {
            Some(()) => {
                loaded.sources.0.insert(entry.setting.name, entry.source);
            }
            None => loaded.faults.push(misfit(&entry)),
        }
    }
    check_pairs(&mut loaded);
    loaded
}

/// Adds what the variables say; the names of those that look like ours and say nothing.
fn take_variables(variables: Vec<(String, String)>, entries: &mut Vec<Entry>) -> Vec<String> {
    let mut unknown = Vec::new();
    for (name, text) in variables {
        match all().find(|setting| setting.variable() == name) {
            Some(setting) => entries.push(Entry {
                setting,
                value: Value::Text(text),
                source: Source::Environment(name),
            }),
            None if name.starts_with(VARIABLE_PREFIX) => unknown.push(with_meaning(name)),
            None => {}
        }
    }
    unknown
}

/// Adds what the flags say. One that takes a list and stands several times says all of it.
fn take_flags(flags: Vec<(&'static Setting, String)>, entries: &mut Vec<Entry>) {
    let mut lists: BTreeMap<&str, String> = BTreeMap::new();
    for (setting, mut text) in flags {
        if matches!(setting.kind, Kind::Words { .. }) {
            let known = lists.entry(setting.name).or_default();
            if !known.is_empty() {
                text = format!("{known},{text}");
            }
            known.clone_from(&text);
        }
        entries.push(Entry {
            setting,
            value: Value::Text(text),
            source: Source::Flag(setting.flag()),
        });
    }
}

fn with_meaning(name: String) -> String {
    let names: Vec<String> = all().map(Setting::variable).collect();
    match nearest(&name, names.iter().map(String::as_str)) {
        Some(meant) => format!("{name} (did you mean {meant}?)"),
        None => name,
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
fn check_pairs(loaded: &mut Loaded) {
    let mut demand = |given: &str, missing: &[&str]| {
        let source = loaded.sources.of(given);
        let what = if let Source::Flag(_) = source {
            let flags = missing.iter().map(|name| format!("--{}", flag_of(name)));
            format!("needs {} as well", either(flags))
        } else {
            let names = missing.iter().map(|name| format!("`{name}`"));
            format!("`{given}` needs {} as well", either(names))
        };
        loaded.faults.push(Fault::new(source, what));
    };
    let auth = &loaded.options.auth;
    if auth.required && auth.secret_file.is_none() && auth.jwks_file.is_none() {
        // Otherwise everybody would be let in, or nobody.
        demand("auth.required", &["auth.secret_file", "auth.jwks_file"]);
    }
    match (&loaded.options.cert, &loaded.options.key) {
        (Some(_), None) => demand("cert", &["key"]),
        (None, Some(_)) => demand("key", &["cert"]),
        _ => {}
    }
    check_places(loaded);
}

/// What cannot be listened at twice. Port 0 is another one each time.
fn check_places(loaded: &mut Loaded) {
    let sources = &loaded.sources;
    let Options {
        listen: places,
        metrics: Metrics {
            listen: watched, ..
        },
        ..
    } = &loaded.options;
    let is_any = |place: &Listen| matches!(place, Listen::Tcp(address) if address.port() == 0);
    let taken = |place: &&Listen, others: &[Listen]| !is_any(place) && others.contains(place);
    let mut faults = Vec::new();
    for (number, place) in (0..).zip(places) {
        if taken(&place, places.get(..number).unwrap_or_default()) {
            let what = format!("`listen` has {place} twice");
            faults.push(Fault::new(sources.of("listen"), what));
        }
    }
    if let Some(place) = watched.as_ref().filter(|place| taken(place, places)) {
        let what = format!("`metrics.listen` is {place}, which `listen` has as well");
        faults.push(Fault::new(sources.of("metrics.listen"), what));
    }
    loaded.faults.append(&mut faults);
}

fn either(names: impl Iterator<Item = String>) -> String {
    names.collect::<Vec<_>>().join(" or ")
}
