//! What the parts say to each other: commands of sessions, messages between workers and owners,
//! effects and their completions, and what sessions are told. Plain data; decides nothing.

use std::sync::Arc;
use std::time::Duration;

use crate::code::{Close, End, Refusal};
use crate::id::{RequestId, SessionId, Ticket, Token, WorkerId};
use crate::members::{Change, Lease, Member};
use crate::name::{ChannelName, UserId};
use crate::position::Position;
use crate::publication::{Entry, Publication};
use crate::recovery::Recovery;
use crate::refused::{Bound, Refused};
use crate::rules::ChannelOptions;
use crate::stream::{HistoryQuery, Page};

// Of sessions

/// What a session wants. Each command gets one answer, a [`Notice`] with its request's number;
/// publishing to several channels gets one for each.
#[derive(Clone, Debug, Eq, PartialEq)]
// Complete: a dialect maps what its clients say to these.
pub enum Command {
    /// To get a channel's publications, from here on. What the session is not allowed of
    /// [`Operation::History`](crate::Operation::History) and
    /// [`Operation::Presence`](crate::Operation::Presence) it does not get with them.
    Subscribe {
        /// Which channel.
        channel: ChannelName,
        /// What comes before the live ones.
        start: Start,
        /// What other members are told of the user, where the channel has presence. What the server
        /// knows, or what it let the client choose.
        info: Arc<str>,
    },
    /// Not to get them any more.
    Unsubscribe {
        /// Which channel.
        channel: ChannelName,
    },
    /// To publish.
    Publish {
        /// Where to; at most [`PUBLISH_CHANNELS_MAX`](crate::limits::PUBLISH_CHANNELS_MAX).
        channels: Vec<ChannelName>,
        /// What. Its publisher is set by the hub, whatever it says, and the session may exclude
        /// only itself. In a box, as it passes through many hands.
        publication: Box<Publication>,
    },
    /// To read what was published.
    History {
        /// Which channel.
        channel: ChannelName,
        /// What of it.
        query: HistoryQuery,
    },
    /// To see who is there.
    Members {
        /// Which channel.
        channel: ChannelName,
    },
    /// To know how many are there.
    MemberCount {
        /// Which channel.
        channel: ChannelName,
    },
    /// To be a member under the first of these names that nobody else has, instead of the one that
    /// it has, if any. For subscribers of a channel with [`Presence::Names`](crate::Presence).
    ///
    /// A name is had by the sessions that claimed it: by one, or by several of the same user. A
    /// user keeps it for the grace period after the last of them; the name of who has no user is
    /// anybody's then, and taking it is told like any new name. The owner of the channel decides,
    /// so that of two who claim one at once one gets it; owners on other nodes do not know of it.
    /// All subscribers are told, so that a claim counts as a publication of the session. A channel
    /// has as many new names in a second as it may have publications, and as many publications
    /// besides.
    Claim {
        /// Which channel.
        channel: ChannelName,
        /// The names, at most [`CLAIM_NAMES_MAX`](crate::limits::CLAIM_NAMES_MAX). Those with the
        /// same [`Member::user`] are the same name, which stands for no user here.
        names: Vec<Member>,
        /// Whether the session goes on as who was cut off, by what it says. Without, all are told
        /// of who takes a name that nobody has any more, also within its grace.
        is_back: bool,
    },
}

/// What a subscriber gets before the live publications.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
// Complete: nothing, some, exactly what is missing, or some instead of that.
pub enum Start {
    /// Nothing.
    Live,
    /// The newest ones, at most this many and at most a page: what a room's page shows at first.
    Last(usize),
    /// Everything after a position, or [`Recovery::Lost`].
    After(Position),
    /// Everything after a position, or [`Recovery::Lost`] and the newest ones, as
    /// [`Last`](Self::Last) gives them: what a room's page shows behind a gap.
    AfterOrLast {
        /// The position.
        since: Position,
        /// How many of the newest.
        last: usize,
    },
}

/// What a session is told: the answer to a command, or what happened to a subscription. Whoever
/// encodes makes frames of it.
#[derive(Clone, Debug, Eq, PartialEq)]
// Complete: a dialect has to have an answer to each.
pub enum Notice {
    /// It is subscribed.
    Subscribed(Subscribed),
    /// It is not subscribed any more, as it asked.
    Unsubscribed {
        /// Which command asked.
        request: RequestId,
        /// Which channel.
        channel: ChannelName,
    },
    /// A subscription ended that nobody of the session asked to end.
    Ended {
        /// Which channel.
        channel: ChannelName,
        /// Why; its code says whether to subscribe again.
        end: End,
    },
    /// What a command came to.
    Answered {
        /// Which command.
        request: RequestId,
        /// Which channel.
        channel: ChannelName,
        /// What it came to.
        answer: Answer,
    },
}

/// The beginning of a subscription.
#[derive(Clone, Debug, Eq, PartialEq)]
// Complete: what a client needs to go on from.
pub struct Subscribed {
    /// The command that asked; `None` if the server subscribed the session.
    pub request: Option<RequestId>,
    /// Which channel.
    pub channel: ChannelName,
    /// Live publications follow right after it. A client that is cut off says from here on what it
    /// got last.
    pub position: Position,
    /// Whether the replay is everything that was missed.
    pub recovery: Recovery,
    /// Publications before the live ones, oldest first, up to `position`.
    pub replay: Vec<Arc<Entry>>,
}

