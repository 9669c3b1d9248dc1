//! Fuzzes `treaty_testkit::hostile::header_blocks`.
#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| treaty_testkit::hostile::header_blocks(bytes));
