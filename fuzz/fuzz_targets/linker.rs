//! Fuzzes `treaty_testkit::hostile::linker`.
#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| treaty_testkit::hostile::linker(bytes));
