//! The clients of all rooms: who talks, and what everybody hears. Owns the count of what was said
//! against what was heard.

use std::cell::RefCell;
use std::error::Error;
use std::rc::Rc;
use std::time::{Duration, Instant};

use bench_meter::Histogram;
use sockeye::{Message, Receiver, Sender};
use tokio::time::sleep;

/// How often it is looked whether something has come.
const LOOK: Duration = Duration::from_millis(50);

/// How long what was said may take to be heard, after which it is lost.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is to be opened.
#[derive(Clone, Debug)]
pub(crate) struct Load {
    pub(crate) address: String,
    pub(crate) connections: usize,
    pub(crate) rooms: usize,
}

/// What all clients heard together.
#[derive(Debug)]
struct Heard {
    began: Instant,
    /// Clients that heard something.
    clients: usize,
    messages: u64,
    latencies: Histogram,
    /// Connections that ended.
    ended: usize,
}

/// All clients.
#[derive(Debug)]
pub(crate) struct Crowd {
    /// Who talks in each room, and how many hear it.
    rooms: Vec<(Sender, u64)>,
    connections: usize,
    heard: Rc<RefCell<Heard>>,
}

/// What came of talking.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) publications: u64,
    pub(crate) deliveries: u64,
    pub(crate) lost: u64,
    latencies: Histogram,
}

impl Told {
    /// The time that `share` of all deliveries did not exceed.
    pub(crate) fn micros(&self, share: f64) -> u64 {
        self.latencies.quantile(share) / 1000
    }
}

impl Crowd {
    /// Opens all connections, one after the other; the first in each room is the one who talks.
    pub(crate) async fn open(load: &Load) -> Result<Self, Box<dyn Error>> {
        let heard = Rc::new(RefCell::new(Heard {
            began: Instant::now(),
            clients: 0,
            messages: 0,
            latencies: Histogram::new(),
            ended: 0,
        }));
        let mut rooms: Vec<(Sender, u64)> = Vec::new();
        for number in 0..load.connections {
            let room = number % load.rooms;
            let url = format!("ws://{}/ws/room-{room}", load.address);
            let (sender, receiver) = sockeye::connect(&url).await?.split();
            tokio::task::spawn_local(listen(receiver, Rc::clone(&heard)));
            match rooms.get_mut(room) {
                Some((_, count)) => *count += 1,
                None => rooms.push((sender, 1)),
            }
        }
        Ok(Self {
            rooms,
            connections: load.connections,
            heard,
        })
    }

    /// Waits until everybody has heard something, and nothing is on its way.
    pub(crate) async fn settle(&self) -> Result<(), Box<dyn Error>> {
        let end = Instant::now() + PATIENCE;
        while self.heard.borrow().clients < self.connections {
            for (sender, _) in &self.rooms {
                sender.send("here").await?;
            }
            // Slower than a client may talk.
            sleep(10 * LOOK).await;
            self.check(end)?;
        }
        let mut before = u64::MAX;
        while before != self.heard.borrow().messages {
            before = self.heard.borrow().messages;
            sleep(LOOK).await;
        }
        Ok(())
    }

    /// One room after the other talks, with `pause` between two messages, for as long as is said.
    pub(crate) async fn talk(
        &self,
        time: Duration,
        pause: Duration,
    ) -> Result<Told, Box<dyn Error>> {
        let (start, before) = (Instant::now(), self.heard.borrow().messages);
        let began = self.heard.borrow().began;
        let (mut publications, mut expected) = (0_u32, 0);
        for (sender, count) in self.rooms.iter().cycle() {
            let due = start + pause * publications;
            if due > start + time {
                break;
            }
            sleep(due.saturating_duration_since(Instant::now())).await;
            sender.send(began.elapsed().as_nanos().to_string()).await?;
            publications += 1;
            expected += count;
        }
        let end = Instant::now() + PATIENCE;
        while self.heard.borrow().messages - before < expected && Instant::now() < end {
            sleep(LOOK).await;
            self.check(end + PATIENCE)?;
        }
        let heard = self.heard.borrow();
        let deliveries = heard.messages - before;
        Ok(Told {
            publications: publications.into(),
            deliveries,
            lost: expected.saturating_sub(deliveries),
            latencies: heard.latencies.clone(),
        })
    }

    /// Nobody leaves while it is measured.
    fn check(&self, end: Instant) -> Result<(), String> {
        match self.heard.borrow().ended {
            0 if Instant::now() < end => Ok(()),
            0 => Err("not everybody heard something in time".to_owned()),
            ended => Err(format!("{ended} connections ended")),
        }
    }
}

/// Hears until the end. A text that is a number says when it was sent.
async fn listen(mut receiver: Receiver, heard: Rc<RefCell<Heard>>) {
    let mut is_first = true;
    while let Ok(Some(message)) = receiver.recv().await {
        let mut heard = heard.borrow_mut();
        heard.clients += usize::from(std::mem::take(&mut is_first));
        heard.messages += 1;
        let Message::Text(text) = message else {
            continue;
        };
        let Ok(sent) = text.parse::<u64>() else {
            continue;
        };
        let now = u64::try_from(heard.began.elapsed().as_nanos()).unwrap_or(u64::MAX);
        heard.latencies.record(now.saturating_sub(sent), 1);
    }
    heard.borrow_mut().ended += 1;
}
