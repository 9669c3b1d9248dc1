//! Fuzzes `treaty_testkit::hostile::http2`.
#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| treaty_testkit::hostile::http2(bytes));
