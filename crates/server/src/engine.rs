//! Where channels' streams and members are kept. Owns the trait that every engine implements, what
//! each promises in words, and the choice by URL. Never decides who may do what: the hub does.

mod answer;
mod inbox;
mod memory;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use sockeye_hub::limits::{LEASE, MEMBERS_MAX};
use sockeye_hub::{
    ChannelName, ChannelOptions, Control, Done, Effect, Fault, HistoryQuery, Lease, Member, Page,
    Position, Publication, Published,
};
use tokio::sync::mpsc;

use crate::limits;
pub use answer::Soon;
pub use inbox::Inbox;
pub use memory::Memory;

/// What a publication survives once its [`Engine::publish`] is answered.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
// Complete: the three of the contract, from the weakest to the strongest.
pub enum Durability {
    /// Nothing but the loss of connections: it is in the memory of one process.
    Memory,
    /// The end of the process, also by SIGKILL. A loss of power may take the newest.
    Written,
    /// A loss of power.
    Synced,
}

/// What an engine promises, in words for whoever chooses one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
// Complete: a line of the table of engines.
pub struct Promises {
    /// The scheme of its URLs.
    pub scheme: &'static str,
    /// What a publication survives.
    pub durability: Durability,
    /// In which order subscribers get publications.
    pub order: &'static str,
    /// What recovery finds, and what it does not.
    pub recovery: &'static str,
    /// How long an idempotency key counts.
    pub idempotency: &'static str,
    /// What happens to members whose node dies.
    pub presence: &'static str,
    /// Which processes share the channels.
    pub reach: &'static str,
}

/// Keeps the streams and members of channels, and hands out what is new.
///
/// What every engine promises, beside its own [`Promises`]:
///
/// - A channel has one order of publications, the same for all who are attached. Their offsets go
///   up by one; a stream that may have lost its newest ones gets a new epoch.
/// - `publish` appends and hands out in one step: what is handed out is kept with the engine's
///   durability, and what is kept is handed out to all who are attached, unless their inbox says
///   that it lost something.
/// - A failed call did nothing, except that after
///   [`Fault::Unavailable`] it is not known whether `publish` did.
///
/// # Cancel safety
/// A future that is dropped may have done its work or not; nothing is done by half. So whoever
/// needs the answer does not drop it, as [`sockeye_hub::Owner`] needs a completion for each effect.
pub trait Engine: fmt::Debug + Send + Sync {
    /// What it promises.
    fn promises(&self) -> &'static Promises;

    /// Gives a publication its place and hands it out, unless it was published before or is stale.
    /// `options` say how much the channel keeps.
    fn publish<'a>(
        &'a self,
        channel: &'a ChannelName,
        publication: Box<Publication>,
        options: Arc<ChannelOptions>,
    ) -> Soon<'a, Published>;

    /// Reads a page of what the channel keeps.
    fn history<'a>(&'a self, channel: &'a ChannelName, query: HistoryQuery) -> Soon<'a, Page>;

    /// From now on hands the channel's news to `inbox`: all after the position that it answers.
    /// Attaching again is the same as detaching before.
    fn attach<'a>(&'a self, channel: &'a ChannelName, inbox: &'a Arc<Inbox>) -> Soon<'a, Position>;

    /// No longer hands the channel's news to `inbox`. What is in it already stays there.
    fn detach<'a>(&'a self, channel: &'a ChannelName, inbox: &'a Arc<Inbox>) -> Soon<'a, ()>;

    /// Holds, renews or releases leases of this node's members. They run out after
    /// [`EngineOptions::lease`], and changes are handed out as publications are.
    fn lease<'a>(&'a self, channel: &'a ChannelName, lease: Lease) -> Soon<'a, ()>;

    /// Lists the members of all nodes.
    fn members<'a>(&'a self, channel: &'a ChannelName) -> Soon<'a, Vec<Member>>;

    /// Hands `control` to all who listen, on all nodes, and waits until each has it in its queue:
    /// the order to throw somebody out may not get lost for want of room.
    ///
    /// # Cancel safety
    /// A dropped future may have reached some of them and not others.
    fn control(&self, control: Control) -> Soon<'_, ()>;

    /// From now on hands controls to `listener`, until it is closed: one for each worker.
    fn listen(&self, listener: mpsc::Sender<Arc<Control>>);

    /// Carries out an effect of an owner whose inbox is `inbox` without a future, where the engine
    /// needs none: asked for before [`carry_out`]. An engine that waits need not know of it.
    fn at_once(&self, inbox: &Arc<Inbox>, channel: &ChannelName, effect: Effect) -> AtOnce {
        let _ = (inbox, channel);
        AtOnce::Left(effect)
    }

    /// Lets what is too old go, and leases run out. To be called each
    /// [`TEND_INTERVAL`](crate::limits::TEND_INTERVAL).
    fn tend(&self);
}

