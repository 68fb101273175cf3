//! `bench-instructions CASE READS`: our server on its ordinary interface, over a transport in
//! memory that hands it the same read again and again. `cargo xtask bench instructions` runs it
//! twice under callgrind, with different numbers of reads, so that the start cancels out.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program that is run by the bench, and by hand"
)]

mod case;

use std::process::ExitCode;

use bench_instructions::transport::Repeating;
use case::Case;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let result = match &words[..] {
        [name, reads] => run_named(name, reads),
        [] => {
            list();
            Ok(())
        }
        _ => Err("there are two arguments, a case and a number of reads, or none".to_owned()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("bench-instructions: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Tells the bench which cases there are, and how many messages a read of each holds.
fn list() {
    for case in case::CASES {
        println!("case={} messages_per_read={}", case.name, case.messages);
    }
}

fn run_named(name: &str, reads: &str) -> Result<(), String> {
    let case = Case::named(name).ok_or_else(|| format!("no case is called `{name}`"))?;
    let reads = reads
        .parse()
        .map_err(|_| format!("`{reads}` is no number of reads"))?;
    run(case, reads)
}

/// Echoes everything that `reads` reads bring, and checks that all of it came back.
fn run(case: Case, reads: usize) -> Result<(), String> {
    let (transport, written) = Repeating::new(case.read(), reads);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    // The input ends without a Close, which is an error, as it is over TCP.
    let _end = runtime.block_on(echo(transport));
    let expected = reads * case.reply_len();
    let written = written.get();
    if written == expected {
        Ok(())
    } else {
        Err(format!("{written} bytes came back instead of {expected}"))
    }
}

async fn echo(transport: Repeating) -> sockeye::Result<()> {
    let mut socket = sockeye::accept(transport).await?;
    while let Some(message) = socket.recv().await? {
        socket.send(message).await?;
    }
    Ok(())
}
