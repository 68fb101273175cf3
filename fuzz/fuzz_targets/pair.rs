//! Two connections against each other, with commands, cuts and time.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sockeye_fuzz::pair(data));
