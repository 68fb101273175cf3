//! Compressed messages on a connection and the codecs by themselves, however they are cut.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sockeye_fuzz::deflate(data));
