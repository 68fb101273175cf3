//! Pages whose lines are kept, and a server that answers as it is told.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use sockeye::{Acceptor, CloseCode};
use sockeye_js::{Input, Outcome, Page, PageOptions};
use tokio::net::TcpListener;
use tokio::time::timeout;

/// The lines that a page wrote until now.
pub(crate) type Lines = Rc<RefCell<Vec<String>>>;

/// Options of a page whose lines are kept.
pub(crate) fn written() -> (PageOptions, Lines) {
    let lines = Lines::default();
    let kept = Rc::clone(&lines);
    let options = PageOptions::new(move |_, line| kept.borrow_mut().push(line.to_owned()));
    (options, lines)
}

/// How a page ended, and the lines that it wrote.
pub(crate) async fn run(script: &str) -> (Outcome, Vec<String>) {
    run_with(script, |_| {}).await
}

/// The same with options.
pub(crate) async fn run_with(
    script: &str,
    change: impl FnOnce(&mut PageOptions),
) -> (Outcome, Vec<String>) {
    let (mut options, lines) = written();
    change(&mut options);
    let page = Page::new(options).unwrap();
    let running = page.run("test.js", script);
    let outcome = timeout(Duration::from_secs(60), running).await;
    let outcome = outcome.expect("the page is to end");
    (outcome, lines.take())
}

/// The lines of a page that is to end well.
pub(crate) async fn lines(script: &str) -> Vec<String> {
    let (outcome, lines) = run(script).await;
    assert_eq!(outcome, Outcome::Finished, "{lines:?}");
    lines
}

/// Input with these lines and no more.
pub(crate) fn typed(lines: &'static [&'static str]) -> Input {
    Input::new(move |feeder| {
        std::thread::spawn(move || lines.iter().all(|line| feeder.push((*line).to_owned())));
    })
}

/// A server that echoes, speaks `chat`, and closes with 4000 when it is told `close me`. Its tasks
/// end with the test's runtime.
pub(crate) async fn echo() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (tcp, _) = listener.accept().await.unwrap();
            tokio::spawn(serve(tcp));
        }
    });
    url
}

async fn serve(tcp: tokio::net::TcpStream) -> sockeye::Result<()> {
    let acceptor = Acceptor::default().protocols(["chat"])?;
    let mut ws = acceptor.accept(tcp).await?;
    while let Some(message) = ws.recv().await? {
        if message.as_text() == Some("close me") {
            ws.close(CloseCode::new(4000), "as you wish").await?;
            return Ok(());
        }
        ws.send(message).await?;
    }
    if let Some(event) = ws.close_event() {
        // For those that ask how the one before ended.
        LAST_CLOSE.with_borrow_mut(|last| *last = Some(event.code.number()));
    }
    Ok(())
}

std::thread_local! {
    /// The code with which the last client left; each test has a thread of its own.
    static LAST_CLOSE: RefCell<Option<u16>> = const { RefCell::new(None) };
}

/// The code with which the last client left, once one did.
pub(crate) async fn last_close() -> u16 {
    let left = async {
        loop {
            if let Some(code) = LAST_CLOSE.take() {
                return code;
            }
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(20), left)
        .await
        .expect("a client is to leave")
}
