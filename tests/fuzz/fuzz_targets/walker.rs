#![no_main]

#[path = "../bodies/walker.rs"]
mod walker;

libfuzzer_sys::fuzz_target!(|data: &[u8]| walker::run(data));
