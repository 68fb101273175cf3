//! Where the server's threads meet, for loom: the sources themselves, so that what is checked is
//! what runs. Only what they meet at is another: loom's locks, and bounds that few messages reach.
//! `cargo xtask models` runs the models.
#![allow(dead_code, reason = "the server uses what the models do not")]

mod limits;
#[cfg(test)]
mod models;
mod sources;
mod sync;
