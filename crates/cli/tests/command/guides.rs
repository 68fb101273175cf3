//! What the guides tell people to type and to write down, as it stands there:
//! `docs/first-chat.md` and the service of `docs/operating.md`.
#![expect(
    clippy::unwrap_used,
    reason = "what does not work here fails the test that wants it"
)]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command};

use crate::process::{Server, sockeye, stderr};

const FIRST_CHAT: &str = include_str!("../../../../docs/first-chat.md");
const OPERATING: &str = include_str!("../../../../docs/operating.md");

/// How commands begin that stand in a guide for a clone of the repository.
const RUN: &str = "cargo run --release";

/// The blocks of `guide` with this word behind their fence.
fn blocks<'a>(guide: &'a str, fence: &str) -> Vec<&'a str> {
    let opening = format!("```{fence}\n");
    let after = guide.split(opening.as_str()).skip(1);
    after
        .map(|after| after.split_once("```").unwrap().0)
        .collect()
}

/// The words for the program in the commands of the first guide.
fn commands() -> Vec<Vec<&'static str>> {
    let lines = blocks(FIRST_CHAT, "sh").into_iter().map(str::trim);
    let words = |line: &'static str| line.strip_prefix(RUN).unwrap().split_whitespace();
    lines
        .map(|line| words(line).filter(|word| *word != "--").collect())
        .collect()
}

/// A file for the test of that name.
fn file(test: &str, name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(test);
    fs::create_dir_all(&folder).unwrap();
    folder.join(name)
}

/// Waits until the program says `line`.
fn hear(child: &mut Child, line: &str) {
    let mut lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
    assert!(lines.any(|heard| heard.unwrap().contains(line)), "{line}");
}

fn say(child: &Child, line: &str) {
    let mut input = child.stdin.as_ref().unwrap();
    writeln!(input, "{line}").unwrap();
}

/// Fails if a command or the page of the first guide is not one that leads to a chat.
#[test]
fn first_chat_is_one_between_a_terminal_and_the_page() {
    let commands = commands();
    let [first, connect, null, network] = commands.as_slice() else {
        unreachable!("the guide has other commands");
    };
    // The port that is free here, and this machine alone.
    for words in [first, network] {
        let words: Vec<&str> = words
            .iter()
            .copied()
            .filter(|w| !w.contains("0.0.0.0"))
            .collect();
        let words = words.strip_suffix(&["--listen"]).unwrap_or(&words);
        drop(Server::start(words));
    }
    let server = Server::start(null);
    let url = server.url("/ws");
    let [verb, place] = connect.as_slice() else {
        unreachable!("the client is called otherwise");
    };
    assert_eq!(*place, "ws://127.0.0.1:8080/ws");
    let mut terminal = sockeye(&[*verb, &url]).spawn().unwrap();
    say(&terminal, "from the terminal");
    hear(&mut terminal, "from the terminal");
    let page = blocks(FIRST_CHAT, "html")[0];
    let (_, script) = page.split_once("<script>\n").unwrap();
    let (script, _) = script.split_once("</script>").unwrap();
    let path = file("first-chat", "chat.js");
    fs::write(&path, script.replace(place, &url)).unwrap();
    let mut page = sockeye(&["run", path.to_str().unwrap()]).spawn().unwrap();
    say(&page, "from the page");
    hear(&mut terminal, "from the page");
    say(&terminal, "back to the page");
    hear(&mut page, "back to the page");
    for mut child in [terminal, page] {
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

/// Fails if systemd finds anything to say about the unit that the guide prints, with or without
/// what it adds for TLS.
#[test]
#[ignore = "needs systemd-analyze: `cargo xtask guide` runs it"]
fn guide_unit_is_one_that_systemd_takes() {
    let [unit, tls] = blocks(OPERATING, "ini")[..] else {
        unreachable!("the guide has other units");
    };
    let program = env!("CARGO_BIN_EXE_sockeye");
    for (name, text) in [
        ("plain", unit.to_owned()),
        ("tls", format!("{unit}\n{tls}")),
    ] {
        let path = file(&format!("unit-{name}"), "sockeye.service");
        let text = text.replace("/usr/local/bin/sockeye", program);
        assert_eq!(text.matches(program).count(), 2, "{text}");
        fs::write(&path, text).unwrap();
        let mut verify = Command::new("systemd-analyze");
        let output = verify
            .args(["verify", "--man=no"])
            .arg(&path)
            .output()
            .unwrap();
        let said = stderr(&output);
        // It has words for other units of the machine as well.
        assert!(
            output.status.success() && !said.contains("sockeye"),
            "{said}"
        );
    }
}
