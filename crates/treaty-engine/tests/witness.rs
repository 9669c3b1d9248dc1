//! Witnesses: over every fixture of the rules, over all pairs of scalar kinds, and over seeded
//! mutations, where none may contradict the verdict.

#![allow(clippy::unwrap_used, reason = "a test says what failed by panicking")]

#[path = "witness/explained.rs"]
mod explained;
mod fixture;
#[path = "witness/fixtures.rs"]
mod fixtures;
#[path = "witness/mutations.rs"]
mod mutations;
#[path = "witness/mutator.rs"]
mod mutator;
#[path = "witness/scalars.rs"]
mod scalars;
