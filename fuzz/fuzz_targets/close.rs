//! The body of a Close frame against a naive reader.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sockeye_fuzz::close(data));
