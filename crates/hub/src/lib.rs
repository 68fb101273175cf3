//! Channels without I/O: streams of publications, sessions that outlive their transport, presence,
//! history with recovery.
//!
//! Two state machines share the work, and exchange plain messages:
//!
//! - [`Owner`], one per shard of channels, orders subscribes against publishes;
//! - [`Fanout`], one per worker thread, has that thread's sessions and walks its subscribers.
//!
//! Both take commands, completions and the time, and emit messages and effects. Whoever runs them
//! carries the messages, and asks an engine for the effects. [`Stream`] and [`Members`] are what an
//! engine that keeps everything in memory is made of.

mod bucket;
mod code;
mod fanout;
mod id;
pub mod limits;
mod members;
mod message;
mod name;
mod owner;
mod permission;
mod position;
mod publication;
mod recovery;
mod rules;
mod stream;

pub use bucket::{Bucket, Rate};
pub use code::{Close, End, Refusal};
pub use fanout::{Encoded, Fanout, FanoutOptions, Hello, Outlet, Output};
pub use id::{NodeId, RequestId, SessionId, Ticket, Token, Variant, WorkerId};
pub use members::{Change, Lease, Member, Members};
pub use message::{
    Answer, Asker, Command, Completion, Control, Delivery, Done, Effect, Fault, Join, News, Notice,
    Published, Start, Subscribed, Target, ToOwner, ToWorker, Verdict,
};
pub use name::{ChannelName, NameFault, UserId};
pub use owner::{Owner, OwnerOptions, OwnerOutput};
pub use permission::{Grant, Operation, Operations, Pattern, Permissions, Rule};
pub use position::{Epoch, Position};
pub use publication::{Entry, Kind, Payload, Publication, PublicationFault, Publisher};
pub use recovery::Recovery;
pub use rules::{ChannelOptions, Rules, SlowFate};
pub use stream::{Appended, Direction, HistoryQuery, Page, Stream};
