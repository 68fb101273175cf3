//! `sockeye check`: whether a server would start with a configuration file, in this environment and
//! with these flags. Owns that everything that is wrong is said, not the first only.

use std::path::PathBuf;

use sockeye_server::Server;
use sockeye_server::options::{Log, LogLevel};
use sockeye_server::settings::{Setting, load};

use crate::certificate::Certificate;
use crate::failure::Failure;
use crate::flags::{Operand, Syntax, Verb};
use crate::log;
use crate::output::{complain, print};
use crate::serve::{given, refuse, words_of_unknown};

/// What `sockeye check` is given.
#[derive(Debug, Default)]
pub(crate) struct Check {
    file: PathBuf,
    flags: Vec<(&'static Setting, String)>,
}

impl Verb for Check {
    const SYNTAX: Syntax<Self> = Syntax {
        verb: "check",
        about: "checks a configuration file, and the files that it names",
        operand: Some(Operand {
            name: "FILE",
            set: |check, value| {
                check.file = value.into();
                Ok(())
            },
        }),
        flags: &[],
        keep: Some(|check, setting, value| check.flags.push((setting, value))),
        notes: "\
The variables of the environment and the flags count as they do for `sockeye serve`.
",
    };

    fn run(self) -> Result<(), Failure> {
        let loaded = load(given(Some(self.file.clone()), self.flags)?);
        words_of_unknown(&loaded).iter().for_each(complain);
        let (options, sources) = refuse(loaded)?;
        // Keys that are passed over, for one, are no mistakes, and worth a word.
        let mut log = Log::default();
        log.level = LogLevel::Warn;
        log::start(log);
        let mut errors = Certificate::of(&options).faults();
        errors.extend(Server::check(&options).err().unwrap_or_default());
        // A file that it names is a part of the configuration.
        let mut lines = sources.words_of_all(&errors);
        if let Some(last) = lines.pop() {
            lines.iter().for_each(complain);
            return Err(Failure::Configuration(last));
        }
        print(&format!(
            "{}: a server would start with this\n",
            self.file.display()
        ))
    }
}
