//! `bench-load echo|idle|big|handshakes --address ADDR:PORT --pid PID [FLAGS]`: sends prepared
//! messages to an echo server, checks what comes back, and prints what it cost the server as
//! `key=value` pairs.
//!
//! One thread, so that a core is enough for it; `cargo xtask bench` calls it and describes how.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the figures go to stdout, where the bench reads them, and errors to stderr"
)]

mod big;
mod connection;
mod deflate;
mod echo;
mod generator;
mod handshake;
mod handshakes;
mod idle;
mod link;
mod options;
mod reply;
mod script;

use std::process::ExitCode;

use options::{Mode, Options};

fn main() -> ExitCode {
    let result = Options::parse(std::env::args().skip(1)).and_then(|options| match options.mode {
        Mode::Big => big::run(&options),
        Mode::Echo => echo::run(&options),
        Mode::Handshakes => handshakes::run(&options),
        Mode::Idle => idle::run(&options),
    });
    match result {
        Ok(figures) => {
            println!("{figures}");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("bench-load: {message}");
            ExitCode::FAILURE
        }
    }
}
