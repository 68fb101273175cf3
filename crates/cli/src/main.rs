//! The `sockeye` command: hands the arguments to their verb and the verb's outcome to the shell.

mod certificate;
mod check;
mod config;
mod connect;
mod counted;
mod descriptors;
mod echo;
mod failure;
mod flags;
mod harmless;
mod limits;
mod lines;
mod load;
mod log;
mod output;
mod overtime;
mod run;
mod runtime;
mod script;
mod serve;
mod stop;
mod values;
mod verbs;

use std::process::ExitCode;

fn main() -> ExitCode {
    match verbs::run(std::env::args_os().skip(1)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if !log::tell(&failure) {
                output::complain(&failure);
            }
            ExitCode::from(failure.code())
        }
    }
}
