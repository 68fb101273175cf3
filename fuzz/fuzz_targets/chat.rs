//! Chats: what clients, time and faults do in any order, and any text that clients send.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sockeye_fuzz::chat(data));
