//! `cargo xtask VERB`: the project's own commands. This file only starts them; `verbs` lists them.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool talks to its terminal"
)]

mod api;
mod articles;
mod autobahn;
mod bench;
mod built;
mod chats;
mod debian;
mod deny;
mod features;
mod fuzz;
mod guide;
mod install;
mod interop;
mod limits;
mod lint;
mod models;
mod msrv;
mod object;
mod pages;
mod process;
mod program;
mod proxies;
mod scratch;
mod semver;
mod source;
mod spec;
mod test;
mod tidy;
mod toml;
mod tools;
mod verbs;

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let verb = args.next().unwrap_or_default();
    if matches!(verb.as_str(), "" | "help" | "--help") {
        print!("{}", verbs::help());
        return ExitCode::SUCCESS;
    }
    match verbs::run(&verb, &args.collect::<Vec<_>>()) {
        Some(Ok(())) => ExitCode::SUCCESS,
        Some(Err(message)) => {
            eprintln!("xtask {verb}: {message}");
            ExitCode::FAILURE
        }
        None => {
            eprintln!("xtask: unknown verb `{verb}`\n\n{}", verbs::help());
            ExitCode::from(2)
        }
    }
}
