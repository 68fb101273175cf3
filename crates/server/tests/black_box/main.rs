//! The server from outside, over real sockets: pages (`asset`, `answer`, `routes`, `response`),
//! upgrades (`http`, `visit`, `ending`), bounds, `status`, and how a `worker` stops with all of its
//! `post`.

mod addresses;
mod applications;
mod asking;
mod bounds;
mod bounds_of_rooms;
mod chat;
mod chats;
#[path = "../../../proto/tests/support/dice.rs"]
mod dice;
mod drain;
mod drain_load;
mod echo;
mod faults;
mod frames;
mod histories;
mod hosts;
mod metrics;
mod mount;
mod pages;
mod parting;
mod person;
#[cfg(unix)]
mod places;
mod presence_and_recovery;
mod rights;
#[path = "../../src/scratch.rs"]
mod scratch;
mod site;
mod terms;
mod tls;
mod tokens;
mod transcripts;