/// What a command came to.
#[derive(Clone, Debug, Eq, PartialEq)]
// Complete: as the commands are.
pub enum Answer {
    /// It was published, or had been.
    Published(Published),
    /// A page of history.
    Page(Page),
    /// Who is there.
    Members(Vec<Member>),
    /// How many are there.
    MemberCount(usize),
    /// It is a member with this name. If it shares it, what the first one said of itself.
    Claimed(Member),
    /// Nothing was done.
    Refused(Refused),
}

impl<T: Into<Refused>> From<T> for Answer {
    fn from(why: T) -> Self {
        Self::Refused(why.into())
    }
}

/// What became of a publication.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
// Complete: as `Appended` is.
pub enum Published {
    /// It is in the stream, here.
    New(Position),
    /// It had been, here.
    Duplicate(Position),
    /// It was older than the stream's state, whose top this is.
    Stale(Position),
}

/// Which sessions a control is about.
#[derive(Clone, Debug, Eq, PartialEq)]
// Complete until sessions can be named otherwise.
pub enum Target {
    /// One.
    Session(SessionId),
    /// All of a user.
    User(UserId),
}

/// What the server wants of sessions, wherever they are: it goes to all workers of all nodes.
#[derive(Clone, Debug, Eq, PartialEq)]
// Complete: a worker has to know how to carry out each.
pub enum Control {
    /// To subscribe them, whatever their permissions say.
    Subscribe {
        /// Whom.
        target: Target,
        /// To which channel.
        channel: ChannelName,
        /// With what replay.
        start: Start,
        /// What other members are told of the user, where the channel has presence.
        info: Arc<str>,
    },
    /// To end their subscription.
    Unsubscribe {
        /// Whose.
        target: Target,
        /// Of which channel.
        channel: ChannelName,
    },
    /// To close them.
    Disconnect {
        /// Whom.
        target: Target,
        /// With what code.
        close: Close,
    },
    /// To let their credentials run out at another time.
    Refresh {
        /// Whose.
        target: Target,
        /// From now on; `None`: never.
        expires_in: Option<Duration>,
    },
}

/// What somebody outside of the hub says of an operation, where a rule says
/// [`Grant::Ask`](crate::Grant::Ask).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
// Complete: yes or no.
pub enum Verdict {
    /// It may be done.
    Allow,
    /// It may not.
    Deny,
}

// Between workers and owners

/// Who gets an answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
// Complete: clients by their sessions, and whoever runs the owner.
pub enum Asker {
    /// A session of a worker.
    Session {
        /// The worker.
        worker: WorkerId,
        /// The session.
        session: SessionId,
        /// Its command.
        request: RequestId,
    },
    /// The server itself, such as a publish over HTTP; the number is its own.
    Server(u64),
}

/// The wish of a session to be subscribed.
#[derive(Clone, Debug, Eq, PartialEq)]
// Complete: a message.
pub struct Join {
    /// Its worker.
    pub worker: WorkerId,
    /// The subscription.
    pub ticket: Ticket,
    /// The channel.
    pub channel: ChannelName,
    /// What comes before the live publications.
    pub start: Start,
    /// Whether the session may read what was published before. If not, it gets nothing of that, and
    /// is recovered only where it missed nothing.
    pub may_replay: bool,
    /// The member that it is, if the channel has presence and the session a user.
    pub member: Option<Member>,
}

/// What a worker says to the owner of a channel.
#[derive(Clone, Debug, Eq, PartialEq)]
// Complete: a message.
pub enum ToOwner {
    /// A session wants to be subscribed.
    Join(Join),
    /// A subscription ended, or is not wanted any more.
    Leave {
        /// Whose worker.
        worker: WorkerId,
        /// Which subscription.
        ticket: Ticket,
        /// Of which channel.
        channel: ChannelName,
    },
    /// Somebody publishes.
    Publish {
        /// Who is answered.
        asker: Asker,
        /// Where to.
        channel: ChannelName,
        /// What.
        publication: Box<Publication>,
    },
    /// Somebody reads.
    History {
        /// Who is answered.
        asker: Asker,
        /// Which channel.
        channel: ChannelName,
        /// What of it.
        query: HistoryQuery,
    },
    /// Somebody looks who is there.
    Members {
        /// Who is answered.
        asker: Asker,
        /// Which channel.
        channel: ChannelName,
    },
    /// Somebody counts who is there.
    MemberCount {
        /// Who is answered.
        asker: Asker,
        /// Which channel.
        channel: ChannelName,
    },
    /// A subscriber wants a name.
    Claim {
        /// Who is answered: a session of the subscription's worker.
        asker: Asker,
        /// Whose worker.
        worker: WorkerId,
        /// Which subscription.
        ticket: Ticket,
        /// Of which channel.
        channel: ChannelName,
        /// Whose session it is.
        holder: Option<UserId>,
        /// The first of these that is free.
        names: Vec<Member>,
        /// Whether the session goes on as who was cut off.
        is_back: bool,
    },
}

