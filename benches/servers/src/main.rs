//! `bench-servers NAME [--listen ADDR:PORT] [--deflate takeover|no-takeover] [--level N]
//! [--cert FILE --key FILE] [--opening own|shared]`: one echo server of those that ours is measured
//! against, on one thread, until it is killed. `bench-servers certificate DIRECTORY` makes the
//! certificate.
//!
//! Each peer is given its best honest batching, all checks of the protocol, and limits far above
//! what a scenario sends; how, stands at the top of its file.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the address goes to stdout, where the bench reads it, and errors to stderr"
)]

mod accept;
mod batch;
mod cork;
mod fastwebsockets;
mod options;
mod raw_epoll;
mod raw_tokio;
mod servers;
mod sockudo;
mod tls;
mod tokio_websockets;
mod tungstenite;
mod web_socket;
mod yawc;

use std::path::Path;
use std::process::ExitCode;

use options::Options;
use servers::run;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let result = match &words[..] {
        [verb, directory] if verb == "certificate" => tls::make_certificate(Path::new(directory))
            .map_err(|error| format!("no certificate in {directory}: {error}")),
        _ => Options::parse(words.into_iter()).and_then(|options| serve(&options)),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("bench-servers: {message}");
            ExitCode::FAILURE
        }
    }
}

fn serve(options: &Options) -> Result<(), String> {
    let listener = std::net::TcpListener::bind(options.listen)
        .map_err(|error| format!("cannot listen on {}: {error}", options.listen))?;
    let address = listener
        .local_addr()
        .map_err(|error| format!("the listener has no address: {error}"))?;
    println!("listening on {address}");
    run(listener, options).map_err(|error| format!("{}: {error}", options.server))
}
