//! An open connection as its users see it: what it reads from a peer, what it answers, when it
//! gives up. One behaviour per file.
//!
//! One binary, as linking is most of what these tests cost.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../support/mod.rs"]
mod support;

mod chunks;
mod close_frames;
mod closing_handshake;
mod compressed;
mod control_frames;
mod end_of_input;
mod fail_fast;
mod foresee;
mod fragments;
mod fuzz_targets;
mod keepalive;
mod lengths;
mod masking;
mod onward;
mod opcodes;
mod order;
mod pings;
mod prepared;
mod properties;
mod reserved_bits;
mod sending;
mod sending_fragments;
mod straight;
mod text;
mod wild_inputs;
