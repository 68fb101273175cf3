//! The verbs. Owns their list, which one runs when none is named, and the help that shows them all.

use std::ffi::OsString;
use std::fmt::Write;

use crate::check::Check;
use crate::config::Config;
use crate::connect::Connect;
use crate::echo::Echo;
use crate::failure::{EXIT_CODES, Failure};
use crate::flags::{Parsed, Verb};
use crate::output::print;
use crate::run::Run;
use crate::serve::Serve;

/// A verb in the list.
struct Entry {
    name: &'static str,
    about: &'static str,
    help: fn() -> String,
    run: fn(Vec<OsString>) -> Result<(), Failure>,
}

impl Entry {
    const fn of<V: Verb>() -> Self {
        Self {
            name: V::SYNTAX.verb,
            about: V::SYNTAX.about,
            help: || V::SYNTAX.help(),
            run: run_verb::<V>,
        }
    }
}

/// All verbs; the first is the default.
static VERBS: [Entry; 6] = [
    Entry::of::<Serve>(),
    Entry::of::<Check>(),
    Entry::of::<Config>(),
    Entry::of::<Connect>(),
    Entry::of::<Echo>(),
    Entry::of::<Run>(),
];

/// Does what the arguments behind the program's name ask for.
pub(crate) fn run(args: impl Iterator<Item = OsString>) -> Result<(), Failure> {
    let mut args: Vec<OsString> = args.collect();
    let first = args.first().map(|arg| arg.to_string_lossy().into_owned());
    match first.as_deref() {
        Some("-h" | "--help" | "help") => {
            let verb = args.get(1).map(|word| find(&word.to_string_lossy()));
            let verb = verb.transpose()?;
            refuse_more(args.get(2))?;
            print(&verb.map_or_else(help, |entry| (entry.help)()))
        }
        Some("-V" | "--version") => {
            refuse_more(args.get(1))?;
            print(&format!("sockeye {}\n", env!("CARGO_PKG_VERSION")))
        }
        Some(word) if !word.starts_with('-') => {
            let entry = find(word)?;
            args.remove(0);
            (entry.run)(args)
        }
        _ => run_verb::<Serve>(args),
    }
}

fn find(word: &str) -> Result<&'static Entry, Failure> {
    let entry = VERBS.iter().find(|entry| entry.name == word);
    entry.ok_or_else(|| Failure::usage(format_args!("there is no verb `{word}`")))
}

/// Nothing is to come any more.
fn refuse_more(word: Option<&OsString>) -> Result<(), Failure> {
    match word {
        Some(word) => Err(Failure::usage(format_args!(
            "unexpected argument `{}`",
            word.to_string_lossy()
        ))),
        None => Ok(()),
    }
}

fn run_verb<V: Verb>(args: Vec<OsString>) -> Result<(), Failure> {
    let outcome = match V::SYNTAX.parse(args) {
        Ok(Parsed::Options(verb)) => verb.run(),
        Ok(Parsed::Help) => print(&V::SYNTAX.help()),
        Err(failure) => Err(failure),
    };
    outcome.map_err(|failure| failure.of_verb(V::SYNTAX.verb))
}

fn help() -> String {
    let mut text = String::from("sockeye [VERB] [FLAGS]\n\n");
    for Entry { name, about, .. } in &VERBS {
        // Writing into a string does not fail.
        let _ = writeln!(text, "  {name:8} {about}");
    }
    text.push_str("\nWithout a verb it serves. sockeye help VERB shows the flags of a verb,\n");
    text.push_str("sockeye --version the version.\n\n");
    text.push_str(EXIT_CODES);
    text
}

#[cfg(test)]
mod tests {
    use sockeye_server::settings::{self, Setting};

    use super::*;

    /// Every `--flag` in a help text.
    fn flags_in(help: &str) -> Vec<&str> {
        let words = help.split_whitespace();
        words.filter_map(|word| word.strip_prefix("--")).collect()
    }

