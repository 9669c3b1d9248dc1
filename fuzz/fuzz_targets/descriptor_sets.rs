//! Fuzzes `treaty_testkit::hostile::descriptor_sets`.
#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| treaty_testkit::hostile::descriptor_sets(bytes));
