//! `sockeye echo`: its flags do what they say.

use crate::process::{Server, run, stderr, stdout};

#[test]
fn echo_gives_back_every_message_on_every_path_in_each_mode() {
    for flags in [
        &["echo"][..],
        &["echo", "--lend"],
        &["echo", "--threads", "2", "--deflate", "no-takeover"],
        &["echo", "--deflate", "takeover"],
    ] {
        let server = Server::start(flags);
        let output = run(&["connect", &server.url("/any/path?q")], b"one\ntwo\n");
        assert_eq!(stdout(&output), "one\ntwo\n", "{flags:?}");
        assert_eq!(output.status.code(), Some(0), "{flags:?}");
    }
}

#[test]
fn echo_refuses_a_message_beyond_its_limit_with_1009() {
    let server = Server::start(&["echo", "--max-message", "4"]);
    let url = server.url("/");
    let output = run(&["connect", &url, "--no-deflate"], b"four\nfive5\n");
    assert_eq!(stdout(&output), "four\n");
    assert!(stderr(&output).contains("1009"), "{}", stderr(&output));
}
