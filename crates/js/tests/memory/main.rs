//! What a user of a load test costs: a page that talks, beside one that does nothing and beside an
//! engine without a page. In a process of its own, as the memory of the whole process is what is
//! measured.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::cell::Cell;
use std::fs;
use std::rc::Rc;

use rquickjs::{Context, Runtime};
use sockeye::Acceptor;
use sockeye_js::{Engines, Page, PageOptions};
use tokio::net::TcpListener;
use tokio::task::{LocalSet, spawn_local, yield_now};

/// Pages of each kind.
const COUNT: usize = 100;

/// What a user may be larger than an engine with its standard intrinsics and nothing else: its
/// globals, its script, its connection, and its part of the engine that it shares.
const USER_OVER_ENGINE_LEN_MAX: usize = 64 * 1024;

/// What a connection, its socket's object, its script and its listeners may add to a page.
const USER_OVER_PAGE_LEN_MAX: usize = 24 * 1024;

/// What a page may be that shares its engine with nobody.
const PAGE_LEN_MAX: usize = 352 * 1024;

/// What a user says that wants members of the global object by their names, gives its own class
/// methods, or may look at all of the global object.
const WORDS: [&str; 7] = [
    "ws.addEventListener('error', function () { this.close(); });",
    "window.addEventListener('message', () => {});",
    "self.count = 1;",
    "window.onload = () => { self.text = JSON.stringify({ count: 2 }); };",
    "class Own {} Own.prototype.go = function () { this.count = 1; };",
    "const all = this;",
    "const names = Object.getOwnPropertyNames(globalThis);",
];

/// Bytes of memory that the process has, in units of a page of the processor's.
fn resident() -> usize {
    let numbers = fs::read_to_string("/proc/self/smaps_rollup").unwrap();
    let line = numbers
        .lines()
        .find(|line| line.starts_with("Rss:"))
        .unwrap();
    let kib = line.split_whitespace().nth(1).unwrap();
    kib.parse::<usize>().unwrap() * 1024
}

/// Runs so many pages until each of them wrote a line, and leaves them running. Without `engines`
/// each has one of its own.
async fn start(engines: Option<&Engines>, script: &str) {
    let written = Rc::new(Cell::new(0));
    for _ in 0..COUNT {
        let count = Rc::clone(&written);
        let options = PageOptions::new(move |_, line| {
            assert_eq!(line, "here");
            count.set(count.get() + 1);
        });
        let page = match engines {
            Some(engines) => Page::new_in(options, engines),
            None => Page::new(options),
        };
        let (page, script) = (page.unwrap(), script.to_owned());
        spawn_local(async move { page.run("test.js", &script).await });
        yield_now().await;
    }
    while written.get() < COUNT {
        yield_now().await;
    }
}

/// An echo server in this process: what its connections cost counts as the users'.
async fn echo() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/", listener.local_addr().unwrap());
    spawn_local(async move {
        loop {
            let (tcp, _) = listener.accept().await.unwrap();
            spawn_local(async move {
                let mut ws = Acceptor::default().accept(tcp).await.unwrap();
                while let Ok(Some(message)) = ws.recv().await {
                    ws.send(message).await.unwrap();
                }
            });
        }
    });
    url
}

/// A thousand users would need a machine of another size.
#[tokio::test]
async fn user_costs_an_engine_and_little_more() {
    let idle = "console.log('here'); setTimeout(() => {}, 1e9);";
    let all = async {
        let url = echo().await;
        let engines = Engines::new();
        let talk = format!(
            "const ws = new WebSocket('{url}');
             let count = 0;
             ws.onopen = () => ws.send('hello');
             ws.onmessage = (event) => {{
                 count += 1;
                 if (count < 5) ws.send(event.data); else console.log('here');
             }};
             ws.onclose = () => console.log('closed');"
        );
        // What is paid once. Before the pages, which leave room in what the process has.
        let bare = || {
            let runtime = Runtime::new().unwrap();
            (Context::full(&runtime).unwrap(), runtime)
        };
        let first = bare();
        let mut marks = vec![resident()];
        let bare: Vec<_> = (0..COUNT).map(|_| bare()).collect();
        marks.push(resident());
        start(Some(&engines), idle).await;
        start(Some(&engines), &talk).await;
        marks.push(resident());
        start(None, idle).await;
        marks.push(resident());
        start(Some(&engines), idle).await;
        marks.push(resident());
        // As a load test runs them.
        start(Some(&engines), &talk).await;
        marks.push(resident());
        for words in WORDS {
            start(Some(&engines), &format!("{talk} {words}")).await;
            marks.push(resident());
        }
        drop((first, bare));
        marks
    };
    let marks = LocalSet::new().run_until(all).await;
    let lens = marks.windows(2).map(|marks| (marks[1] - marks[0]) / COUNT);
    let lens: Vec<usize> = lens.collect();
    let [engine, _, page, shared, user, ref of_words @ ..] = lens[..] else {
        panic!("there are more marks");
    };
    println!("bytes: an engine {engine}, a page {page}, one that shares {shared}, a user {user}");
    assert!(page <= PAGE_LEN_MAX, "a page takes {page} bytes");
    assert!(
        user <= engine + USER_OVER_ENGINE_LEN_MAX,
        "a user takes {user} bytes, an engine {engine}"
    );
    for (words, len) in WORDS.into_iter().zip(of_words) {
        println!("bytes: one that says `{words}` {len}");
        assert!(
            *len <= engine + USER_OVER_ENGINE_LEN_MAX,
            "`{words}` makes a user take {len} bytes, an engine {engine}"
        );
    }
    assert!(
        user <= shared + USER_OVER_PAGE_LEN_MAX,
        "a user takes {user} bytes, a page that does nothing {shared}"
    );
}
