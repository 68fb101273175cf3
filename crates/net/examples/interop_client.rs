//! Our client against somebody else's echo server: sends one of each kind of message, checks every
//! echo, closes, and prints what was negotiated, or why it failed.
//!
//! `cargo run -p sockeye --example interop_client -- wss://127.0.0.1:9001 [--deflate takeover]
//! [--ca ca.pem]`
#![expect(clippy::print_stdout, reason = "an example talks to its terminal")]

use std::error::Error;
use std::process::ExitCode;

use sockeye::{Client, ClientTls, CloseCode, DeflateOffer, Message};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match visit().await {
        Ok(extensions) => {
            println!("ok extensions={extensions}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            println!("failed: {error}");
            ExitCode::FAILURE
        }
    }
}

/// One connection from its opening to its close; gives the extensions that were agreed on.
async fn visit() -> Result<String, Box<dyn Error>> {
    let mut ws = client()?.connect().await?;
    for (idx, message) in messages().into_iter().enumerate() {
        ws.send(message.clone()).await?;
        let Some(echo) = ws.recv().await? else {
            let end = ws.close_event().map(|end| end.to_string());
            return Err(format!("the server closed early: {}", end.unwrap_or_default()).into());
        };
        if echo != message {
            return Err(format!("message {idx}: sent {message:?}, got {echo:?}").into());
        }
    }
    ws.ping(b"are you there?").await?;
    let end = ws.close(CloseCode::NORMAL, "done").await?;
    if !end.was_clean {
        return Err(format!("the close is {end}").into());
    }
    Ok(ws.extensions().clone())
}

/// The client that the arguments ask for.
fn client() -> Result<Client, Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let url = args.next().ok_or("no URL is given")?;
    let mut client = Client::new(&url)?.deflate(None);
    while let Some(flag) = args.next() {
        let value = args.next().ok_or("a flag has no value")?;
        client = match (flag.as_str(), value.as_str()) {
            ("--ca", file) => client.tls(ClientTls::new().roots_pem(&std::fs::read(file)?)?),
            ("--deflate", "takeover") => client.deflate(Some(DeflateOffer::takeover())),
            ("--deflate", "no-takeover") => client.deflate(Some(DeflateOffer::no_takeover())),
            _ => return Err(format!("unknown: {flag} {value}").into()),
        };
    }
    Ok(client)
}

fn messages() -> Vec<Message> {
    let bytes: Vec<u8> = (0..=255).cycle().take(10_000).collect();
    let mut all = vec![
        Message::from("hello"),
        Message::from("Здравствуй, 世界 🐟"),
        Message::from(""),
        Message::from("a".repeat(64 * 1024)),
        Message::from("й".repeat(512 * 1024)),
        Message::from(bytes),
        Message::from(Vec::new()),
    ];
    // With context takeover the second and third of these are a few bytes long on the wire.
    let words: Vec<String> = (0..400).map(|idx| format!("{:x}", idx * idx)).collect();
    let text = words.concat();
    all.extend(std::iter::repeat_n(Message::from(text), 3));
    all
}
