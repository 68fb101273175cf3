//! The `sockeye` command: hands the arguments to their verb and the verb's outcome to the shell.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool talks to its terminal"
)]

mod args;
mod echo;

use std::process::ExitCode;

fn main() -> ExitCode {
    match args::parse(std::env::args_os()).and_then(args::Command::run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("sockeye: {failure}");
            failure.exit_code()
        }
    }
}
