//! What a user of a load test costs: a page that talks, beside one that does nothing. In a process
//! of its own, as the memory of the whole process is what is measured.
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

/// What a connection, its socket's object, its script and its listeners may add to a page.
const USER_LEN_MAX: usize = 64 * 1024;

/// What a user may be larger than an engine with its standard intrinsics and nothing else. Most of
/// it is the prelude: `docs/load-tests.md` says where it goes.
const USER_OVER_ENGINE_LEN_MAX: usize = 216 * 1024;

/// What a page may be, with an engine and all that scripts find.
const PAGE_LEN_MAX: usize = 384 * 1024;

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

/// Runs so many pages until each of them wrote a line, and leaves them running.
async fn start(engines: &Engines, script: &str) {
    let written = Rc::new(Cell::new(0));
    for _ in 0..COUNT {
        let count = Rc::clone(&written);
        let options = PageOptions::new(move |_, line| {
            assert_eq!(line, "here");
            count.set(count.get() + 1);
        });
        let page = Page::new_in(options, engines).unwrap();
        let script = script.to_owned();
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
async fn user_costs_a_page_and_little_more() {
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
        // What is paid once.
        start(&engines, idle).await;
        start(&engines, &talk).await;
        let before = resident();
        let bare: Vec<_> = (0..COUNT)
            .map(|_| {
                let runtime = Runtime::new().unwrap();
                (Context::full(&runtime).unwrap(), runtime)
            })
            .collect();
        let with_engines = resident();
        start(&engines, idle).await;
        let with_pages = resident();
        start(&engines, &talk).await;
        let with_users = resident();
        drop(bare);
        [before, with_engines, with_pages, with_users]
    };
    let [before, with_engines, with_pages, with_users] = LocalSet::new().run_until(all).await;
    let engine = (with_engines - before) / COUNT;
    let page = (with_pages - with_engines) / COUNT;
    let user = (with_users - with_pages) / COUNT;
    println!("bytes: an engine {engine}, a page {page}, a user {user}");
    assert!(page <= PAGE_LEN_MAX, "a page takes {page} bytes");
    assert!(
        user <= engine + USER_OVER_ENGINE_LEN_MAX,
        "a user takes {user} bytes, an engine {engine}"
    );
    assert!(
        user <= page + USER_LEN_MAX,
        "a user takes {user} bytes, a page {page}"
    );
}
