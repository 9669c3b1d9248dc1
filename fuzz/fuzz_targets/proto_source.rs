//! Fuzzes `treaty_testkit::hostile::proto_source`.
#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| treaty_testkit::hostile::proto_source(bytes));
