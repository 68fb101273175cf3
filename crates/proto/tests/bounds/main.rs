//! How much memory a peer can make a connection keep, and how often it makes it allocate: each
//! bound stated in bytes and asserted with a counting allocator.
//!
//! A binary of its own, as the allocator is one for the whole process.

#[expect(dead_code, reason = "this binary needs a part of it")]
#[path = "../support/frames.rs"]
mod frames;

mod allocations;
mod floods;
mod gauge;
mod half_messages;
