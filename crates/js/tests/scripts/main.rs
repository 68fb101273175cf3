//! Scripts as pages run them: `page` with all that is in it (`entries`,
//! `host`, `surroundings`, `modules`, `input`), against servers on
//! this machine. One behaviour per file.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod calls;
mod depth;
mod document;
mod errors;
mod events;
mod folder;
mod hostile;
mod memory_limit;
mod modules;
mod ports;
mod printing;
mod reports;
mod sabotage;
mod shape;
mod shared;
mod support;
mod surroundings;
mod talk;
mod timers;
mod together;
mod watch;
mod workers;
