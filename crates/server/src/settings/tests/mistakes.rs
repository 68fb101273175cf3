//! Mistakes in lists, in what is no TOML, and in words that would act on a terminal: each is told
//! at its own line, in words that do not mislead.

use super::{all, faults, file, flag, load, variable};
use crate::settings::Kind;

/// If this fails, of a long list nobody knows which item is wrong, or looks at another line.
#[test]
fn item_of_a_list_is_told_at_its_own_line_by_name() {
    let text = "listen = [\n  '127.0.0.1:1',\n  'here',\n  '127.0.0.1:1']\n\
                [chat]\nrooms = [\n 'tea',\n '',\n 5]\n\
                [proxy]\ntrusted = ['10.0.0.0/8',\n '10.0.0.1/8']\n";
    assert_eq!(
        faults(text),
        [
            "a.toml:3: `listen` has `here`, which must be an address and a port such as \
             127.0.0.1:8080, or unix:PATH",
            "a.toml:9: `chat.rooms` has `5`, which is no text",
            "a.toml:12: `proxy.trusted` has `10.0.0.1/8`, which must be an address, a network \
             such as 10.0.0.0/8, whose bits behind the length are zero, or unix",
        ]
    );
    assert_eq!(
        faults("[chat]\nrooms = ['tea',\n '']"),
        [
            "a.toml:3: `chat.rooms` has ``, which must be a name of 1 to 128 bytes without \
             control characters"
        ]
    );
    assert_eq!(
        faults("listen = ['127.0.0.1:1',\n'127.0.0.1:1']\napplications = ['/=echo',\n'/=nick']"),
        [
            "a.toml:2: `listen` has 127.0.0.1:1 twice",
            "a.toml:4: `applications` has / twice",
        ]
    );
}

/// If this fails, an item that is missing in a variable is passed over, which in a file is not.
#[test]
fn item_without_a_letter_is_a_mistake_everywhere() {
    let mut given = file("");
    given.variables = vec![variable("SOCKEYE_CHAT_ROOMS", "a,,b")];
    given.flags = vec![flag("proxy-trusted", "unix,"), flag("proxy-trusted", ",")];
    let texts: Vec<_> = load(given).faults.iter().map(ToString::to_string).collect();
    assert_eq!(texts.len(), 2, "{texts:?}");
    let room = "SOCKEYE_CHAT_ROOMS: `chat.rooms` has ``, which must";
    assert!(texts[0].starts_with(room), "{texts:?}");
    let flag = "--proxy-trusted has ``, which must be an address";
    assert!(texts[1].starts_with(flag), "{texts:?}");
}

/// If this fails, somebody who forgot quotes reads of numbers, or of a key without its name.
#[test]
fn text_that_is_no_toml_is_told_in_words_that_help() {
    for (text, words) in [
        (
            "[log]\nlevel = info\n",
            "a.toml:2: this is no TOML: `info` is text, which stands in quotes",
        ),
        (
            "[limits]\nhead_timeout = 5s",
            "a.toml:2: this is no TOML: `5s` is text, which stands in quotes",
        ),
        (
            "listen = [127.0.0.1:80]",
            "a.toml:1: this is no TOML: `127.0.0.1:80` is text, which stands in quotes",
        ),
        (
            "threads = 1\nthreads = 2",
            "a.toml:2: this is no TOML: the key `threads` stands twice",
        ),
        (
            "\nlimits = 5",
            "a.toml:2: `limits` is a table, which begins with a line `[limits]`",
        ),
        (
            "[[chat]]\nrooms = []",
            "a.toml:1: `chat` is a table, which begins with a line `[chat]`",
        ),
    ] {
        assert_eq!(faults(text), [words], "{text}");
    }
}

/// If this fails, a file that somebody checks colours his terminal, or a name in it passes for
/// another line of what is wrong.
#[test]
fn terminal_does_not_act_on_names_and_values() {
    assert_eq!(
        faults("\"a\\nb\" = 1\n[log]\nlevel = \"\\u001b[31mred\""),
        [
            "a.toml:1: there is no setting `a\\nb`; `sockeye config` lists what there is",
            "a.toml:3: `log.level` is `\\u{1b}[31mred`, it must be error, warn, info, debug or \
             trace",
        ]
    );
}

/// If this fails, the lines of a file are told in an order that nobody can follow.
#[test]
fn mistakes_are_told_by_line_and_then_environment_and_flags() {
    let mut given =
        file("[limits]\nhead_timeout = 1\nx = 1\n[auth]\nrequired = true\nleeway = 2\n");
    given.variables = vec![variable("SOCKEYE_THREADS", "x")];
    given.flags = vec![flag("key", "a.pem"), flag("threads", "y")];
    let texts: Vec<_> = load(given).faults.iter().map(ToString::to_string).collect();
    let starts = [
        "a.toml:2:",
        "a.toml:3:",
        "a.toml:5:",
        "a.toml:6:",
        "SOCKEYE_",
        "--threads",
        "--key",
    ];
    assert_eq!(texts.len(), starts.len(), "{texts:#?}");
    for (text, start) in texts.iter().zip(starts) {
        assert!(text.starts_with(start), "{text} {start}");
    }
}

