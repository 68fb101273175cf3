//! The locks that threads meet at: those of `std`, or loom's where models are checked
//! (`cargo xtask models`). Owns the choice, and nothing that runs.

#[cfg(sockeye_loom)]
pub(crate) use loom::sync::atomic::AtomicBool;
#[cfg(sockeye_loom)]
pub(crate) use loom::sync::{Mutex, MutexGuard};
#[cfg(not(sockeye_loom))]
pub(crate) use std::sync::atomic::AtomicBool;
#[cfg(not(sockeye_loom))]
pub(crate) use std::sync::{Mutex, MutexGuard};
