//! Messages received in chunks against whole ones.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sockeye_fuzz::chunks(data));
