//! A worker thread in miniature: an owner and a fan-out over `engine`, mail from the other workers,
//! and sessions that note what they get.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use sockeye_hub::{
    ChannelName, Command, Completion, Encoded, Fanout, FanoutOptions, Hello, News, Notice, Outlet,
    Output, Owner, OwnerOptions, OwnerOutput, Permissions, RequestId, SessionId, ToOwner, ToWorker,
    Variant, WorkerId,
};
use sockeye_server::engine::{Engine, Inbox, carry_out};
use tokio::sync::mpsc;

/// What workers send each other.
#[derive(Debug)]
pub(crate) enum Mail {
    Owner(ToOwner),
    Worker(ToWorker),
    /// Another worker has all that it waits for.
    Done,
}

/// The texts that each session got, in their order, by channel.
#[derive(Debug, Default)]
pub(crate) struct Heard(pub(crate) BTreeMap<(SessionId, ChannelName), Vec<String>>);

/// A frame: whose it is, and what it says.
type Frame = (ChannelName, String);

impl Outlet for Heard {
    type Frame = Frame;

    fn encode(&mut self, _: Variant, channel: &ChannelName, news: &News) -> Option<Encoded<Frame>> {
        let News::Entry(entry) = news else {
            return None;
        };
        let text = entry.publication.payload.as_text()?.to_owned();
        Some(Encoded {
            len: text.len(),
            frame: (channel.clone(), text),
        })
    }

    fn notice(
        &mut self,
        _: SessionId,
        variant: Variant,
        notice: &Notice,
        frames: &mut Vec<Encoded<Frame>>,
    ) {
        match notice {
            Notice::Subscribed(subscribed) => {
                for entry in &subscribed.replay {
                    let news = News::Entry(Arc::clone(entry));
                    frames.extend(self.encode(variant, &subscribed.channel, &news));
                }
            }
            Notice::Answered { .. } => {}
            other => panic!("{other:?}"),
        }
    }

    fn send(&mut self, _: u64, session: SessionId, frames: &[Frame]) -> usize {
        for (channel, text) in frames {
            let heard = self.0.entry((session, channel.clone())).or_default();
            heard.push(text.clone());
        }
        frames.len()
    }
}

/// One worker.
#[derive(Debug)]
pub(crate) struct Worker {
    number: usize,
    fanout: Fanout<Frame>,
    owner: Owner,
    engine: Arc<dyn Engine>,
    inbox: Arc<Inbox>,
    mail: mpsc::Receiver<Mail>,
    others: Vec<mpsc::Sender<Mail>>,
    pub(crate) heard: Heard,
    /// Workers that have everything.
    done: usize,
}

impl Worker {
    pub(crate) fn new(
        number: u16,
        engine: Arc<dyn Engine>,
        fanout: &FanoutOptions,
        mail: mpsc::Receiver<Mail>,
        others: Vec<mpsc::Sender<Mail>>,
    ) -> Self {
        Self {
            number: usize::from(number),
            fanout: Fanout::new(FanoutOptions {
                worker: WorkerId(number),
                ..fanout.clone()
            }),
            owner: Owner::new(OwnerOptions {
                rules: Arc::clone(&fanout.rules),
                ..OwnerOptions::default()
            }),
            engine,
            inbox: Arc::new(Inbox::new()),
            mail,
            others,
            heard: Heard::default(),
            done: 0,
        }
    }

    pub(crate) fn open(&mut self, session: SessionId) {
        let hello = Hello {
            session,
            user: None,
            permissions: Permissions::all(),
            variant: Variant(0),
            transport: 0,
            expires_at: None,
        };
        self.fanout.open(hello).unwrap();
    }

    pub(crate) async fn command(&mut self, session: SessionId, command: Command) {
        let outlet = &mut self.heard;
        self.fanout
            .command(Duration::ZERO, session, RequestId(0), command, outlet);
        self.settle().await;
    }

    /// Works until all workers have what `is_done` says.
    pub(crate) async fn work(&mut self, is_done: impl Fn(&Heard) -> bool) {
        let mut has_told = false;
        loop {
            if !has_told && is_done(&self.heard) {
                has_told = true;
                for other in &self.others {
                    other.send(Mail::Done).await.unwrap();
                }
            }
            if self.done == self.others.len() {
                return;
            }
            tokio::select! {
                delivery = self.inbox.next() => self.owner.deliver(Duration::ZERO, delivery),
                mail = self.mail.recv() => self.take(mail.unwrap()),
            }
            self.settle().await;
        }
    }

    /// Takes in what is there already, between two commands.
    pub(crate) async fn catch_up(&mut self) {
        while let Ok(mail) = self.mail.try_recv() {
            self.take(mail);
        }
        while let Some(delivery) = self.inbox.take() {
            self.owner.deliver(Duration::ZERO, delivery);
        }
        self.settle().await;
    }

    fn take(&mut self, mail: Mail) {
        match mail {
            Mail::Owner(message) => self.owner.handle(Duration::ZERO, message),
            Mail::Worker(message) => self.fanout.handle(message, &mut self.heard),
            Mail::Done => self.done += 1,
        }
    }

    async fn settle(&mut self) {
        loop {
            if let Some(output) = self.fanout.poll_output() {
                let Output::ToOwner(message) = output else {
                    panic!("{output:?}");
                };
                let shard = message.channel().shard(self.others.len());
                self.post(shard, Mail::Owner(message)).await;
            } else if let Some(output) = self.owner.poll_output() {
                self.carry(output).await;
            } else {
                return self.fanout.flush(&mut self.heard);
            }
        }
    }

    async fn carry(&mut self, output: OwnerOutput) {
        match output {
            OwnerOutput::ToWorker { worker, message } => {
                self.post(usize::from(worker.0), Mail::Worker(message))
                    .await;
            }
            OwnerOutput::Effect {
                token,
                channel,
                effect,
            } => {
                let done = carry_out(&*self.engine, &self.inbox, &channel, effect).await;
                self.owner
                    .complete(Duration::ZERO, Completion { token, done });
            }
            OwnerOutput::Answer { .. } => panic!("the server asks nothing here"),
        }
    }

    /// To this worker at once, to others by mail.
    async fn post(&mut self, worker: usize, mail: Mail) {
        if worker == self.number {
            self.take(mail);
        } else {
            self.others[worker].send(mail).await.unwrap();
        }
    }
}
