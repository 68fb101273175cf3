//! `sockeye check`: whether a server would start with a configuration file. Owns that everything
//! that is wrong is said, not the first only.

use std::path::PathBuf;

use sockeye_server::Server;
use sockeye_server::options::{Log, LogLevel};
use sockeye_server::settings::{Given, load};

use crate::certificate::Certificate;
use crate::failure::Failure;
use crate::flags::{Operand, Syntax, Verb};
use crate::log;
use crate::output::{complain, print};
use crate::serve::{read_configuration, refuse};

/// What `sockeye check` is given.
#[derive(Debug, Default)]
pub(crate) struct Check {
    file: PathBuf,
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
        keep: None,
        notes: "",
    };

    fn run(self) -> Result<(), Failure> {
        let mut given = Given::default();
        given.file = Some(read_configuration(&self.file)?);
        let (options, sources) = refuse(load(given))?;
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
