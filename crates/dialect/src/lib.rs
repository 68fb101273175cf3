//! What clients of channels say, without I/O: each dialect is a session that takes a client's
//! messages and the hub's notices, and an encoding of news that all its receivers share.
//!
//! - [`Session`] is the contract: messages, notices and the time go in, [`Acts`] come out.
//! - [`Encode`] makes the one message that all subscribers of a variant get for a publication.
//! - [`chat`] has the chats of the tutorials.
//!
//! ```
//! use sockeye_dialect::chat::{Options, Protocol, Seat};
//! use sockeye_dialect::{Act, Acts, Now};
//! use sockeye_hub::{Command, SessionId};
//!
//! let room = Protocol::Plain.channel("lobby")?;
//! let mut session = Protocol::Plain.session(&Options::default(), Seat::new(SessionId(1), room));
//! let mut acts = Acts::new();
//! session.open(Now::default(), &mut acts);
//! let first = acts.drain().next();
//! assert!(matches!(first, Some(Act::Command(_, Command::Subscribe { .. }))));
//! # Ok::<(), sockeye_hub::NameFault>(())
//! ```

mod act;
pub mod chat;
pub mod limits;
mod session;

pub use act::{Act, Acts, Close, Frame};
pub use session::{Encode, Now, Session};
