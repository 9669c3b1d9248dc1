//! Tells a record that was changed behind the bus's back from one that was not.
//!
//! *Does not* protect against an attacker. *Holds*: a sum covers the record's sequence, so that
//! a record in another's place does not pass. *Source*: the first eight bytes of SHA-256.

use sha2::{Digest as _, Sha256};

/// What a record says about itself.
pub(crate) struct Head<'a> {
    pub(crate) sequence: u64,
    pub(crate) source: &'a str,
    pub(crate) id: &'a str,
    pub(crate) type_name: &'a str,
    pub(crate) lane: &'a str,
}

/// The sum over what decides who gets the record and in which order.
pub(crate) fn of_head(head: &Head<'_>) -> i64 {
    let mut sum = Sha256::new();
    sum.update(head.sequence.to_be_bytes());
    for text in [head.source, head.id, head.type_name, head.lane] {
        sum.update((text.len() as u64).to_be_bytes());
        sum.update(text);
    }
    first_eight(sum)
}

/// The sum over the encoded event.
pub(crate) fn of_body(sequence: u64, body: &[u8]) -> i64 {
    let mut sum = Sha256::new();
    sum.update(sequence.to_be_bytes());
    sum.update(body);
    first_eight(sum)
}

fn first_eight(sum: Sha256) -> i64 {
    let digest = sum.finalize();
    i64::from_be_bytes(std::array::from_fn(|index| digest[index]))
}
