//! `sockeye config`: a configuration file with every default. Owns nothing but the verb: the text
//! is made from the server's table.

use sockeye_server::settings::commented_default;

use crate::failure::Failure;
use crate::flags::{Syntax, Verb};
use crate::output::print;

/// It takes no flags.
#[derive(Debug, Default)]
pub(crate) struct Config;

impl Verb for Config {
    const SYNTAX: Syntax<Self> = Syntax {
        verb: "config",
        about: "prints a configuration file with every default, commented out",
        operand: None,
        flags: &[],
        keep: None,
        notes: "",
    };

    fn run(self) -> Result<(), Failure> {
        print(&commented_default())
    }
}
