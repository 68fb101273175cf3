//! What the benches send, and what they expect back: payloads that are the same in every run, in
//! frames that owe nothing to the code that is measured.

pub mod frame;
pub mod payload;
