#![no_main]

#[path = "../bodies/ppp.rs"]
mod ppp;

libfuzzer_sys::fuzz_target!(|data: &[u8]| ppp::run(data));
