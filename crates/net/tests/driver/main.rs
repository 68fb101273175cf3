//! An open connection (`websocket`) as its peer and its caller see it; one behaviour per file.
//!
//! One binary, as linking is most of what these tests cost.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "other binaries need the rest")]
#[path = "../support/mod.rs"]
mod support;

mod abort;
mod broadcast;
mod buffering;
mod cancel;
mod closing_here;
mod closing_there;
mod cork;
mod excused;
mod faults;
mod keepalive;
mod lending;
mod lifetime;
mod liveness;
mod marks;
mod measure;
mod observe;
mod over_tcp;
mod owed_close;
mod pair;
mod panics;
mod recv_stream;
mod send_stream;
mod silent;
mod splitting;
mod starving;
mod try_send;
