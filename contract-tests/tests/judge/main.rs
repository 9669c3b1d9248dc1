//! The judge: one binary that holds the services and the product to every released version.

#![allow(clippy::unwrap_used, reason = "a judge says what failed by panicking")]

mod edge;
mod history;
mod hostile;
mod live;
mod manners;
mod planted;
mod property;
mod rolling;
mod security;
mod shop;
mod structure;
mod survival;
