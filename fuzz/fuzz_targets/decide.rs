#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| handcarry_fuzz::run("decide", data));
