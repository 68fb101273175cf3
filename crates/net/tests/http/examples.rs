//! The examples run, and echo.

use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

/// Starts an example, which cargo built beside this test, and talks to it.
async fn try_example(name: &str) {
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().and_then(std::path::Path::parent).unwrap();
    let program = folder.join("examples").join(name);
    let mut server = Command::new(program)
        .arg("127.0.0.1:0")
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("`cargo test` builds the examples, unless it is given `--test`: build them first");
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let url = lines.next_line().await.unwrap().unwrap();
    let mut ws = sockeye::connect(&format!("{url}echo")).await.unwrap();
    ws.send("hello").await.unwrap();
    let message = ws.recv().await.unwrap().unwrap();
    assert_eq!(message.as_text(), Some("hello"));
    assert!(
        ws.close(sockeye::CloseCode::NORMAL, "")
            .await
            .unwrap()
            .was_clean
    );
}

#[tokio::test]
async fn example_axum_echo_echoes() {
    try_example("axum_echo").await;
}

#[tokio::test]
async fn example_hyper_echo_echoes() {
    try_example("hyper_echo").await;
}

#[tokio::test]
async fn example_one_port_echoes() {
    try_example("one_port").await;
}
