//! Channels: what clients, wires, time and faults do in any order.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sockeye_fuzz::hub(data));
