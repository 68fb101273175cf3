//! What an owner asks of the engine, on its way. Owns that the effects of one channel are carried
//! out in the order in which they were asked for, and that each is completed once. Never waits:
//! what is not done at once becomes a future that somebody else drives.

use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use sockeye_hub::{ChannelName, Completion, Done, Effect, Fault, Token};

use crate::engine::{AtOnce, Engine, Inbox, carry_out};

/// An effect under way, which comes to what completes its token.
pub(super) type Running = Pin<Box<dyn Future<Output = Carried> + Send>>;

/// An effect that is over.
#[derive(Debug)]
pub(super) struct Carried {
    pub(super) channel: ChannelName,
    pub(super) completion: Completion,
}

/// What became of an effect that was asked for.
pub(super) enum Asked {
    /// It is over.
    Over(Completion),
    /// It is to be driven to its end, and then to be told to [`Effects::over`].
    Running(Running),
    /// It waits for one before it of the same channel.
    Waiting,
}

/// The effects of one owner.
pub(super) struct Effects {
    engine: Arc<dyn Engine>,
    inbox: Arc<Inbox>,
    /// Channels with an effect under way, and what waits behind it. Bounded by what an owner waits
    /// for, [`effects_max`](sockeye_hub::OwnerOptions::effects_max).
    busy: BTreeMap<ChannelName, VecDeque<(Token, Effect)>>,
}

impl Effects {
    pub(super) fn new(engine: Arc<dyn Engine>, inbox: Arc<Inbox>) -> Self {
        let busy = BTreeMap::new();
        Self {
            engine,
            inbox,
            busy,
        }
    }

    /// Begins an effect, unless one of its channel is under way.
    pub(super) fn ask(&mut self, token: Token, channel: ChannelName, effect: Effect) -> Asked {
        if let Some(waiting) = self.busy.get_mut(&channel) {
            waiting.push_back((token, effect));
            return Asked::Waiting;
        }
        match self.begin(token, &channel, effect) {
            Ok(completion) => Asked::Over(completion),
            Err(running) => {
                self.busy.insert(channel, VecDeque::new());
                Asked::Running(running)
            }
        }
    }

    /// An effect that was running is over: what the next one of its channel came to, if one waits.
    pub(super) fn over(&mut self, channel: &ChannelName) -> Option<Asked> {
        let Some((token, effect)) = self.busy.get_mut(channel)?.pop_front() else {
            self.busy.remove(channel);
            return None;
        };
        Some(match self.begin(token, channel, effect) {
            Ok(completion) => Asked::Over(completion),
            Err(running) => Asked::Running(running),
        })
    }

    /// What is done at once needs no future, and one that is over by then nobody to drive it.
    fn begin(
        &self,
        token: Token,
        channel: &ChannelName,
        effect: Effect,
    ) -> Result<Completion, Running> {
        let effect = match self.engine.at_once(&self.inbox, channel, effect) {
            AtOnce::Over(done) => return Ok(Completion { token, done }),
            AtOnce::Left(effect) => effect,
        };
        let (engine, inbox) = (Arc::clone(&self.engine), Arc::clone(&self.inbox));
        let channel = channel.clone();
        let mut running: Running = Box::pin(async move {
            let done: Result<Done, Fault> = carry_out(&*engine, &inbox, &channel, effect).await;
            let completion = Completion { token, done };
            Carried {
                channel,
                completion,
            }
        });
        // Whoever drives it polls it again, with a waker of its own.
        match running
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
        {
            Poll::Ready(carried) => Ok(carried.completion),
            Poll::Pending => Err(running),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{EngineOptions, Memory, Soon};
    use sockeye_hub::{
        ChannelOptions, Control, HistoryQuery, Lease, Member, Page, Position, Publication,
        Published,
    };
    use tokio::sync::{Semaphore, mpsc};

    /// An engine that works on publications only as far as a test lets it.
    #[derive(Debug)]
    struct Slow(Memory, Semaphore);

    impl Engine for Slow {
        fn promises(&self) -> &'static crate::engine::Promises {
            self.0.promises()
        }

        fn publish<'a>(
            &'a self,
            channel: &'a ChannelName,
            publication: Box<Publication>,
            options: Arc<ChannelOptions>,
        ) -> Soon<'a, Published> {
            Soon::later(async move {
                self.1.acquire().await.unwrap().forget();
                self.0.publish(channel, publication, options).await
            })
        }

        fn history<'a>(&'a self, channel: &'a ChannelName, query: HistoryQuery) -> Soon<'a, Page> {
            self.0.history(channel, query)
        }

        fn attach<'a>(
            &'a self,
            channel: &'a ChannelName,
            inbox: &'a Arc<Inbox>,
        ) -> Soon<'a, Position> {
            self.0.attach(channel, inbox)
        }

        fn detach<'a>(&'a self, channel: &'a ChannelName, inbox: &'a Arc<Inbox>) -> Soon<'a, ()> {
            self.0.detach(channel, inbox)
        }

        fn lease<'a>(&'a self, channel: &'a ChannelName, lease: Lease) -> Soon<'a, ()> {
            self.0.lease(channel, lease)
        }

        fn members<'a>(&'a self, channel: &'a ChannelName) -> Soon<'a, Vec<Member>> {
            self.0.members(channel)
        }

        fn control(&self, control: Control) -> Soon<'_, ()> {
            self.0.control(control)
        }

        fn listen(&self, listener: mpsc::Sender<Arc<Control>>) {
            self.0.listen(listener);
        }

        fn tend(&self) {
            self.0.tend();
        }
    }

    fn publish(text: &str) -> Effect {
        Effect::Publish {
            publication: Publication::new(sockeye_hub::Payload::Text(text.into()), 0).into(),
            options: Arc::default(),
        }
    }

    /// If this fails, a detach overtakes the publish before it, or an engine that takes its time
    /// holds up channels that have nothing to do with it.
    #[tokio::test]
    async fn effects_of_one_channel_keep_their_order_and_others_pass() {
        let memory = Memory::new(&EngineOptions::default());
        let engine = Arc::new(Slow(memory, Semaphore::new(0)));
        let shared: Arc<dyn Engine> = engine.clone();
        let mut effects = Effects::new(shared, Arc::new(Inbox::new()));
        let (room, other) = (
            ChannelName::new("room").unwrap(),
            ChannelName::new("other").unwrap(),
        );
        let first = effects.ask(Token(1), room.clone(), publish("one"));
        let Asked::Running(first) = first else {
            panic!("the engine takes its time");
        };
        for (token, effect) in [(2, Effect::Detach), (3, publish("two"))] {
            let asked = effects.ask(Token(token), room.clone(), effect);
            assert!(matches!(asked, Asked::Waiting));
        }
        let asked = effects.ask(Token(4), other, Effect::Members);
        assert!(matches!(
            asked,
            Asked::Over(Completion {
                token: Token(4),
                ..
            })
        ));
        engine.1.add_permits(2);
        assert_eq!(first.await.completion.token, Token(1));
        let second = effects.over(&room);
        assert!(matches!(
            second,
            Some(Asked::Over(Completion {
                token: Token(2),
                ..
            }))
        ));
        let Some(Asked::Over(third)) = effects.over(&room) else {
            panic!("the engine may work by now");
        };
        assert!(third.token == Token(3) && third.done.is_ok());
        assert!(effects.over(&room).is_none());
        assert!(effects.busy.is_empty());
    }
}
