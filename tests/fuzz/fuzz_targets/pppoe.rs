#![no_main]

#[path = "../bodies/pppoe.rs"]
mod pppoe;

libfuzzer_sys::fuzz_target!(|data: &[u8]| pppoe::run(data));
