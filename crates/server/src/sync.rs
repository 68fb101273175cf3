//! What worker threads meet at: locks of `std` and wake-ups of tokio. Owns the choice, and nothing
//! that runs: models are checked with others (`models/server`).

pub(crate) use std::sync::{Mutex, MutexGuard};

pub(crate) use tokio::sync::Notify;
