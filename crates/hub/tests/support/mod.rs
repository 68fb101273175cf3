//! What the test programs share: a node made of owners, workers and an engine, in virtual time.

pub(crate) mod client;
pub(crate) mod engine;
pub(crate) mod history;
pub(crate) mod outlet;
pub(crate) mod truth;
pub(crate) mod world;
