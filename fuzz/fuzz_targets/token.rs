//! Signed tokens: as a whole, their claims and their headers.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sockeye_fuzz::token(data));
