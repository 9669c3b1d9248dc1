//! Fuzzes `treaty_testkit::hostile::peer_certificate`.
#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| treaty_testkit::hostile::peer_certificate(bytes));
