//! A stream of frames. The work and the oracle are in `targets::frame`
//! among the tests of `sockeye-proto`, where an ordinary test runs them as well.
#![no_main]

#[path = "../../crates/proto/tests/support/mod.rs"]
#[expect(
    dead_code,
    unused_imports,
    reason = "each target uses a part of what the tests share"
)]
mod support;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| support::targets::frame(bytes));
