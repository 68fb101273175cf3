//! Headers in which proxies tell of their client.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sockeye_fuzz::forwarded(data));
