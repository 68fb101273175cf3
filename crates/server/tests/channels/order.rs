//! Several workers subscribe and publish at once over `memory`: each subscriber gets each channel's
//! publications in the one order of the engine.

use std::sync::Arc;

use crate::node::{Mail, Worker};
use sockeye_hub::{
    ChannelName, ChannelOptions, Command, Direction, FanoutOptions, HistoryQuery, Payload,
    Publication, Rate, Rules, SessionId, Start,
};
use sockeye_server::engine::{self, Engine, EngineOptions};
use tokio::sync::mpsc;

const WORKERS: u16 = 3;
/// Sessions of each worker, each of which publishes once to each channel.
const SESSIONS: u32 = 40;
const CHANNELS: [&str; 4] = ["a", "b", "c", "d"];
const TOTAL: usize = SESSIONS as usize * WORKERS as usize;
/// More than can ever be under way, so that no two workers wait for each other's room.
const MAIL_MAX: usize = 1 << 16;

fn channels() -> [ChannelName; 4] {
    CHANNELS.map(|channel| ChannelName::new(channel).unwrap())
}

fn options() -> FanoutOptions {
    let quick = Rate {
        burst: 1_000_000,
        per_second: 1_000_000,
    };
    FanoutOptions {
        rules: Arc::new(Rules::new(ChannelOptions {
            history_len_max: 1000,
            ..ChannelOptions::default()
        })),
        command_rate: quick,
        publish_rate: quick,
        ..FanoutOptions::default()
    }
}

/// One worker's day: its sessions come one after the other, while all others publish.
async fn day(worker: &mut Worker, number: u32) {
    for session in (0..SESSIONS).map(|index| SessionId(u64::from(number * SESSIONS + index))) {
        worker.open(session);
        for channel in channels() {
            // All that there was, so that everybody has everything in the end.
            let start = Start::Last(TOTAL);
            let info = "".into();
            worker
                .command(
                    session,
                    Command::Subscribe {
                        channel,
                        start,
                        info,
                    },
                )
                .await;
        }
        let text = format!("of {}", session.0);
        let publish = Command::Publish {
            channels: channels().to_vec(),
            publication: Publication::new(Payload::Text(text.into()), 0).into(),
        };
        worker.command(session, publish).await;
        worker.catch_up().await;
    }
    let lists = SESSIONS as usize * CHANNELS.len();
    let all = |heard: &crate::node::Heard| {
        heard.0.len() == lists && heard.0.values().all(|texts| texts.len() >= TOTAL)
    };
    worker.work(all).await;
}

/// The texts that the engine has of a channel, in its order.
fn kept(engine: &dyn Engine, channel: &ChannelName) -> Vec<String> {
    let query = HistoryQuery {
        since: None,
        limit: TOTAL,
        direction: Direction::Forward,
    };
    let page = engine.history(channel, query).ready().unwrap().unwrap();
    let text =
        |entry: &Arc<sockeye_hub::Entry>| entry.publication.payload.as_text().unwrap().to_owned();
    page.entries.iter().map(text).collect()
}

/// If this fails, threads that race lose, double or reorder publications, between a replay and the
/// live ones above all.
#[test]
fn workers_at_once_give_every_subscriber_the_one_order() {
    let engine = engine::open("memory:", &EngineOptions::default()).unwrap();
    let (senders, mail): (Vec<_>, Vec<_>) = (0..WORKERS)
        .map(|_| mpsc::channel::<Mail>(MAIL_MAX))
        .unzip();
    let heard: Vec<_> = std::thread::scope(|scope| {
        let mut threads = Vec::new();
        for (number, mail) in (0..WORKERS).zip(mail) {
            let (engine, senders) = (Arc::clone(&engine), senders.clone());
            threads.push(scope.spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .build()
                    .unwrap();
                let mut worker = Worker::new(number, engine, &options(), mail, senders);
                runtime.block_on(day(&mut worker, u32::from(number)));
                worker.heard
            }));
        }
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    for channel in channels() {
        let kept = kept(&*engine, &channel);
        assert_eq!(kept.len(), TOTAL);
        for heard in &heard {
            let of_channel = heard.0.iter().filter(|((_, known), _)| *known == channel);
            for ((session, _), texts) in of_channel {
                assert_eq!(*texts, kept, "{session:?} in {channel}");
            }
        }
    }
}
