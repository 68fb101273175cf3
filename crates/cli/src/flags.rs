//! Flags as units: a name, a value, a line of help and what it sets, in one place. Parsing and help
//! are made from the same list, so neither can know a flag that the other does not.

use std::ffi::OsString;
use std::fmt::Write;

use lexopt::{Arg, Parser, ValueExt};
use sockeye_server::settings::{self, Setting, by_flag, nearest};

use crate::failure::Failure;

/// Sets a value, or says what it must be.
pub(crate) type Set<V> = fn(&mut V, &str) -> Result<(), &'static str>;

/// One flag of a verb whose options are a `V`.
pub(crate) struct Flag<V> {
    /// Without the dashes.
    pub(crate) name: &'static str,
    /// What it takes and sets.
    pub(crate) takes: Takes<V>,
    /// One line; a default stands in brackets.
    pub(crate) help: &'static str,
}

/// What comes behind a flag.
pub(crate) enum Takes<V> {
    Nothing(fn(&mut V)),
    /// A value, with its name in the help.
    Value(&'static str, Set<V>),
}

/// An argument that is no flag. A verb that has one requires it.
pub(crate) struct Operand<V> {
    pub(crate) name: &'static str,
    pub(crate) set: Set<V>,
}

/// A verb's options, which know how they are given and what to do with them.
pub(crate) trait Verb: Default + 'static {
    /// How they are given.
    const SYNTAX: Syntax<Self>;

    /// The words behind the operand, in the help as well; most verbs take none.
    const REST: Option<Operand<Self>> = None;

    /// Does it.
    fn run(self) -> Result<(), Failure>;
}

/// What a verb can be told.
pub(crate) struct Syntax<V: 'static> {
    pub(crate) verb: &'static str,
    /// What it does, in one line.
    pub(crate) about: &'static str,
    pub(crate) operand: Option<Operand<V>>,
    pub(crate) flags: &'static [Flag<V>],
    /// Keeps a setting of the server, each of which is a flag where this is something.
    pub(crate) keep: Option<fn(&mut V, &'static Setting, String)>,
    /// More words at the end of the help.
    pub(crate) notes: &'static str,
}

/// What the arguments ask for.
#[derive(Debug)]
pub(crate) enum Parsed<V> {
    Options(V),
    Help,
}

impl<V: Verb> Syntax<V> {
    /// Reads the arguments behind the verb.
    pub(crate) fn parse(&self, args: Vec<OsString>) -> Result<Parsed<V>, Failure> {
        let mut options = V::default();
        let mut is_operand_missing = self.operand.is_some();
        let mut parser = Parser::from_args(args);
        while let Some(arg) = parser.next()? {
            match arg {
                Arg::Short('h') | Arg::Long("help") => return Ok(Parsed::Help),
                Arg::Value(word) if is_operand_missing || V::REST.is_some() => {
                    let rest = V::REST;
                    let operand = if is_operand_missing {
                        &self.operand
                    } else {
                        &rest
                    };
                    is_operand_missing = false;
                    set_operand(operand.as_ref(), &mut options, &word.string()?)?;
                }
                Arg::Long(name) => {
                    let flag = self.flags.iter().find(|flag| flag.name == name);
                    if let Some(flag) = flag {
                        flag.set(&mut options, &mut parser)?;
                    } else if let (Some(keep), Some(setting)) = (self.keep, by_flag(name)) {
                        keep(&mut options, setting, parser.value()?.string()?);
                    } else {
                        return Err(self.unknown(name));
                    }
                }
                other => return Err(other.unexpected().into()),
            }
        }
        match &self.operand {
            Some(operand) if is_operand_missing => Err(Failure::usage(format_args!(
                "{} needs a {}",
                self.verb, operand.name
            ))),
            _ => Ok(Parsed::Options(options)),
        }
    }
}

impl<V: Verb> Syntax<V> {
    /// What is wrong with a flag that there is not.
    fn unknown(&self, name: &str) -> Failure {
        let settings = settings::all().filter(|_| self.keep.is_some());
        let settings: Vec<String> = settings.map(Setting::flag).collect();
        let own = self.flags.iter().map(|flag| flag.name);
        let known = || settings.iter().map(String::as_str);
        // The name of a setting without that of its table.
        let in_table = format!("-{name}");
        let in_table = known().find(|flag| flag.ends_with(&in_table));
        match in_table.or_else(|| nearest(name, own.chain(known()))) {
            Some(meant) => Failure::usage(format_args!(
                "there is no flag --{name} (did you mean --{meant}?)"
            )),
            None => Failure::usage(format_args!("there is no flag --{name}")),
        }
    }
}

fn set_operand<V>(
    operand: Option<&Operand<V>>,
    options: &mut V,
    word: &str,
) -> Result<(), Failure> {
    let Some(operand) = operand else {
        return Ok(());
    };
    let wrong = |rule| Failure::usage(format_args!("{} is `{word}`, it must {rule}", operand.name));
    (operand.set)(options, word).map_err(wrong)
}

impl<V: Verb> Syntax<V> {
    /// The help of the verb.
    pub(crate) fn help(&self) -> String {
        let operand = self.operand.as_ref();
        let operand = operand.map_or(String::new(), |operand| format!(" {}", operand.name));
        let rest = V::REST.map_or(String::new(), |rest| format!(" [-- {}]", rest.name));
        let mut text = format!(
            "sockeye {}{operand} [FLAGS]{rest}: {}\n\n",
            self.verb, self.about
        );
        let heads: Vec<_> = self.flags.iter().map(Flag::head).collect();
        let width = heads.iter().map(String::len).max().unwrap_or_default();
        for (flag, head) in self.flags.iter().zip(heads) {
            // Writing into a string does not fail.
            let _ = writeln!(text, "  {head:width$}  {}", flag.help);
        }
        if self.keep.is_some() {
            text.push('\n');
            for setting in settings::all() {
                describe(&mut text, setting);
            }
        }
        if !self.notes.is_empty() {
            text.push('\n');
            text.push_str(self.notes);
        }
        text
    }
}

/// Columns of the help.
const WIDTH: usize = 90;

/// Adds a setting as a flag.
fn describe(text: &mut String, setting: &Setting) {
    let _ = write!(text, "  --{} {}", setting.flag(), setting.kind.name());
    let mut len = WIDTH;
    let words = format!("{} [{}]", setting.about, setting.default_text());
    for word in words.split_whitespace() {
        if len + 1 + word.len() > WIDTH {
            text.push_str("\n     ");
            len = 5;
        }
        text.push(' ');
        text.push_str(word);
        len += 1 + word.len();
    }
    text.push('\n');
}

impl<V> Flag<V> {
    /// The flag as it is typed.
    fn head(&self) -> String {
        match self.takes {
            Takes::Nothing(_) => format!("--{}", self.name),
            Takes::Value(value, _) => format!("--{} {value}", self.name),
        }
    }

    fn set(&self, options: &mut V, parser: &mut Parser) -> Result<(), Failure> {
        match self.takes {
            Takes::Nothing(set) => {
                set(options);
                Ok(())
            }
            Takes::Value(_, set) => {
                let value = parser.value()?.string()?;
                set(options, &value).map_err(|rule| {
                    Failure::usage(format_args!("--{} is `{value}`, it must {rule}", self.name))
                })
            }
        }
    }
}
