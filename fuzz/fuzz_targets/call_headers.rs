//! Fuzzes `treaty_testkit::hostile::call_headers`.
#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| treaty_testkit::hostile::call_headers(bytes));