impl ToOwner {
    /// The channel that it is about, whose shard it goes to.
    pub fn channel(&self) -> &ChannelName {
        match self {
            Self::Join(join) => &join.channel,
            Self::Leave { channel, .. }
            | Self::Publish { channel, .. }
            | Self::History { channel, .. }
            | Self::Members { channel, .. }
            | Self::MemberCount { channel, .. }
            | Self::Claim { channel, .. } => channel,
        }
    }
}

/// What an owner says to a worker. In order: what it says of a channel must arrive as it was said.
#[derive(Clone, Debug, Eq, PartialEq)]
// Complete: a message.
pub enum ToWorker {
    /// A subscription begins.
    Joined {
        /// Which.
        ticket: Ticket,
        /// The newest position that this worker has been or would have been told of: what the next
        /// news is compared with.
        live: Position,
        /// Where the replay ends. May be ahead of `live`.
        position: Position,
        /// Whether the replay is everything that was missed.
        recovery: Recovery,
        /// What comes before the live publications, oldest first.
        replay: Vec<Arc<Entry>>,
    },
    /// A subscription does not begin.
    NotJoined {
        /// Which.
        ticket: Ticket,
        /// Why.
        refused: Refused,
    },
    /// Something happened in a channel that the worker has subscribers of.
    News {
        /// Which.
        channel: ChannelName,
        /// What.
        news: News,
    },
    /// All subscriptions of a channel ended.
    Ended {
        /// Which.
        channel: ChannelName,
        /// Why.
        end: End,
    },
    /// The answer to a command.
    Answer {
        /// Whose.
        session: SessionId,
        /// Which.
        request: RequestId,
        /// The channel that it was about.
        channel: ChannelName,
        /// What it came to.
        answer: Answer,
    },
}

/// What happens in a channel. One reference, shared by all who are told.
#[derive(Clone, Debug, Eq, PartialEq)]
// Complete: what subscribers are told.
pub enum News {
    /// A publication.
    Entry(Arc<Entry>),
    /// Somebody came or went.
    Change(Arc<Change>),
    /// These are the members now, in a channel with [`Presence::Names`](crate::Presence). Owners
    /// tell it behind the changes that it has; engines do not.
    Members(Arc<[Member]>),
}

impl News {
    /// What it counts for where a bound is in bytes: a publication its charge, all else nothing.
    pub fn charge(&self) -> usize {
        match self {
            Self::Entry(entry) => entry.publication.charge(),
            Self::Change(_) | Self::Members(_) => 0,
        }
    }
}

// Between owners and engines

/// What an owner asks of the engine. The effects of one channel are carried out in the order in
/// which they were asked for; those of different channels in any. Each is completed, with its
/// token.
#[derive(Clone, Debug, Eq, PartialEq)]
// Complete: whoever runs an owner has to carry out each.
pub enum Effect {
    /// From now on to hand the channel's news to this owner: [`Done::Attached`].
    Attach,
    /// No longer to do so: [`Done::Detached`].
    Detach,
    /// To append a publication and hand it out, in one step: [`Done::Published`].
    Publish {
        /// What.
        publication: Box<Publication>,
        /// How much of it is kept.
        options: Arc<ChannelOptions>,
    },
    /// To read a page: [`Done::Page`].
    History(HistoryQuery),
    /// To hold, renew or release leases of members: [`Done::Leased`].
    Lease(Lease),
    /// To list the members: [`Done::Members`].
    Members,
}

/// The end of an effect.
#[derive(Clone, Debug, Eq, PartialEq)]
// Complete: a message.
pub struct Completion {
    /// Which.
    pub token: Token,
    /// What came of it.
    pub done: Result<Done, Fault>,
}

/// What an effect that succeeded came to.
#[derive(Clone, Debug, Eq, PartialEq)]
// Complete: as the effects are.
pub enum Done {
    /// All news after this position are handed out; some may have been already.
    Attached(Position),
    /// No more news.
    Detached,
    /// What became of the publication. Its news go to all who are attached, in order.
    Published(Published),
    /// The page.
    Page(Page),
    /// The leases are as wanted.
    Leased,
    /// The members.
    Members(Vec<Member>),
}

/// Why an effect failed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Fault {
    /// The engine cannot be reached or does not answer. Whether a publication was taken is not
    /// known; an idempotency key makes it safe to try again.
    Unavailable,
    /// This bound of the engine is reached.
    Limit(Bound),
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Unavailable => Refusal::Unavailable.into(),
            Fault::Limit(bound) => bound.into(),
        }
    }
}

/// What an engine hands to the owner of a channel that is attached.
#[derive(Clone, Debug, Eq, PartialEq)]
// Complete: a message.
pub enum Delivery {
    /// Something happened. Publications come in the order of their offsets.
    News {
        /// The channel.
        channel: ChannelName,
        /// What.
        news: News,
    },
    /// News of the channel may have been lost. The owner gives the attachment up, and begins anew.
    Lost {
        /// The channel.
        channel: ChannelName,
    },
}
