//! The judge: one binary that holds the services and the product to every released version.

#![allow(clippy::unwrap_used, reason = "a judge says what failed by panicking")]

mod history;
mod planted;
mod property;
mod structure;
