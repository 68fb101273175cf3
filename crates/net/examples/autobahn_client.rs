//! The client's side of the Autobahn suite: asks a fuzzing server how many cases it has, echoes its
//! way through them, and has it write its report.
//!
//! `cargo run --release -p sockeye --example autobahn_client -- ws://127.0.0.1:9002 [AGENT]`
#![expect(clippy::print_stdout, reason = "an example talks to its terminal")]

use sockeye::{Client, DeflateOffer, WebSocket};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let server = args.next().ok_or("usage: autobahn_client URL [AGENT]")?;
    let agent = args.next().unwrap_or_else(|| "sockeye".to_owned());

    let count = case_count(&server).await?;
    println!("{count} cases");
    for case in 1..=count {
        let url = format!("{server}/runCase?case={case}&agent={agent}");
        // How a case ends is the suite's to judge: many of them break the protocol on purpose.
        let _ = echo(connect(&url).await?).await;
    }
    let url = format!("{server}/updateReports?agent={agent}");
    while connect(&url).await?.recv().await?.is_some() {}
    Ok(())
}

async fn connect(url: &str) -> sockeye::Result<WebSocket> {
    Client::new(url)?
        .deflate(Some(DeflateOffer::takeover()))
        .connect()
        .await
}

async fn case_count(server: &str) -> Result<u32, Box<dyn std::error::Error>> {
    let mut ws = connect(&format!("{server}/getCaseCount")).await?;
    let message = ws
        .recv()
        .await?
        .ok_or("the server closed before it said how many cases")?;
    Ok(message
        .as_text()
        .ok_or("the number of cases is no text")?
        .parse()?)
}

async fn echo(mut ws: WebSocket) -> sockeye::Result<()> {
    while let Some(message) = ws.recv().await? {
        ws.send(message).await?;
    }
    Ok(())
}