/// What became of an effect that was asked for without a future.
#[derive(Debug)]
// Complete: it is over, or nothing of it was done.
pub enum AtOnce {
    /// What completes its token.
    Over(Result<Done, Fault>),
    /// The effect itself, to be asked for with [`carry_out`].
    Left(Effect),
}

/// Asks `engine` for an effect of an owner whose inbox is `inbox`: what completes its token.
pub fn carry_out<'a>(
    engine: &'a dyn Engine,
    inbox: &'a Arc<Inbox>,
    channel: &'a ChannelName,
    effect: Effect,
) -> Soon<'a, Done> {
    match effect {
        Effect::Attach => engine.attach(channel, inbox).map(Done::Attached),
        Effect::Detach => engine.detach(channel, inbox).map(|()| Done::Detached),
        Effect::Publish {
            publication,
            options,
        } => engine
            .publish(channel, publication, options)
            .map(Done::Published),
        Effect::History(query) => engine.history(channel, query).map(Done::Page),
        Effect::Lease(lease) => engine.lease(channel, lease).map(|()| Done::Leased),
        Effect::Members => engine.members(channel).map(Done::Members),
    }
}

/// The bounds of an engine.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
// Complete: built from the defaults with `..`.
pub struct EngineOptions {
    /// Channels that are known at a time, subscribed to or not.
    pub channels_max: usize,
    /// Bytes of publications and keys that all channels hold together.
    pub bytes_max: usize,
    /// How long a channel keeps its epoch that nobody uses and of which nothing is kept.
    pub idle_keep: Duration,
    /// How long a lease lasts. Owners renew theirs each third of it.
    pub lease: Duration,
    /// Members of one channel.
    pub members_max: usize,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self {
            channels_max: limits::ENGINE_CHANNELS_MAX,
            bytes_max: limits::ENGINE_BYTES_MAX,
            idle_keep: limits::ENGINE_IDLE_KEEP,
            lease: LEASE,
            members_max: MEMBERS_MAX,
        }
    }
}

/// Why a URL names no engine.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum EngineUrlFault {
    /// It has no scheme, so that it cannot be told which engine is meant.
    NoScheme {
        /// What it says.
        url: String,
    },
    /// There is no engine of that scheme.
    UnknownScheme {
        /// The scheme.
        scheme: String,
    },
    /// The engine has nothing to be told, but is.
    Surplus {
        /// The scheme.
        scheme: &'static str,
        /// What follows it.
        surplus: String,
    },
}

impl fmt::Display for EngineUrlFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoScheme { url } => {
                write!(
                    f,
                    "engine `{url}` has no scheme; the engine in memory is `memory:`"
                )
            }
            Self::UnknownScheme { scheme } => {
                write!(f, "unknown engine `{scheme}:`, known are: `memory:`")
            }
            Self::Surplus { scheme, surplus } => {
                write!(
                    f,
                    "engine `{scheme}:` takes nothing after the colon, but `{surplus}` is there"
                )
            }
        }
    }
}

impl std::error::Error for EngineUrlFault {}

/// Opens the engine that a URL names: `memory:`.
///
/// # Errors
/// If it names none, with what is wrong about it.
pub fn open(url: &str, options: &EngineOptions) -> Result<Arc<dyn Engine>, EngineUrlFault> {
    check(url).map(|()| -> Arc<dyn Engine> { Arc::new(Memory::new(options)) })
}

/// Whether a URL names an engine. Opens nothing.
///
/// # Errors
/// If it names none, with what is wrong about it.
pub(crate) fn check(url: &str) -> Result<(), EngineUrlFault> {
    let Some((scheme, rest)) = url.split_once(':') else {
        let url = url.to_owned();
        return Err(EngineUrlFault::NoScheme { url });
    };
    match scheme {
        "memory" if rest.is_empty() => Ok(()),
        "memory" => Err(EngineUrlFault::Surplus {
            scheme: "memory",
            surplus: rest.to_owned(),
        }),
        _ => Err(EngineUrlFault::UnknownScheme {
            scheme: scheme.to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests;
