//! From the file, the environment and the flags to the options. Owns which wins, and what must hold
//! between settings.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use super::fault::{Fault, LateFault, Source};
use super::file::{self, Entry};
use super::kind::Kind;
use super::nearest::nearest;
use super::setting::{Setting, VARIABLE_PREFIX, flag_of};
use super::table::all;
use super::value::Value;
use crate::limits::{CHAT_CHANNEL_RATE_FACTOR, CHAT_CHARACTER_LEN_MAX, CHAT_REST_LEN_MAX};
use crate::options::{Listen, Metrics, Options, Placement};

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
pub struct Sources {
    of: BTreeMap<&'static str, Source>,
    /// Those of a list's items, where they have places of their own.
    items: BTreeMap<&'static str, Vec<Source>>,
}

impl Sources {
    /// Of the setting with this name.
    pub fn of(&self, name: &str) -> &Source {
        self.of.get(name).unwrap_or(&Source::Default)
    }

    /// Of one item of its list, from 0.
    pub fn of_item(&self, name: &str, number: usize) -> &Source {
        let items = self.items.get(name);
        let item = items.and_then(|items| items.get(number));
        item.unwrap_or_else(|| self.of(name))
    }

    fn insert(&mut self, entry: Entry) {
        let name = entry.setting.name;
        self.of.insert(name, entry.source);
        self.items.insert(name, entry.items);
    }

    /// The words for `error`: with the place of the setting first, if it is about one.
    pub fn words(&self, error: &io::Error) -> String {
        fault_of(error).map_or_else(|| error.to_string(), |fault| self.place(fault))
    }

    /// The words for each of `errors`, in the order of their places.
    pub fn words_of_all(&self, errors: &[io::Error]) -> Vec<String> {
        let mut all: Vec<&io::Error> = errors.iter().collect();
        all.sort_by_key(|error| fault_of(error).map(|fault| self.source_of(fault).order()));
        all.into_iter().map(|error| self.words(error)).collect()
    }

    /// What is wrong with a setting, with its place first.
    pub fn place(&self, fault: &LateFault) -> String {
        fault.at(self.source_of(fault))
    }

    fn source_of(&self, fault: &LateFault) -> &Source {
        let name = fault.setting();
        let item = fault.item().map(|item| self.of_item(name, item));
        item.unwrap_or_else(|| self.of(name))
    }
}

/// What is wrong with a setting, if that is what `error` is about.
fn fault_of(error: &io::Error) -> Option<&LateFault> {
    error.get_ref()?.downcast_ref()
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
            Some(()) => loaded.sources.insert(entry),
            None => loaded.faults.append(&mut misfits(&entry)),
        }
    }
    check_pairs(&mut loaded);
    loaded.faults.sort_by_key(|fault| fault.source().order());
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
                items: Vec::new(),
            }),
            None if name.starts_with(VARIABLE_PREFIX) => unknown.push(with_meaning(name)),
            None => {}
        }
    }
    unknown
}

