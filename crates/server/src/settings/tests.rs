//! Settings from everywhere: who wins, what is refused and in which words, and that what is printed
//! can be read.

mod mistakes;

use std::time::Duration;

use sockeye_hub::limits::PAGE_LEN_MAX;

use super::*;
use crate::options::{Listen, Options, Threads};

fn file(text: &str) -> Given {
    Given {
        file: Some(("a.toml".into(), text.to_owned())),
        ..Given::default()
    }
}

/// What is wrong with `text`.
fn faults(text: &str) -> Vec<String> {
    let loaded = load(file(text));
    loaded.faults.iter().map(ToString::to_string).collect()
}

fn flag(name: &str, value: &str) -> (&'static Setting, String) {
    (by_flag(name).unwrap(), value.to_owned())
}

fn variable(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

/// If this fails, what somebody writes into a file is something else, or a mistake.
#[test]
fn every_kind_of_value_is_read_from_a_file() {
    let loaded = load(file(
        "listen = ['127.0.0.1:1', 'unix:/run/a.sock']\nthreads = 3\n\
         [limits]\nconnections_max = 7\nhead_len_max = '32K'\n\
         [websocket]\nmessage_len_max = 65536\ncompress = false\nping_interval = '90s'\n\
         [drain]\nclose_code = 1012\n",
    ));
    assert_eq!(loaded.faults, []);
    let options = loaded.options;
    assert_eq!(options.listen[1], Listen::Unix("/run/a.sock".into()));
    assert_eq!(options.threads.to_string(), "3");
    assert_eq!(options.limits.connections_max, 7);
    assert_eq!(options.limits.head_len_max, 32 * 1024);
    assert_eq!(options.websocket.message_len_max, 65_536);
    assert!(!options.websocket.compress);
    assert_eq!(options.websocket.ping_interval, Duration::from_secs(90));
    assert_eq!(options.drain.close_code.to_string(), "1012");
}

/// If this fails, somebody who overrides a setting overrides nothing.
#[test]
fn flag_wins_over_environment_and_that_over_file() {
    let mut given = file("threads = 1\n[limits]\nconnections_max = 1\nhead_timeout = '1s'\n");
    given.variables = vec![
        variable("SOCKEYE_THREADS", "2"),
        variable("SOCKEYE_LIMITS_CONNECTIONS_MAX", "2"),
        variable("PATH", "/bin"),
    ];
    given.flags = vec![flag("threads", "3"), flag("threads", "4")];
    let loaded = load(given);
    assert_eq!(loaded.faults, []);
    assert_eq!(loaded.options.threads.to_string(), "4");
    assert_eq!(loaded.options.limits.connections_max, 2);
    assert_eq!(loaded.options.limits.head_timeout, Duration::from_secs(1));
    assert!(loaded.unknown_variables.is_empty());
}

/// If this fails, a server listens at the last of several places that it was told, in silence.
#[test]
fn flag_of_a_list_that_stands_several_times_says_all_of_it() {
    let mut given = file("listen = '127.0.0.1:9'");
    given.flags = vec![
        flag("listen", "127.0.0.1:1"),
        flag("chat-rooms", "tea"),
        flag("listen", "127.0.0.1:2,unix:/a"),
    ];
    let loaded = load(given);
    assert_eq!(loaded.faults, []);
    let places: Vec<String> = loaded
        .options
        .listen
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(places, ["127.0.0.1:1", "127.0.0.1:2", "unix:/a"]);
    assert_eq!(loaded.options.chat.rooms.len(), 1);
}

/// If this fails, a check finds nothing and the server does not start.
#[test]
fn place_that_is_taken_twice_is_told_with_its_line() {
    let text = "listen = ['127.0.0.1:1', 'unix:/a', '127.0.0.1:1', '127.0.0.1:0', '127.0.0.1:0']\n\
                [metrics]\nlisten = 'unix:/a'";
    assert_eq!(
        faults(text),
        [
            "a.toml:1: `listen` has 127.0.0.1:1 twice",
            "a.toml:3: `metrics.listen` is unix:/a, which `listen` has as well",
        ]
    );
}

/// If this fails, a room keeps more than whoever comes back is ever told, and nobody learns why.
#[test]
fn room_keeps_no_more_messages_than_are_told_at_once() {
    let kept = |len: usize| faults(&format!("[chat]\nhistory_len_max = {len}"));
    assert_eq!(kept(PAGE_LEN_MAX), [""; 0]);
    assert_eq!(
        kept(PAGE_LEN_MAX + 1),
        ["a.toml:2: `chat.history_len_max` is `301`, it must be a number from 0 to 300"]
    );
}

/// If this fails, whoever makes a slip has to look for it in all of the file.
#[test]
fn mistake_in_a_file_says_line_and_what_was_meant() {
    for (text, words) in [
        (
            "\nthread = 1",
            "a.toml:2: there is no setting `thread`; did you mean `threads`?",
        ),
        (
            "[limits]\nconections_max = 1",
            "a.toml:2: there is no setting `limits.conections_max`; did you mean \
             `limits.connections_max`?",
        ),
        (
            "connections_max = 1",
            "a.toml:1: there is no setting `connections_max`; did you mean \
             `limits.connections_max`?",
        ),
        (
            "[limit]\nconnections_max = 1",
            "a.toml:1: there is no table `limit`; did you mean `limits`?",
        ),
        (
            "colour = 'red'",
            "a.toml:1: there is no setting `colour`; `sockeye config` lists what there is",
        ),
        (
            "threads = true",
            "a.toml:1: `threads` is `true`, it must be a number from 1 to 1024, or auto",
        ),
        (
            "[limits]\n\nconnections_max = 0",
            "a.toml:3: `limits.connections_max` is `0`, it must be a number from 1 to 1000000",
        ),
        (
            "[limits]\nconnections_max = -1",
            "a.toml:2: `limits.connections_max` is a number below zero or too large, it must be a \
             number from 1 to 1000000",
        ),
        (
            "[drain]\ntimeout = 5",
            "a.toml:2: `drain.timeout` is `5`, it must be a time from 0s to 1h, such as 500ms, \
             10s, 5m or 1h",
        ),
        (
            "[engine]\nurl = 'redis://cache'",
            "a.toml:2: `engine.url` is `redis://cache`, it must be memory:, the one engine that \
             there is",
        ),
        ("cert = 'a.pem'", "a.toml:1: `cert` needs `key` as well"),
        (
            "[auth]\nrequired = true",
            "a.toml:2: `auth.required` needs `auth.secret_file` or `auth.jwks_file` as well",
        ),
    ] {
        assert_eq!(faults(text), [words], "{text}");
    }
    let broken = faults("threads = 1\nthreads = [\n");
    assert!(
        broken[0].starts_with("a.toml:2: this is no TOML: "),
        "{broken:?}"
    );
}

/// If this fails, somebody mends one mistake after the other, each behind another try.
#[test]
fn all_mistakes_are_told_at_once_and_from_everywhere() {
    let mut given = file("threads = 0\nlisten = ['here']\nlisten2 = 1\n");
    given.variables = vec![variable("SOCKEYE_THREADS", "none")];
    given.flags = vec![flag("limits-head-timeout", "soon"), flag("key", "a.pem")];
    let texts: Vec<_> = load(given).faults.iter().map(ToString::to_string).collect();
    assert_eq!(texts.len(), 6, "{texts:#?}");
    for start in [
        "a.toml:1: `threads` is `0`",
        "a.toml:2: `listen` has `here`, which must be an address",
        "a.toml:3: there is no setting `listen2`",
        "SOCKEYE_THREADS: `threads` is `none`, it must",
        "--limits-head-timeout is `soon`, it must be a time",
        "--key needs --cert as well",
    ] {
        assert!(texts.iter().any(|text| text.starts_with(start)), "{start}");
    }
}

/// Kubernetes makes variables with the names of services; they must not stop the server.
#[test]
fn variable_that_only_looks_like_ours_is_told_of_and_no_fault() {
    let given = Given {
        variables: vec![
            variable("SOCKEYE_SERVICE_HOST", "10.0.0.1"),
            variable("SOCKEYE_THREAD", "1"),
        ],
        ..Given::default()
    };
    let loaded = load(given);
    assert_eq!(loaded.faults, []);
    assert_eq!(
        loaded.unknown_variables,
        [
            "SOCKEYE_SERVICE_HOST",
            "SOCKEYE_THREAD (did you mean SOCKEYE_THREADS?)"
        ]
    );
}

/// Takes the comment off every setting of the printed default.
fn uncommented(text: &str) -> String {
    let lines = text.lines().map(|line| {
        let bare = line.strip_prefix("# ").unwrap_or(line);
        let key = bare.split(' ').next().unwrap_or_default();
        let is_setting = all().any(|setting| setting.key() == key);
        if is_setting && bare.contains(" = ") {
            bare
        } else {
            line
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// If this fails, whoever begins with the printed file has another server than without it.
#[test]
fn printed_default_is_a_file_that_changes_nothing() {
    let text = commented_default();
    let as_it_is = load(file(&text));
    assert_eq!(as_it_is.faults, []);
    let uncommented = uncommented(&text);
    let loaded = load(file(&uncommented));
    assert_eq!(loaded.faults, [], "{uncommented}");
    assert_eq!(
        format!("{:?}", loaded.options),
        format!("{:?}", Options::default())
    );
    let count = all().filter(|setting| {
        let line = format!("{} = ", setting.key());
        uncommented.lines().any(|other| other.starts_with(&line))
    });
    assert_eq!(count.count(), all().count(), "{uncommented}");
    assert_eq!(Options::default().threads, Threads::Auto);
}

/// A setting in a table that is not listed would be in no text.
#[test]
fn every_setting_has_a_table_and_names_that_nobody_else_has() {
    for setting in all() {
        let section = setting.section();
        assert!(
            table::SECTIONS.iter().any(|it| it.name == section),
            "{section}"
        );
        let same = |other: &&Setting| {
            other.flag() == setting.flag() || other.variable() == setting.variable()
        };
        assert_eq!(all().filter(same).count(), 1, "{}", setting.name);
        assert!(setting.about.ends_with('.'), "{}", setting.name);
    }
}

/// `docs/configuration.md` is what the table says; `UPDATE=1` writes it.
#[test]
fn reference_in_the_docs_is_fresh() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/configuration.md");
    let expected = reference();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, &expected).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        committed == expected,
        "docs/configuration.md is stale: run the tests with UPDATE=1"
    );
}

/// A file that is broken anywhere is refused with a line of it, or still means what it says.
#[test]
fn file_that_is_cut_or_garbled_anywhere_is_told_of_with_a_line_that_it_has() {
    let text = "listen = [\"127.0.0.1:80\", 'unix:/a b']\nthreads = 3\n\n# words\n[limits]\n\
                head_timeout = \"5s\"\nconnections_max = 0x10\n[drain]\nclose_code = 1012\n\
                [auth]\nrequired = false\nissuer = '''a\nb'''\n";
    assert_eq!(faults(text), [] as [&str; 0]);
    for at in 0..text.len() {
        let cut = &text[..at];
        let garbled = format!("{cut}\u{0}{}", &text[at + 1..]);
        for broken in [cut, &garbled] {
            let lines = broken.matches('\n').count() + 1;
            for fault in load(file(broken)).faults {
                let Source::File { line, .. } = fault.source() else {
                    panic!("{fault} has no line")
                };
                assert!((1..=lines).contains(line), "{fault} of {lines}");
            }
        }
    }
}
