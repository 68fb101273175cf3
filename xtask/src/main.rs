//! `cargo xtask VERB`: the project's own commands. This file only dispatches; each verb is a
//! module.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool talks to its terminal"
)]

mod autobahn;
mod bench;
mod fuzz;
mod install;
mod interop;
mod lint;
mod process;
mod program;
mod spec;
mod test;
mod tidy;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask VERB [ARGS]

  test       all tests, installing what they need (what CI runs)
  lint       rustfmt, clippy and tidy
  ci         lint and test
  tidy       the rules of the tree: imports, headers, sizes
  bench      measure against rivals in the same run
  autobahn   the Autobahn suite, both directions
  interop    other people's clients and servers
  fuzz       run fuzz targets
  spec       every MUST of the RFCs with its code and test
";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let verb = args.next().unwrap_or_default();
    let args: Vec<String> = args.collect();
    let result = match verb.as_str() {
        "autobahn" => autobahn::run(&args),
        "bench" => bench::run(&args),
        "ci" => lint::run(&args).and_then(|()| test::run(&args)),
        "fuzz" => fuzz::run(&args),
        "interop" => interop::run(&args),
        "lint" => lint::run(&args),
        "spec" => spec::run(&args),
        "test" => test::run(&args),
        "tidy" => tidy::run(&args),
        _ => {
            print!("{HELP}");
            return if verb.is_empty() || verb == "help" || verb == "--help" {
                ExitCode::SUCCESS
            } else {
                eprintln!("xtask: unknown verb `{verb}`");
                ExitCode::from(2)
            };
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask {verb}: {message}");
            ExitCode::FAILURE
        }
    }
}