/// Adds what the flags say. One that takes a list and stands several times says all of it.
fn take_flags(flags: Vec<(&'static Setting, String)>, entries: &mut Vec<Entry>) {
    let mut lists: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (setting, text) in flags {
        let mut value = Value::Text(text);
        if matches!(setting.kind, Kind::Words { .. }) {
            let known = lists.entry(setting.name).or_default();
            known.extend(value.words().unwrap_or_default());
            value = Value::List(known.clone());
        }
        entries.push(Entry {
            setting,
            value,
            source: Source::Flag(setting.flag()),
            items: Vec::new(),
        });
    }
}

/// `name`, and which variable was meant. What all of them begin with does not make two alike.
fn with_meaning(name: String) -> String {
    let bare = |name: &str| {
        let rest = name.strip_prefix(VARIABLE_PREFIX);
        rest.unwrap_or(name).to_owned()
    };
    let names: Vec<String> = all().map(|setting| bare(&setting.variable())).collect();
    match nearest(&bare(&name), names.iter().map(String::as_str)) {
        Some(meant) => format!("{name} (did you mean {VARIABLE_PREFIX}{meant}?)"),
        None => name,
    }
}

/// What is wrong with an entry that its setting does not take: of a list, the items.
fn misfits(entry: &Entry) -> Vec<Fault> {
    let Entry { setting, value, .. } = entry;
    let mut faults = Vec::new();
    if let Kind::Words { rule, .. } = &setting.kind {
        for (number, word) in value.words().unwrap_or_default().into_iter().enumerate() {
            let alone = Value::List(vec![word]);
            if setting.kind.set(&mut Options::default(), &alone).is_none() {
                let what = format!("has {alone}, which must {rule}");
                faults.push(about(setting, entry.of_item(number), &what));
            }
        }
    }
    if faults.is_empty() {
        let what = format!("is {value}, it must {}", setting.kind.rule());
        faults.push(about(setting, &entry.source, &what));
    }
    faults
}

/// What is wrong with a setting. A flag is its name.
fn about(setting: &Setting, source: &Source, what: &str) -> Fault {
    about_name(setting.name, source, what)
}

fn about_name(name: &str, source: &Source, what: &str) -> Fault {
    match source {
        Source::Flag(_) => Fault::new(source, what),
        _ => Fault::new(source, format!("`{name}` {what}")),
    }
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
    check_applications(loaded);
    check_amounts(loaded);
}

/// Bounds that another one makes impossible.
fn check_amounts(loaded: &mut Loaded) {
    let (options, sources) = (&loaded.options, &loaded.sources);
    let name = "hub.channel_messages_per_second_max";
    let together = options.hub.channel_messages_per_second_max;
    let one = options.chat.messages_per_second_max;
    let min = one.saturating_mul(CHAT_CHANNEL_RATE_FACTOR);
    let mut faults = Vec::new();
    // Nobody meant the default to be in the way of a greater rate of one.
    let is_given = *sources.of(name) != Source::Default;
    if is_given && together < min {
        let what = format!(
            "is {together}, it must be {min} or more, {CHAT_CHANNEL_RATE_FACTOR} times \
             `chat.messages_per_second_max` ({one})"
        );
        faults.push(about_name(name, sources.of(name), &what));
    }
    let (texts, messages) = ("chat.text_chars_max", "websocket.message_len_max");
    let len_max = options.websocket.message_len_max;
    let chars_max = options.chat.dialects.text_chars_max;
    let len_min = chars_max * CHAT_CHARACTER_LEN_MAX + CHAT_REST_LEN_MAX;
    if len_max < len_min {
        let fitting = len_max.saturating_sub(CHAT_REST_LEN_MAX) / CHAT_CHARACTER_LEN_MAX;
        // About the one that somebody gave.
        let (name, what) = if *sources.of(texts) == Source::Default || fitting == 0 {
            let what = format!(
                "is {len_max}, it must be {len_min} or more, so that each text of {chars_max} \
                 characters fits (`{texts}`)"
            );
            (messages, what)
        } else {
            let what = format!(
                "is {chars_max}, it must be {fitting} or less, as a message has at most {len_max} \
                 bytes (`{messages}`)"
            );
            (texts, what)
        };
        faults.push(about_name(name, sources.of(name), &what));
    }
    loaded.faults.append(&mut faults);
}

/// Two applications at one address: the first would never be there.
fn check_applications(loaded: &mut Loaded) {
    let placements = &loaded.options.applications;
    for (number, Placement { path, .. }) in placements.iter().enumerate() {
        let mut before = placements.iter().take(number);
        if before.any(|other| other.path == *path) {
            let source = loaded.sources.of_item("applications", number);
            let what = format!("`applications` has {path} twice");
            loaded.faults.push(Fault::new(source, what));
        }
    }
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
    for (number, place) in places.iter().enumerate() {
        if taken(&place, places.get(..number).unwrap_or_default()) {
            let what = format!("`listen` has {place} twice");
            faults.push(Fault::new(sources.of_item("listen", number), what));
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