    fn parse<V: Verb>(words: &[&str]) -> Result<Parsed<V>, Failure> {
        V::SYNTAX.parse(words.iter().map(OsString::from).collect())
    }

    /// The help names exactly the flags that are understood.
    fn check_flags<V: Verb>() {
        let help = V::SYNTAX.help();
        let own = V::SYNTAX.flags.iter().map(|flag| flag.name.to_owned());
        let settings = settings::all().filter(|_| V::SYNTAX.keep.is_some());
        let listed: Vec<String> = own.chain(settings.map(Setting::flag)).collect();
        assert_eq!(flags_in(&help), listed, "{help}");
        for name in listed {
            let flag = format!("--{name}");
            let understood = match parse::<V>(&[&flag, "?"]) {
                Ok(_) => true,
                Err(failure) => !failure.to_string().contains("there is no flag"),
            };
            assert!(understood, "{flag}");
        }
        let Err(failure) = parse::<V>(&["--loud"]) else {
            panic!("--loud is understood")
        };
        assert!(failure.to_string().contains("--loud"), "{failure}");
        assert!(help.lines().all(|line| line.len() <= 100), "{help}");
    }

    #[test]
    fn every_flag_is_in_the_help_and_every_flag_in_the_help_is_understood() {
        check_flags::<Serve>();
        check_flags::<Check>();
        check_flags::<Config>();
        check_flags::<Connect>();
        check_flags::<Echo>();
        check_flags::<Run>();
    }

    #[test]
    fn help_names_every_verb_and_the_exit_codes() {
        let help = help();
        assert!(VERBS.iter().all(|entry| help.contains(entry.about)));
        assert!(help.contains("exit codes: 0"));
    }

    #[test]
    fn echo_takes_its_flags() {
        let words = "--listen 127.0.0.1:0 --threads=2 --max-message 64K --deflate takeover --lend";
        let words: Vec<&str> = words.split(' ').collect();
        let Ok(Parsed::Options(echo)) = parse::<Echo>(&words) else {
            panic!("refused")
        };
        assert_eq!((echo.threads.get(), echo.message_len_max), (2, 65_536));
        assert!(echo.lend && echo.deflate.is_some());
    }

    #[test]
    fn usage_errors_name_the_value_and_the_rule() {
        for (words, part) in [
            (&["--deflate", "much"][..], "--deflate is `much`, it must"),
            (&["--max-message", "4X"], "`4X`"),
            (&["--threads", "0"], "`0`"),
            (&["--listen", "here"], "`here`"),
            (&["--listen"], "--listen"),
            (&["-x"], "-x"),
            (&["more"], "more"),
        ] {
            let Err(failure) = parse::<Echo>(words) else {
                panic!("{words:?} is accepted")
            };
            assert!(matches!(failure, Failure::Usage { .. }), "{failure}");
            assert!(failure.to_string().contains(part), "{failure}");
        }
    }

    #[test]
    fn connect_requires_a_url() {
        let Err(failure) = parse::<Connect>(&[]) else {
            panic!("accepted")
        };
        assert!(failure.to_string().contains("needs a URL"), "{failure}");
        assert!(parse::<Connect>(&["ws://a/", "ws://b/"]).is_err());
    }

    /// If this fails, a slip in a flag is answered without saying what there is.
    #[test]
    fn flag_that_there_is_not_is_told_with_the_nearest_one() {
        let parse = |flag: &str| Serve::SYNTAX.parse(vec![flag.into()]).unwrap_err();
        for (flag, words) in [
            (
                "--lisen",
                "there is no flag --lisen (did you mean --listen?)",
            ),
            (
                "--confg",
                "there is no flag --confg (did you mean --config?)",
            ),
            (
                "--head-timeout",
                "there is no flag --head-timeout (did you mean --limits-head-timeout?)",
            ),
            ("--colour", "there is no flag --colour"),
        ] {
            let told = parse(flag).to_string();
            assert!(told.starts_with(&format!("{words};")), "{told}");
        }
    }
}
