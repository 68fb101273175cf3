//! What surrounds a script: its address, its arguments, the load event, and dialogs.

use std::time::Duration;

use sockeye_js::{Input, Outcome, PageOptions};

use crate::support::{lines, run_with, typed};

/// A script that finds its server by its page's address would go elsewhere.
#[tokio::test]
async fn location_and_origin_are_what_the_host_says() {
    let script = "
        const { href, origin, protocol, host, hostname, port, pathname, search, hash } = location;
        console.log([href, origin, protocol, host, hostname, port, pathname, search, hash].join());
        console.log(String(location), self.origin, window === globalThis, window.location.host);
        try { location = '/elsewhere'; } catch (error) { console.log(error.name); }
        console.log(JSON.stringify(scriptArgs));
    ";
    let blank = [
        "about:blank,null,about:,,,,blank,,",
        "about:blank null true ",
        "[]",
    ];
    let written = lines(script).await;
    assert_eq!([&written[0], &written[1], &written[3]], blank);
    let options = |options: &mut PageOptions| {
        let web = options
            .web
            .clone()
            .base("http://a.example:81/b?d#e")
            .unwrap();
        options.web = web.origin("https://other.example").unwrap();
        options.args = vec!["one".to_owned(), "--two".to_owned()];
    };
    let expected = [
        "http://a.example:81/b?d#e,http://a.example:81,http:,a.example:81,a.example,81,/b,?d,#e",
        "http://a.example:81/b?d#e https://other.example true a.example:81",
        "NotSupportedError",
        "[\"one\",\"--two\"]",
    ];
    assert_eq!(run_with(script, options).await.1, expected);
}

/// A script would fail where it sets what an address cannot have, which browsers pass over.
#[tokio::test]
async fn parts_that_an_address_cannot_have_are_not_set() {
    let script = "
        for (const part of ['protocol', 'host', 'hostname', 'port', 'pathname']) {
            try { location[part] = '1'; } catch (error) { console.log(part, error.name); }
        }
        // The parser sees no ends of lines.
        location.protocol = 'f\\nt\\tp:x';
        console.log(location.href);
    ";
    let (_, blank) = run_with(script, |_| {}).await;
    assert_eq!(blank, ["protocol SyntaxError", "about:blank"]);
    let of_web = |options: &mut PageOptions| {
        options.web = options.web.clone().base("http://a/b").unwrap();
    };
    let (outcome, of_web) = run_with(script, of_web).await;
    assert_eq!(outcome, Outcome::Finished, "{of_web:?}");
    let expected = [
        "protocol SyntaxError",
        "host NotSupportedError",
        "hostname NotSupportedError",
        "port NotSupportedError",
        "pathname NotSupportedError",
        "http://a/b",
    ];
    assert_eq!(of_web, expected);
}

/// Scripts that begin when the page is there would never begin.
#[tokio::test]
async fn load_comes_after_the_script() {
    let script = "
        console.log(window.onload);
        onload = () => console.log('never');
        window.onload = function (event) {
            console.log(event.type, this === window, event.target === document);
            throw new Error('on purpose');
        };
        Promise.resolve().then(() => console.log('microtask'));
        setTimeout(() => console.log('timer'));
        console.log('script');
    ";
    let (outcome, written) = run_with(script, |_| {}).await;
    assert_eq!(outcome, Outcome::Failed(1));
    assert_eq!(
        written[..4],
        ["null", "script", "microtask", "load true true"]
    );
    assert!(
        written[4].starts_with("Uncaught Error: on purpose"),
        "{written:?}"
    );
    assert_eq!(written[5], "timer");
}

/// A nickname chat would begin without a nickname.
#[tokio::test]
async fn prompt_asks_and_waits_for_the_answer() {
    let script = "
        console.log(prompt('who?'), prompt('and?', 'preset'), prompt(), prompt('more?'));
        alert(null);
    ";
    let options = |options: &mut PageOptions| options.input = Some(typed(&["me", "", ""]));
    let (outcome, written) = run_with(script, options).await;
    assert_eq!(outcome, Outcome::Finished);
    let expected = ["who?", "and?", "", "more?", "me preset  null", "null"];
    assert_eq!(written, expected);
    assert_eq!(lines("console.log(prompt('anybody?'))").await[1], "null");
}

/// A script that asks somebody who is away would outlive its time limit.
#[tokio::test]
async fn prompt_ends_with_the_time_of_the_page() {
    let options = |options: &mut PageOptions| {
        options.time_limit = Some(Duration::from_millis(50));
        // Somebody who holds the line and says nothing.
        let kept = std::cell::Cell::new(None);
        options.input = Some(Input::new(move |feeder| {
            kept.set(Some(feeder));
            std::mem::forget(kept);
        }));
    };
    let (outcome, _) = run_with("for (;;) prompt()", options).await;
    assert_eq!(outcome, Outcome::TimedOut);
}
