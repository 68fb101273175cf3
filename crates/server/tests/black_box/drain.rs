//! How the server ends, over real sockets: in which order, what newcomers hear meanwhile, that
//! nothing accepted is lost, and that whoever insists does not wait. `life` has the jitter.

use std::time::{Duration, Instant};

use sockeye::{Client, CloseCode, Message};
use sockeye_server::options::Farewell;

use crate::echo::upgrade;
use crate::site::{Site, header, options};

/// Longer than any test may take: who waits for it fails.
const LONG: Duration = Duration::from_secs(3600);

/// A load balancer would never send anybody, or whoever restarts it would not let it be.
#[tokio::test]
async fn server_is_ready_and_alive_until_it_drains() {
    let site = Site::start().await;
    for path in ["/ready", "/health"] {
        let (head, _) = site.get(path).await;
        assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{path}: {head}");
        assert_eq!(header(&head, "cache-control"), Some("no-store"));
    }
}

/// A load balancer that asks `/ready` must see a no before anybody is sent away.
#[tokio::test]
async fn readiness_fails_first_and_newcomers_get_503_while_others_go_on() {
    let mut options = options();
    options.drain.delay = LONG;
    let mut site = Site::start_with(options).await;
    let mut open = sockeye::connect(&site.echo_url()).await.unwrap();
    site.tell_to_stop();
    let head = site.until_not_ready().await;
    assert!(head.starts_with("HTTP/1.1 503 "), "{head}");
    let (head, body) = site.ask(&upgrade()).await;
    assert!(head.starts_with("HTTP/1.1 503 "), "{head}");
    assert_eq!(header(&head, "retry-after"), Some("5"));
    assert!(body.contains("going down"), "{body}");
    let (head, _) = site.get("/health").await;
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    open.send("still here").await.unwrap();
    assert!(open.recv().await.unwrap().is_some());
    site.insist();
    assert!(site.stop().await.cut_off > 0);
}

/// Clients that come back at once after a restart would be told to stay away.
#[tokio::test]
async fn close_code_of_a_restart_is_1012_by_choice() {
    let mut options = options();
    options.drain.close_code = Farewell::ServiceRestart;
    let site = Site::start_with(options).await;
    let mut open = sockeye::connect(&site.echo_url()).await.unwrap();
    let stopping = tokio::spawn(site.stop());
    assert_eq!(open.recv().await.unwrap(), None);
    assert_eq!(open.close_event().unwrap().code, CloseCode::SERVICE_RESTART);
    assert_eq!(stopping.await.unwrap().cut_off, 0);
}

/// What the server took it answers before its Close, also to who reads late.
#[tokio::test]
async fn draining_loses_no_message_that_was_accepted() {
    const COUNT: usize = 200;
    let site = Site::start().await;
    let mut open = Vec::new();
    for _ in 0..8 {
        let client = Client::new(&site.echo_url()).unwrap();
        let mut ws = client.connect().await.unwrap();
        for number in 0..COUNT {
            ws.send(format!("{number} {}", "x".repeat(500)))
                .await
                .unwrap();
        }
        // With the first answer all were accepted that one read brought; the Close comes behind the
        // answers to what was accepted.
        assert!(ws.recv().await.unwrap().is_some());
        open.push(ws);
    }
    let stopping = tokio::spawn(site.stop());
    for mut ws in open {
        let mut next = 1;
        while let Some(message) = ws.recv().await.unwrap() {
            let Message::Text(text) = message else {
                panic!("only texts were sent")
            };
            assert!(text.starts_with(&format!("{next} ")), "{next}: {text}");
            next += 1;
        }
        assert!(ws.close_event().unwrap().was_clean);
    }
    assert_eq!(stopping.await.unwrap().cut_off, 0);
}

/// A stop would wait for whoever keeps asking.
#[tokio::test]
async fn who_comes_while_everybody_leaves_is_answered_once() {
    let mut options = options();
    options.drain.timeout = LONG;
    let mut site = Site::start_with(options).await;
    // It is open, and does not read the Close: nobody reads but in `recv`.
    let mut silent = sockeye::connect(&site.echo_url()).await.unwrap();
    silent.send("here").await.unwrap();
    assert!(silent.recv().await.unwrap().is_some());
    site.tell_to_stop();
    site.until_not_ready().await;
    let keep_alive = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n";
    // The client does not ask for the end of the connection; that is the server's doing, as soon as
    // everybody leaves.
    let (head, _) = site.ask(keep_alive).await;
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    site.insist();
    assert!(site.stop().await.cut_off > 0);
}

/// A second signal would be without effect, and the server's end an hour away.
#[tokio::test]
async fn server_that_is_told_twice_ends_at_once() {
    let mut options = options();
    options.drain.delay = LONG;
    let mut site = Site::start_with(options).await;
    let mut open = sockeye::connect(&site.echo_url()).await.unwrap();
    open.send("here").await.unwrap();
    assert!(open.recv().await.unwrap().is_some());
    site.tell_to_stop();
    site.insist();
    assert!(site.stop().await.cut_off > 0);
    assert!(open.recv().await.is_err());
}

/// A crowd that is closed at one moment comes back at one moment.
#[tokio::test]
async fn closes_of_many_are_spread_and_every_client_hears_one() {
    const COUNT: u32 = 300;
    let mut options = options();
    options.limits.handshakes_per_second_max = COUNT;
    let site = Site::start_with(options).await;
    let mut clients = tokio::task::JoinSet::new();
    for _ in 0..COUNT {
        let mut ws = sockeye::connect(&site.echo_url()).await.unwrap();
        clients.spawn(async move {
            let end = ws.recv().await;
            (Instant::now(), end.is_ok_and(|message| message.is_none()))
        });
    }
    let start = Instant::now();
    let stopping = tokio::spawn(site.stop());
    let mut early = 0;
    while let Some(ended) = clients.join_next().await {
        let (at, is_clean) = ended.unwrap();
        assert!(is_clean);
        // The spread is 300 ms here: a third of them is expected in the first 100 ms.
        early += u32::from(at.duration_since(start) < Duration::from_millis(100));
    }
    assert!(
        early < COUNT * 2 / 3,
        "{early} of {COUNT} in the first third"
    );
    assert_eq!(stopping.await.unwrap().cut_off, 0);
}
