//! Says on standard error what did not go well.

use std::io::{self, Write as _};

/// What is odd but no error.
pub(super) fn warning(text: &str) {
    _ = writeln!(io::stderr(), "warning: {text}");
}

/// What a plugin said, each line with its name before it.
pub(super) fn said(plugin: &str, text: &[u8]) {
    let mut error = io::stderr().lock();
    for line in String::from_utf8_lossy(text).lines() {
        _ = writeln!(error, "{plugin}: {line}");
    }
}
