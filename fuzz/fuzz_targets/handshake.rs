//! Heads of requests and responses, however they are cut.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sockeye_fuzz::handshake(data));
