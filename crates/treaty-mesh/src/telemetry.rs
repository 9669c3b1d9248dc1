//! Where log lines go and how they look.
//!
//! *Holds*: lines go to standard error, in colour only on a terminal; as JSON when
//! `TREATY_LOG_FORMAT=json`; what is said follows `TREATY_LOG` (default `info`), in the
//! syntax of tracing's `EnvFilter`; where nobody reads them any more, they are lost and nothing
//! else happens.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;

/// Starts logging for this process; a second call does nothing.
pub fn init() {
    let filter = std::env::var("TREATY_LOG").unwrap_or_else(|_| "info".to_owned());
    let filter = EnvFilter::try_new(&filter).unwrap_or_else(|_| EnvFilter::new("info"));
    // Internal errors would be told on standard error, whose end is what goes wrong, by a panic.
    let builder = fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        .log_internal_errors(false);
    let json = std::env::var("TREATY_LOG_FORMAT").is_ok_and(|format| format == "json");
    // An error means that something logs already, which is what we want.
    let _ = if json {
        builder.json().flatten_event(true).with_current_span(true).try_init()
    } else {
        builder.with_ansi(std::io::stderr().is_terminal()).compact().try_init()
    };
}
