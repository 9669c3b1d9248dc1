//! Judges the change of a protobuf contract against every earlier version.
//!
//! Pure: no files, no clock, no network. The stages, each a module:
//!
//! 1. [`Descriptors`]: sources or released descriptor sets become linked descriptors; what does
//!    not compile becomes [`Finding`]s.
//! 2. [`Schema`]: the descriptors as rules want to see them, every element with its place.
//! 3. [`compare`]: pairs two schemas, runs the [`rules`] and lists the [`Change`]s with their
//!    [`Verdict`]s.
//! 4. [`judge`]: does that against all released versions and answers with a [`Judgement`]: findings,
//!    rollout order, smallest legal next version.
//!
//! *Does not* read or write files, print, or know where versions are kept. — *Holds*: broken input
//! is a list of findings, never an `Err`, and equal input gives equal output to the byte.

pub mod book;
mod cel;
mod change;
mod compare;
mod compat;
mod constraints;
mod descriptors;
mod diff;
pub mod dynamic;
mod filter;
mod finding;
mod front;
mod hits;
mod judge;
mod lint;
mod pairing;
mod policy;
mod proof;
mod quote;
pub mod review;
mod roles;
pub mod rules;
mod schema;
mod subject;
mod twins;
mod verdict;
mod version;
pub mod witness;

pub use change::{Change, ChangeKind, Effect};
pub use compare::{Comparison, compare, violations};
pub use descriptors::{Descriptors, NotADescriptorSet, Sources, sha256};
pub use filter::{FilterError, Types};
pub use finding::{Finding, Severity};
pub use judge::{Apart, Gate, Judgement, Released, judge};
pub use lint::{CommentIgnores, LintOptions, lint};
pub use policy::{Deprecation, Policy};
pub use proof::{Proof, prove};
pub use review::{Review, review};
pub use roles::Role;
pub use schema::Schema;
pub use subject::Subject;
pub use verdict::Verdict;
pub use version::{Bump, next_version};
