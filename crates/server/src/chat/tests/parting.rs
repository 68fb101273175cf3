//! Clients that leave right behind their last words, in virtual time: those words count.

use super::*;
use crate::limits::PARTING_TIMEOUT;

/// A dialect that says each text only after a while, or never.
#[derive(Debug)]
struct Hesitant {
    wait: Option<Duration>,
    due: Option<Duration>,
    kept: Option<String>,
}

impl Hesitant {
    fn new(wait: Option<Duration>) -> Self {
        let (due, kept) = (None, None);
        Self { wait, due, kept }
    }
}

impl Session for Hesitant {
    fn open(&mut self, _now: Now, _acts: &mut Acts) {}

    fn text(&mut self, now: Now, text: &str, _acts: &mut Acts) {
        self.kept = Some(text.to_owned());
        self.due = self.wait.map(|wait| now.elapsed + wait);
    }

    fn binary(&mut self, _now: Now, _bytes: &[u8], _acts: &mut Acts) {}

    fn notice(&mut self, _now: Now, _notice: &Notice, _acts: &mut Acts) {}

    fn due(&self) -> Option<Duration> {
        self.due
    }

    fn tick(&mut self, now: Now, acts: &mut Acts) {
        self.due = None;
        if let Some(kept) = self.kept.take() {
            Script::default().text(now, &kept, acts);
        }
    }

    fn is_waiting(&self) -> bool {
        self.kept.is_some()
    }
}

/// If this fails, somebody who speaks and leaves at once says nothing, and nobody is told: the
/// thread that gives names is another one, and had not answered yet.
#[tokio::test(start_paused = true)]
async fn client_that_leaves_while_its_name_is_on_the_way_is_heard() {
    let house = House::new(2, &Options::default());
    let owner = Protocol::Json.channel(LOBBY).unwrap().shard(2);
    let enter = async |worker: usize| {
        let (ws, peer) = House::connect().await;
        let served = tokio::spawn(serve((house.visit)(ws, worker), Protocol::Json));
        (peer, served)
    };
    let (mut listener, _served) = enter(owner).await;
    listener
        .send(r#"{"type":"username","name":"Listener"}"#)
        .await
        .unwrap();
    while !next(&mut listener).await.contains("named") {}
    for (text, is_polite, why) in [("bye", true, Why::Client), ("cut off", false, Why::Lost)] {
        let (mut peer, served) = enter(1 - owner).await;
        for said in [
            r#"{"type":"username","name":"Hasty"}"#.to_owned(),
            format!(r#"{{"type":"message","text":"{text}"}}"#),
        ] {
            peer.send(said).await.unwrap();
        }
        if is_polite {
            peer.close(Some(CloseCode::NORMAL), "").await.unwrap();
        } else {
            peer.flush().await.unwrap();
            peer.abort();
        }
        assert_eq!(served.await.unwrap().why, why);
        let said = format!(r#""name":"Hasty","text":"{text}""#);
        let heard = async { while !next(&mut listener).await.contains(&said) {} };
        let heard = tokio::time::timeout(PARTING_TIMEOUT, heard).await;
        assert!(heard.is_ok(), "{text} was said to nobody");
    }
}

/// If this fails, what a dialect put off is lost with the connection, or a session that keeps
/// something for ever stays when its client is gone.
#[tokio::test(start_paused = true)]
async fn what_is_put_off_is_waited_for_but_not_for_ever() {
    let house = House::new(1, &Options::default());
    let (mut listener, _served) = house.enter(0).await;
    for wait in [Some(Duration::from_secs(2)), None] {
        let (mut peer, served) = house.enter_with(Hesitant::new(wait)).await;
        let start = Instant::now();
        peer.send("at last").await.unwrap();
        peer.close(None, "").await.unwrap();
        assert_eq!(served.await.unwrap().why, Why::Client);
        assert_eq!(
            start.elapsed().as_secs(),
            wait.unwrap_or(PARTING_TIMEOUT).as_secs()
        );
        if wait.is_some() {
            while next(&mut listener).await != "at last" {}
        }
        assert!(house.counts("sockeye_hub_sessions 1"));
    }
}
