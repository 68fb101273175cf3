//! What the command makes of its arguments.

use crate::process::{Server, limited, run, stderr, stdout};

#[test]
fn help_and_version_are_printed_and_succeed() {
    for words in [&["--help"][..], &["-h"], &["help"]] {
        let output = run(words, b"");
        assert!(output.status.success());
        let help = stdout(&output);
        assert!(help.contains("exit codes: 0"), "{help}");
        for verb in ["serve", "connect", "echo"] {
            assert!(help.contains(verb), "{help}");
        }
    }
    for verb in ["serve", "connect", "echo"] {
        let help = stdout(&run(&[verb, "--help"], b""));
        assert!(help.starts_with(&format!("sockeye {verb}")), "{help}");
        assert_eq!(stdout(&run(&["help", verb], b"")), help);
        assert_eq!(stdout(&run(&["--help", verb], b"")), help);
    }
    let version = stdout(&run(&["--version"], b""));
    assert_eq!(version, format!("sockeye {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn usage_error_names_the_word_and_exits_with_2() {
    for (words, part) in [
        (&["ech"][..], "`ech`"),
        (&["help", "ech"], "`ech`"),
        (&["help", "echo", "extra"], "`extra`"),
        (&["--version", "extra"], "`extra`"),
        (&["--loud"], "--loud"),
        (&["serve", "--port", "1"], "--port"),
        (&["serve", "--threads", "none"], "`none`"),
        (&["connect"], "URL"),
        (&["connect", "ftp://a/"], "\"ftp://a/\""),
        (&["connect", "ws://a/", "--header", "none"], "`none`"),
        (&["connect", "ws://a/", "--header", "Host: b"], "\"Host\""),
        (&["connect", "ws://a/", "--origin", "foo"], "\"foo\" must"),
        (&["connect", "ws://a/", "--protocol", "a b"], "\"a b\""),
    ] {
        let output = run(words, b"");
        let message = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{words:?}: {message}");
        assert!(message.contains(part), "{words:?}: {message}");
        assert_eq!(message.lines().count(), 1, "{message}");
    }
}

#[test]
fn usage_error_says_which_help_to_read() {
    for (words, help) in [
        (&["echo", "--bogus"][..], "sockeye echo --help"),
        (&["echo", "--threads", "0"], "sockeye echo --help"),
        (&["serve", "--bogus"], "sockeye serve --help"),
        (&["--bogus"], "sockeye serve --help"),
        (&["connect"], "sockeye connect --help"),
        (&["connect", "ftp://a/"], "sockeye connect --help"),
        (&["ech"], "sockeye --help"),
    ] {
        let message = stderr(&run(words, b""));
        assert!(message.ends_with(&format!("; see {help}\n")), "{message}");
    }
}

#[test]
fn threads_beyond_the_bound_are_refused_with_the_bound() {
    for verb in ["serve", "echo"] {
        let output = run(&[verb, "--threads", "100000000"], b"");
        let message = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{message}");
        assert!(
            message.contains("`100000000`, it must be a number from 1 to 1024"),
            "{message}"
        );
    }
}

/// Whoever reads "listening" may come.
#[test]
fn server_that_cannot_start_its_threads_does_not_say_that_it_listens() {
    for verb in ["serve", "echo"] {
        let words = [verb, "--threads", "1000", "--listen", "127.0.0.1:0"];
        let output = limited(64, 64, &words).output().unwrap();
        let message = stderr(&output);
        assert_eq!(output.status.code(), Some(1), "{message}");
        assert_eq!(stdout(&output), "", "{message}");
        assert!(message.contains("cannot serve"), "{message}");
    }
}

#[test]
fn address_in_use_is_a_failure_that_names_it() {
    let server = Server::start(&[]);
    for verb in ["serve", "echo"] {
        let output = run(&[verb, "--listen", &server.address], b"");
        let message = stderr(&output);
        assert_eq!(output.status.code(), Some(1), "{message}");
        assert!(message.contains(&server.address), "{message}");
    }
}
