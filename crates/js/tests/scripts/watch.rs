//! What is told of a page's sockets to who measures them: `watch`.

use std::cell::RefCell;
use std::rc::Rc;

use sockeye_js::{Happening, Outcome, PageOptions};

use crate::folder::Folder;
use crate::support::{echo, run_with};

async fn happenings(script: &str) -> Vec<Happening> {
    happenings_with(script, |_| {}).await
}

async fn happenings_with(script: &str, change: impl FnOnce(&mut PageOptions)) -> Vec<Happening> {
    let told = Rc::new(RefCell::new(Vec::new()));
    let watch = Rc::clone(&told);
    let (outcome, lines) = run_with(script, |options| {
        options.exposes_gc = true;
        change(options);
        options.watch = Some(Box::new(move |happening| {
            watch.borrow_mut().push(happening);
        }));
    })
    .await;
    assert_eq!(outcome, Outcome::Finished, "{lines:?}");
    told.take()
}

/// A load test would count and measure what did not happen.
#[tokio::test]
async fn each_event_is_told_once_with_its_time() {
    let url = echo().await;
    let script = format!(
        "const ws = new WebSocket('{url}');
         ws.onopen = () => {{ ws.send('one'); ws.send('two'); }};
         let count = 0;
         ws.onmessage = () => {{ count += 1; if (count === 2) ws.close(); }};"
    );
    let told = happenings(&script).await;
    let [
        connecting,
        Happening::Opened(_),
        sent,
        again,
        first,
        second,
        closed,
    ] = told[..]
    else {
        panic!("{told:?}")
    };
    assert_eq!(connecting, Happening::Connecting);
    assert_eq!((sent, again), (Happening::Sent, Happening::Sent));
    assert!(matches!(first, Happening::Received(Some(_))), "{first:?}");
    // Nothing was sent since the first answer.
    assert_eq!(second, Happening::Received(None));
    assert_eq!(closed, Happening::Closed(true));
}

/// Connections that never were would count as closed ones.
#[tokio::test]
async fn socket_that_never_opens_has_failed() {
    let told = happenings("globalThis.ws = new WebSocket('ws://127.0.0.1:25/')").await;
    assert_eq!(told, [Happening::Connecting, Happening::Failed]);
}

/// Connections that are collected would count as open for ever.
#[tokio::test]
async fn socket_that_is_collected_is_dropped() {
    let url = echo().await;
    let script = format!(
        "(() => {{
             const ws = new WebSocket('{url}');
             ws.onopen = () => {{ ws.onopen = null; setTimeout(gc, 0); }};
         }})();"
    );
    let told = happenings(&script).await;
    assert_eq!(told.last(), Some(&Happening::Dropped), "{told:?}");
}

/// A load test in which nothing was ever connected would look like a good one.
#[tokio::test]
async fn socket_that_is_collected_before_it_opens_has_failed() {
    let script = "(() => { new WebSocket('ws://127.0.0.1:1/'); })(); gc();";
    let told = happenings(script).await;
    assert_eq!(told, [Happening::Connecting, Happening::Failed]);
}

/// A load test whose users talk in workers would count no connection at all.
#[tokio::test]
async fn sockets_of_workers_are_told() {
    let url = echo().await;
    let worker = format!(
        "const ws = new WebSocket('{url}');
         ws.onopen = () => ws.send('one');
         ws.onmessage = () => {{ new Worker('inner.js'); ws.close(); }};"
    );
    let inner = "self.ws = new WebSocket('ws://127.0.0.1:25/')";
    let folder = Folder::new(&[("worker.js", &worker), ("inner.js", inner)]);
    let told = happenings_with("new Worker('worker.js')", |options| {
        options.module_directory = Some(folder.path().to_owned());
    })
    .await;
    let count = |is: fn(&Happening) -> bool| told.iter().filter(|told| is(told)).count();
    assert_eq!(count(|told| *told == Happening::Connecting), 2, "{told:?}");
    assert_eq!(count(|told| matches!(told, Happening::Opened(_))), 1);
    assert_eq!(count(|told| *told == Happening::Sent), 1);
    assert_eq!(
        count(|told| matches!(told, Happening::Received(Some(_)))),
        1
    );
    assert_eq!(count(|told| *told == Happening::Closed(true)), 1);
    assert_eq!(count(|told| *told == Happening::Failed), 1);
    assert_eq!(told.len(), 7, "{told:?}");
}
