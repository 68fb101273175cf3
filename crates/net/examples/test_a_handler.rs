//! A handler and its tests, as they stand in a program of yours: a scripted peer says what a client
//! would, in virtual time and without a network.
//!
//! `cargo test -p sockeye --all-features --example test_a_handler`; it runs as a server, too.
#![expect(clippy::print_stderr, reason = "a program that says what is wrong")]

use std::time::Duration;

use sockeye::{CloseCode, Result, Transport, WebSocket};
use tokio::net::TcpListener;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8080").await?;
    loop {
        let report = |error| eprintln!("no connection can be accepted: {error}");
        let (stream, _) = sockeye::accept_tcp(&listener, report).await;
        tokio::spawn(async { add(sockeye::accept(stream).await?).await });
    }
}

/// Answers each number with the sum so far, until the client closes or is silent for a minute.
async fn add<T: Transport>(mut ws: WebSocket<T>) -> Result<i64> {
    let mut sum = 0;
    loop {
        let Ok(received) = timeout(PATIENCE, ws.recv()).await else {
            ws.close(CloseCode::new(4000), "no number for a minute")
                .await?;
            return Ok(sum);
        };
        let Some(message) = received? else {
            return Ok(sum);
        };
        let Some(number) = message.as_text().and_then(|text| text.parse::<i64>().ok()) else {
            ws.close(CloseCode::UNSUPPORTED_DATA, "not a number")
                .await?;
            return Ok(sum);
        };
        sum += number;
        ws.send(sum.to_string()).await?;
    }
}

#[cfg(test)]
mod tests {
    use sockeye::frame::Opcode;
    use sockeye::testing::{Frame, Peer};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn add_answers_the_sum_until_the_client_closes() {
        let (mut client, ws) = Peer::client();
        let handler = tokio::spawn(add(ws));
        client.send("2").await;
        client.expect("2").await;
        client.send("40").await;
        client.expect("42").await;
        client.close(CloseCode::NORMAL, "enough").await;
        client.expect_close(CloseCode::NORMAL).await;
        client.expect_end().await;
        assert_eq!(handler.await.unwrap().unwrap(), 42);
    }

    #[tokio::test(start_paused = true)]
    async fn add_takes_a_number_in_pieces_with_a_ping_between() {
        let (mut client, ws) = Peer::client();
        tokio::spawn(add(ws));
        client.send_frame(&Frame::fragment(Opcode::Text, "1")).await;
        client.ping("are you there?").await;
        client.expect_pong("are you there?").await;
        client
            .send_frame(&Frame::new(Opcode::Continuation, "0"))
            .await;
        client.expect("10").await;
    }

    #[tokio::test(start_paused = true)]
    async fn add_refuses_what_is_no_number() {
        let (mut client, ws) = Peer::client();
        tokio::spawn(add(ws));
        client.send("two").await;
        let reason = client.expect_close(CloseCode::UNSUPPORTED_DATA).await;
        assert_eq!(reason, "not a number");
        client.expect_end().await;
    }

    #[tokio::test(start_paused = true)]
    async fn add_says_goodbye_after_a_minute_of_silence() {
        let (mut client, ws) = Peer::client();
        tokio::spawn(add(ws));
        client.expect_nothing(Duration::from_secs(59)).await;
        client.expect_close(CloseCode::new(4000)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn add_tells_a_client_that_breaks_the_rules_from_one_that_is_lost() {
        let (mut client, ws) = Peer::client();
        let handler = tokio::spawn(add(ws));
        client.send_bytes(b"\xFF\xFF").await;
        client.expect_close(CloseCode::PROTOCOL_ERROR).await;
        assert!(handler.await.unwrap().unwrap_err().is_peer_fault());

        let (client, ws) = Peer::client();
        let handler = tokio::spawn(add(ws));
        client.reset();
        assert!(handler.await.unwrap().unwrap_err().is_lost());
    }
}
