//! A stream of frames against a naive receiver, however it is cut.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sockeye_fuzz::frame(data));
