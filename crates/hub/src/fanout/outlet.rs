//! What a fan-out is told of a session that begins, and what it asks of whoever runs it: to encode,
//! to take frames, to carry out outputs. Only declares; the fan-out calls it, and never keeps it.

use std::time::Duration;

use crate::id::{SessionId, Token, Variant};
use crate::message::{News, Notice, ToOwner};
use crate::name::{ChannelName, UserId};
use crate::permission::{Operation, Permissions};
use crate::refused::Cause;

/// A session that begins.
#[derive(Clone, Debug)]
// Complete: what a session is known by.
pub struct Hello {
    /// Its number, never used before.
    pub session: SessionId,
    /// Whose it is, as the server knows; `None`: anonymous.
    pub user: Option<UserId>,
    /// What it may do.
    pub permissions: Permissions,
    /// How its frames are encoded, as long as it lives.
    pub variant: Variant,
    /// What the caller calls its transport, such as the number of a connection.
    pub transport: u64,
    /// When its credentials run out; `None`: never.
    pub expires_at: Option<Duration>,
}

/// A frame, as it goes to a session's transport.
#[derive(Clone, Debug)]
// Complete: a frame and what it is charged with.
pub struct Encoded<F> {
    /// The frame. Cloning it should be one count of a reference, as each subscriber gets a clone.
    pub frame: F,
    /// Its length in bytes, which the session's queue is charged with.
    pub len: usize,
}

/// Where frames are made and go.
pub trait Outlet {
    /// What a transport sends.
    type Frame: Clone;

    /// Makes the frame that subscribers of a variant get for a channel's news; `None` if the
    /// dialect has nothing to say. Called at most once for each news and variant, so that all
    /// subscribers of a variant share one frame.
    fn encode(
        &mut self,
        variant: Variant,
        channel: &ChannelName,
        news: &News,
    ) -> Option<Encoded<Self::Frame>>;

    /// Makes the frames for what one session is told, any number of them: a dialect may tell a
    /// replay in one frame or in many.
    fn notice(
        &mut self,
        session: SessionId,
        variant: Variant,
        notice: &Notice,
        frames: &mut Vec<Encoded<Self::Frame>>,
    );

    /// Says which transport is given frames after the next one: to bring near what that takes. Only
    /// a hint, which may be ignored.
    fn foresee(&mut self, transport: u64) {
        let _ = transport;
    }

    /// Gives a session's transport frames to write, in this order, and with one write at best. Says
    /// how many it took, from the first on. If not all of them, the transport is full, and nothing
    /// more is given until [`Fanout::writable`](crate::Fanout::writable).
    fn send(&mut self, transport: u64, session: SessionId, frames: &[Self::Frame]) -> usize;
}

/// What a fan-out asks of whoever runs it.
#[derive(Clone, Debug, Eq, PartialEq)]
// Complete: each has to be carried out.
pub enum Output {
    /// To carry a message to the owner of its channel's shard.
    ToOwner(ToOwner),
    /// To find out whether a session may do something, and to say so with
    /// [`Fanout::authorized`](crate::Fanout::authorized), once.
    Authorize {
        /// What the verdict names.
        token: Token,
        /// Who wants it.
        session: SessionId,
        /// Whose session it is.
        user: Option<UserId>,
        /// What.
        operation: Operation,
        /// With which channel.
        channel: ChannelName,
    },
    /// To close a session's transport. The session is no more.
    Closed {
        /// Which it was.
        session: SessionId,
        /// Its transport, if it had one.
        transport: Option<u64>,
        /// Why: what the Close frame is made of.
        cause: Cause,
    },
}
