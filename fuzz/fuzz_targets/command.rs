//! Messages of a page that looks at frames.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sockeye_fuzz::command(data));
