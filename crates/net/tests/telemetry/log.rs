//! Spans and events of `tracing`.

use tracing::Level;
use tracing::subscriber::set_default;

use crate::scenario::{SECRETS, compress, fail, refuse, talk};
use crate::subscriber::{Lines, Listener};

/// What is told of `scenario`, a line each.
async fn told(level: Level, scenario: impl Future<Output = ()>) -> Vec<String> {
    let lines = Lines::default();
    let listening = set_default(Listener::new(level, lines.clone()));
    scenario.await;
    drop(listening);
    lines.take()
}

#[tokio::test(start_paused = true)]
async fn each_connection_has_a_span_that_begins_opened_and_ends_closed() {
    let told = told(Level::DEBUG, talk()).await;
    let mut sorted = told.clone();
    sorted.sort();
    let expected = [
        "DEBUG in 1 message=closed code=1000 was_clean=true",
        "DEBUG in 1 message=opened",
        "DEBUG in 2 message=closed code=1000 was_clean=true",
        "DEBUG in 2 message=opened",
        "end 1",
        "end 2",
        "span 1 websocket role=\"client\"",
        "span 2 websocket role=\"server\"",
    ];
    let words = |line: &String| {
        let mut words: Vec<_> = line.split(' ').map(str::to_owned).collect();
        words.sort();
        words
    };
    let expected = expected.map(|line| words(&line.to_owned()));
    assert_eq!(sorted.iter().map(words).collect::<Vec<_>>(), expected);
    assert!(told.last().unwrap().starts_with("end"), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn failures_say_whose_they_are_in_the_span_of_their_connection() {
    let told = told(Level::INFO, fail()).await;
    let failed: Vec<_> = told.iter().filter(|line| line.contains("failed")).collect();
    assert_eq!(failed.len(), 2, "{told:?}");
    assert!(failed[0].starts_with("INFO in 1") && failed[0].contains("whose=\"peer\""));
    assert!(
        failed[0].contains("fault=") && failed[0].contains("mask"),
        "{failed:?}"
    );
    assert!(failed[1].starts_with("INFO in 2") && failed[1].contains("whose=\"network\""));
    assert!(failed[1].contains("kind=ConnectionReset"), "{failed:?}");
    assert!(!told.iter().any(|line| line.contains("DEBUG")), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn refusals_say_their_status_and_the_rule() {
    let told = told(Level::INFO, refuse()).await;
    let expected = [
        ("role=\"server\"", "status=403", "reason=\"foreign origin\""),
        ("role=\"server\"", "status=404", "reason=\"application\""),
        ("role=\"client\"", "status=503", "reason=\"status\""),
    ];
    assert_eq!(told.len(), expected.len(), "{told:?}");
    for (line, (role, status, reason)) in told.iter().zip(expected) {
        assert!(line.contains("refused"), "{line}");
        assert!(
            [role, status, reason]
                .iter()
                .all(|word| line.contains(word)),
            "{line}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_that_a_peer_or_a_user_said_is_told() {
    let everything = async {
        talk().await;
        fail().await;
        refuse().await;
        compress().await;
    };
    let told = told(Level::TRACE, everything).await;
    assert!(told.len() > 20, "{told:?}");
    for secret in SECRETS {
        assert!(
            !told.iter().any(|line| line.contains(secret)),
            "{secret}: {told:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_is_told_while_nobody_listens() {
    assert!(told(Level::ERROR, talk()).await.is_empty());
}
