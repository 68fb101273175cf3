//! Our client against somebody else's echo server: sends one of each kind of message, checks every
//! echo, closes, and prints what was negotiated.
//!
//! `cargo run -p sockeye --example interop_client -- ws://127.0.0.1:9001 [--deflate]`
#![expect(clippy::print_stdout, reason = "an example talks to its terminal")]

use sockeye::{Client, CloseCode, DeflateOffer, Message};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let url = args.next().ok_or("usage: interop_client URL [--deflate]")?;
    let deflate = args.next().is_some_and(|flag| flag == "--deflate");
    let offer = deflate.then(DeflateOffer::takeover);

    let mut ws = Client::new(&url)?.deflate(offer).connect().await?;
    for (idx, message) in messages().into_iter().enumerate() {
        ws.send(message.clone()).await?;
        let echo = ws.recv().await?.ok_or("the server closed early")?;
        if echo != message {
            return Err(format!("message {idx}: sent {message:?}, got {echo:?}").into());
        }
    }
    ws.ping(b"are you there?").await?;
    let end = ws.close(CloseCode::NORMAL, "done").await?;
    if !end.was_clean {
        return Err(format!("the close is {end}").into());
    }
    println!("ok extensions={}", ws.extensions());
    Ok(())
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
