//! The hub as a whole, in virtual time: owners, workers and an engine that talk over wires.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

#[path = "../../../proto/tests/support/dice.rs"]
mod dice;
#[path = "../../../proto/tests/support/seeds.rs"]
mod seeds;
#[path = "../support/mod.rs"]
mod support;

mod delivery;
mod direct;
mod ends;
mod histories;
mod names;
mod presence;
mod quotas;
mod recovery;
mod rights;
