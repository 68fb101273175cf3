//! The end of the server while hundreds talk, over real sockets: the order of its steps, what
//! becomes of what it took, and in which order people leave. `drain` has each step by itself.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what does not work here fails the test that wants it"
)]

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sockeye::{CloseCode, Message, WebSocket};
use sockeye_server::options::Farewell;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::chat::text;
use crate::echo::upgrade;
use crate::site::{Site, header, options};

const ROOMS: usize = 10;
const PER_ROOM: usize = 30;

/// What somebody said: who, and how many sentences before it.
type Said = (usize, usize);

/// What one of the crowd went through.
struct Story {
    room: usize,
    /// In the order of connecting.
    number: usize,
    /// In the order of Closes.
    left: usize,
    code: CloseCode,
    was_clean: bool,
    heard: Vec<Said>,
}

/// What the crowd shares.
struct Crowd {
    /// Passed once everybody is in, and knows that.
    all_in: Barrier,
    left: AtomicUsize,
}

/// The next sentence; `None` at the end. What people say as they come in is passed over.
async fn sentence(ws: &mut WebSocket) -> Option<Said> {
    loop {
        let Message::Text(text) = ws.recv().await.unwrap()? else {
            panic!("only texts are said");
        };
        if let Some((who, number)) = text.split_once(' ') {
            return Some((who.parse().unwrap(), number.parse().unwrap()));
        }
    }
}

/// Talks without a pause, each sentence after it heard the one before, to the end.
async fn talk(mut ws: WebSocket, room: usize, number: usize, crowd: Arc<Crowd>) -> Story {
    ws.send("hello").await.unwrap();
    assert_eq!(text(&mut ws).await, "hello");
    crowd.all_in.wait().await;
    let mut heard: Vec<Said> = Vec::new();
    for count in 0.. {
        // After the server's Close nothing can be said, and what is left is heard.
        let _ = ws.send(format!("{number} {count}")).await;
        let mut last = None;
        while last != Some((number, count)) {
            last = sentence(&mut ws).await;
            match last {
                Some(said) => heard.push(said),
                None => break,
            }
        }
        if last.is_none() {
            break;
        }
    }
    let end = ws.close_event().unwrap();
    Story {
        room,
        number,
        left: crowd.left.fetch_add(1, Ordering::SeqCst),
        code: end.code,
        was_clean: end.was_clean,
        heard,
    }
}

async fn gather(site: &Site, crowd: &Arc<Crowd>) -> JoinSet<Story> {
    let mut talking = JoinSet::new();
    for number in 0..ROOMS * PER_ROOM {
        let room = number % ROOMS;
        let url = format!("ws://{}/ws/room{room}", site.address);
        let ws = sockeye::connect(&url).await.unwrap();
        talking.spawn(talk(ws, room, number, Arc::clone(crowd)));
    }
    talking
}

/// What everybody in a room heard is the beginning of what the last of them heard, so that nothing
/// that came back to anybody was lost for anybody who was still there. At how many places of the
/// talk somebody left.
fn check_room(stories: &[&Story]) -> usize {
    let all = stories
        .iter()
        .max_by_key(|story| story.heard.len())
        .unwrap();
    for story in stories {
        let len = story.heard.len();
        assert!(all.heard[..len] == story.heard, "{}", story.number);
    }
    let lens: BTreeSet<_> = stories.iter().map(|story| story.heard.len()).collect();
    let said: BTreeSet<_> = all.heard.iter().collect();
    assert_eq!(said.len(), all.heard.len(), "nothing was said twice");
    lens.len()
}

/// If this fails, a restart under load loses what somebody was shown as said, comes before the load
/// balancer knows of it, or has everybody come back at once.
#[tokio::test]
async fn drain_under_load_refuses_first_then_spreads_its_closes_and_loses_nothing() {
    let mut options = options();
    options.chat.messages_per_second_max = 100_000;
    options.chat.queue_len_max = 64 * 1024 * 1024;
    options.limits.handshakes_per_second_max = 1000;
    options.drain.delay = Duration::from_secs(2);
    options.drain.timeout = Duration::from_secs(60);
    options.drain.close_code = Farewell::ServiceRestart;
    options.websocket.close_timeout = Duration::from_secs(60);
    let mut site = Site::start_with(options).await;
    let crowd = Arc::new(Crowd {
        all_in: Barrier::new(ROOMS * PER_ROOM + 1),
        left: AtomicUsize::new(0),
    });
    let mut talking = gather(&site, &crowd).await;
    crowd.all_in.wait().await;
    site.tell_to_stop();
    site.until_not_ready().await;
    let (head, _) = site.ask(&upgrade()).await;
    assert!(head.starts_with("HTTP/1.1 503 "), "{head}");
    assert_eq!(header(&head, "retry-after"), Some("5"));
    assert_eq!(crowd.left.load(Ordering::SeqCst), 0, "nobody has to go yet");
    let mut stories = Vec::new();
    while let Some(story) = talking.join_next().await {
        stories.push(story.unwrap());
    }
    assert_eq!(site.stop().await.cut_off, 0);
    for story in &stories {
        assert_eq!(story.code, CloseCode::SERVICE_RESTART);
        assert!(story.was_clean && !story.heard.is_empty());
    }
    let mut talked_on = 0;
    for room in 0..ROOMS {
        let stories: Vec<_> = stories.iter().filter(|story| story.room == room).collect();
        assert_eq!(stories.len(), PER_ROOM);
        talked_on += usize::from(check_room(&stories) > 1);
    }
    // How evenly they are spread `life` measures, where the load of this machine does not count.
    assert!(talked_on > 0, "nobody talked on when the first had left");
    // Not in the order in which they came, nor in the other: half of those who left first are
    // expected to have come in the first half; fewer than a quarter would be no chance.
    let half = ROOMS * PER_ROOM / 2;
    let first = stories.iter().filter(|story| story.left < half);
    let early = first.filter(|story| story.number < half).count();
    assert!(
        (half / 4..=half * 3 / 4).contains(&early),
        "{early} of {half}"
    );
}