/// If this fails, a rule gives somebody an example that it refuses.
#[test]
fn examples_of_a_rule_are_taken_by_it() {
    let mut examples = 0;
    for setting in all() {
        let rule = setting.kind.rule();
        if !matches!(setting.kind, Kind::Size { .. } | Kind::Time { .. }) {
            continue;
        }
        let (_, such) = rule.split_once(", such as ").expect("each has one");
        let key = setting.key();
        for example in such
            .split([',', ' '])
            .filter(|word| !["", "or"].contains(word))
        {
            let text = format!("[{}]\n{key} = '{example}'", setting.section());
            assert_eq!(faults(&text), [""; 0], "{text}");
            examples += 1;
        }
    }
    assert!(examples > 20, "{examples}");
}

/// If this fails, a server starts with a cookie for tokens in which only sessions stand, or allows
/// an origin that no page has.
#[test]
fn cookie_of_sessions_and_port_that_there_is_not_are_refused() {
    for (text, words) in [
        (
            "[auth]\ncookie = 'sockeye_session'",
            "a.toml:2: `auth.cookie` is ",
        ),
        (
            "[auth]\ncookie = '__Host-sockeye_session'",
            "a.toml:2: `auth.cookie` is ",
        ),
        (
            "[origins]\nallowed = ['https://a.b',\n'https://a.b:99999']",
            "a.toml:3: `origins.allowed` has `https://a.b:99999`",
        ),
    ] {
        let told = faults(text);
        assert!(told.len() == 1 && told[0].starts_with(words), "{told:?}");
    }
}

/// If this fails, a name that has nothing to do with a setting is taken for a slip of it, as both
/// begin with what all variables begin with.
#[test]
fn what_all_variables_begin_with_makes_no_two_alike() {
    let mut given = file("");
    given.variables = vec![variable("SOCKEYE_FOO", "1"), variable("SOCKEYE_LISTN", "1")];
    assert_eq!(
        load(given).unknown_variables,
        [
            "SOCKEYE_FOO",
            "SOCKEYE_LISTN (did you mean SOCKEYE_LISTEN?)"
        ]
    );
}

/// If this fails, a variable that cannot be read leaves its setting at a default which may let
/// everybody in.
#[test]
fn variable_that_is_no_text_is_a_mistake_with_its_name() {
    let mut given = file("");
    given.unreadable_variables = vec!["SOCKEYE_AUTH_SECRET_FILE".to_owned()];
    let texts: Vec<_> = load(given).faults.iter().map(ToString::to_string).collect();
    assert_eq!(texts, ["SOCKEYE_AUTH_SECRET_FILE: this is no UTF-8"]);
}

/// If this fails, a bound is something else than what stands in the file, and nobody is told.
#[test]
fn bound_that_another_one_makes_impossible_is_told_with_both_numbers() {
    assert_eq!(
        faults("[hub]\nchannel_messages_per_second_max = 1"),
        [
            "a.toml:2: `hub.channel_messages_per_second_max` is 1, it must be 40 or more, 4 times \
             `chat.messages_per_second_max` (10)"
        ]
    );
    assert!(faults("[chat]\nmessages_per_second_max = 700").is_empty());
    assert_eq!(
        faults("[websocket]\nmessage_len_max = 2000"),
        [
            "a.toml:2: `websocket.message_len_max` is 2000, it must be 24256 or more, so that each \
             text of 2000 characters fits (`chat.text_chars_max`)"
        ]
    );
    assert!(faults("[websocket]\nmessage_len_max = 24256").is_empty());
    let mut given = file("");
    given.flags = vec![flag("websocket-message-len-max", "125")];
    let told = load(given).faults[0].to_string();
    assert!(
        told.starts_with("--websocket-message-len-max is 125, it must be 24256 or more"),
        "{told}"
    );
    let both = |len_max: u32, chars_max: u32| {
        faults(&format!(
            "[websocket]\nmessage_len_max = {len_max}\n[chat]\ntext_chars_max = {chars_max}"
        ))
    };
    let words = "a.toml:4: `chat.text_chars_max` is 65, it must be 64 or less, as a message has at \
                 most 1024 bytes (`websocket.message_len_max`)";
    assert_eq!(both(1024, 65), [words]);
    assert!(both(1024, 64).is_empty());
    // No text would fit, however short.
    assert!(both(125, 1)[0].starts_with("a.toml:2: `websocket.message_len_max` is 125"));
}
