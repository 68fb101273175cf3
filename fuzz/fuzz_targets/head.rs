//! Heads of requests: host, cookies, origin, subprotocols, and what of them is shown.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sockeye_fuzz::head(data));
