//! Configurations: a file, or a variable of the environment.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sockeye_fuzz::settings(data));
