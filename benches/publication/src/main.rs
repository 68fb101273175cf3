//! `bench-publication CASE TIMES`: so many publications in a room of the server, over transports in
//! memory. `cargo xtask bench instructions` runs it twice under callgrind, with different numbers,
//! so that the start cancels out.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program that is run by the bench, and by hand"
)]

use std::process::ExitCode;

use bench_instructions::transport::{Repeating, Written};
use sockeye::{Acceptor, Message, Stream, WebSocket};
use sockeye_server::Trial;

/// The receivers of each case, which is named by them: what their number does not change, and what
/// each of them adds.
const CASES: [(&str, usize); 2] = [("p1", 1), ("p10", 10)];

/// As in the bench of the hub.
const TEXT: &str = concat!(
    r#"{"kind":"tick","price":1234,"name":"sockeye"},"#,
    r#"{"kind":"tick","price":1234,"name":"sockeye"},"#
);

/// What is before a text of that length on the wire.
const HEADER_LEN: usize = 2;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let result = match &words[..] {
        [name, times] => run_named(name, times),
        [] => {
            for (name, _) in CASES {
                println!("case={name} messages_per_read=1");
            }
            Ok(())
        }
        _ => Err("there are two arguments, a case and a number, or none".to_owned()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("bench-publication: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run_named(name: &str, times: &str) -> Result<(), String> {
    let case = CASES.iter().find(|(known, _)| *known == name);
    let (_, receivers) = case.ok_or_else(|| format!("no case is called `{name}`"))?;
    let times = times.parse();
    let times = times.map_err(|_| format!("`{name}` wants a number of times"))?;
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    runtime.block_on(publish(*receivers, times))
}

/// Publishes so often to so many, and checks that all of it was written.
async fn publish(receivers: usize, times: usize) -> Result<(), String> {
    let mut trial = Trial::new();
    tokio::spawn(trial.run());
    let mut sockets: Vec<(WebSocket, Written)> = Vec::new();
    for _ in 0..receivers {
        let (transport, written) = Repeating::new(Vec::new(), 0);
        let ws = Acceptor::default().accept(Stream::boxed(transport)).await;
        let ws = ws.map_err(|error| error.to_string())?;
        let entered = trial.enter(&ws, 0).await;
        entered.map_err(|cause| cause.to_string())?;
        sockets.push((ws, written));
    }
    let text = Message::from(TEXT);
    for _ in 0..times {
        trial.say(&text, 1).await;
        while sockets
            .iter()
            .any(|(ws, _)| ws.sender().buffered_amount() > 0)
        {
            tokio::task::yield_now().await;
        }
    }
    let expected = times * (HEADER_LEN + TEXT.len());
    match sockets
        .iter()
        .find(|(_, written)| written.get() != expected)
    {
        Some((_, written)) => Err(format!("{} bytes instead of {expected}", written.get())),
        None => Ok(()),
    }
}
