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
//!
//! A node of one thread, with an engine of one line for each effect. With several threads each has
//! a [`Fanout`] and an [`Owner`]; the shard of a message's channel says where it goes.
//!
//! ```
//! use std::time::Duration;
//!
//! use sockeye_hub::*;
//!
//! /// Where frames go. A server has connections here, and a dialect that makes frames.
//! #[derive(Default)]
//! struct Screen(Vec<String>);
//!
//! impl Outlet for Screen {
//!     type Frame = String;
//!
//!     fn encode(
//!         &mut self,
//!         _: Variant,
//!         channel: &ChannelName,
//!         news: &News,
//!     ) -> Option<Encoded<String>> {
//!         let News::Entry(entry) = news else {
//!             return None;
//!         };
//!         let frame = format!("{channel}: {}", entry.publication.payload.as_text()?);
//!         Some(Encoded { len: frame.len(), frame })
//!     }
//!
//!     fn notice(
//!         &mut self,
//!         _: SessionId,
//!         _: Variant,
//!         _: &Notice,
//!         _: &mut Vec<Encoded<String>>,
//!     ) {
//!     }
//!
//!     fn send(&mut self, _transport: u64, _: SessionId, frames: &[String]) -> usize {
//!         self.0.extend_from_slice(frames);
//!         frames.len()
//!     }
//! }
//!
//! /// Carries out what both machines ask for, until neither asks for anything.
//! fn settle(
//!     now: Duration,
//!     fanout: &mut Fanout<String>,
//!     owner: &mut Owner,
//!     stream: &mut Stream,
//!     screen: &mut Screen,
//! ) {
//!     loop {
//!         if let Some(output) = fanout.poll_output() {
//!             match output {
//!                 Output::ToOwner(message) => owner.handle(now, message),
//!                 Output::Authorize { token, .. } => {
//!                     fanout.authorized(token, Verdict::Deny, screen);
//!                 }
//!                 Output::Closed { .. } => {}
//!             }
//!         } else if let Some(output) = owner.poll_output() {
//!             match output {
//!                 OwnerOutput::ToWorker { message, .. } => fanout.handle(message, screen),
//!                 OwnerOutput::Answer { .. } => {}
//!                 OwnerOutput::Effect { token, channel, effect } => {
//!                     let done = match effect {
//!                         Effect::Attach => Ok(Done::Attached(stream.top())),
//!                         Effect::Detach => Ok(Done::Detached),
//!                         Effect::Publish { publication, options } => {
//!                             match stream.append(now, *publication, &options) {
//!                                 Appended::New(entry) => {
//!                                     let position = entry.position;
//!                                     let news = News::Entry(entry);
//!                                     owner.deliver(now, Delivery::News { channel, news });
//!                                     Ok(Done::Published(Published::New(position)))
//!                                 }
//!                                 _ => Err(Fault::Unavailable),
//!                             }
//!                         }
//!                         Effect::History(query) => Ok(Done::Page(stream.history(query))),
//!                         Effect::Lease(_) => Ok(Done::Leased),
//!                         Effect::Members => Ok(Done::Members(Vec::new())),
//!                     };
//!                     owner.complete(now, Completion { token, done });
//!                 }
//!             }
//!         } else {
//!             return fanout.flush(screen);
//!         }
//!     }
//! }
//!
//! let now = Duration::ZERO;
//! let mut fanout = Fanout::new(FanoutOptions::default());
//! let mut owner = Owner::new(OwnerOptions::default());
//! let mut stream = Stream::new(Epoch(1));
//! let mut screen = Screen::default();
//! let session = SessionId(7);
//! fanout
//!     .open(Hello {
//!         session,
//!         user: None,
//!         permissions: Permissions::all(),
//!         variant: Variant(0),
//!         transport: 0,
//!         expires_at: None,
//!     })
//!     .expect("there is room");
//! let channel = ChannelName::new("room")?;
//! let subscribe = Command::Subscribe {
//!     channel: channel.clone(),
//!     start: Start::Live,
//!     info: "".into(),
//! };
//! let publish = Command::Publish {
//!     channels: vec![channel],
//!     publication: Publication::new(Payload::Text("hello".into()), 0).into(),
//! };
//! for (request, command) in [(1, subscribe), (2, publish)] {
//!     fanout.command(now, session, RequestId(request), command, &mut screen);
//!     settle(now, &mut fanout, &mut owner, &mut stream, &mut screen);
//! }
//! assert_eq!(screen.0, ["room: hello"]);
//! # Ok::<(), NameFault>(())
//! ```

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
mod refused;
mod rules;
mod stored;
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
pub use refused::{Bound, Cause, Limit, Refused};
pub use rules::{ChannelOptions, Presence, Rules, SlowFate};
pub use stored::StoredFault;
pub use stream::{Appended, Direction, HistoryQuery, Page, Stream};
