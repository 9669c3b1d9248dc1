//! Looks for the bytes that prove findings. — *Does not* judge. — *Holds*: a finding has a witness, or
//! says why there is none; the work is bounded.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use treaty_compiler::Pool;

use crate::witness::{NoWitness, Witness};
use crate::witness::{Side, witness};
use crate::{Descriptors, Effect, Finding, Released};

/// How many findings are proven; who breaks more than that knows it by then.
const MAX_PROOFS: usize = 64;

/// What shows that a finding is true.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// A message that one version writes and the other misreads.
    Witness(Box<Witness>),
    /// Why there is no such message.
    None(NoWitness),
    /// There were so many findings that nobody looked.
    NotSearched,
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Witness(witness) => witness.fmt(f),
            Self::None(why) => write!(f, "none: {why}"),
            Self::NotSearched => {
                write!(f, "not looked for: more than {MAX_PROOFS} findings stand before it")
            }
        }
    }
}

/// Proves findings against the oldest version that each of them breaks.
pub fn prove(new: &Descriptors, released: &[Released], findings: &mut [Finding]) {
    if findings.is_empty() {
        return;
    }
    let new = pool(new);
    let mut pools: BTreeMap<String, Pool> = BTreeMap::new();
    for (index, finding) in findings.iter_mut().enumerate() {
        let (Some(element), Some(version)) = (&finding.element, finding.versions.first()) else {
            continue;
        };
        let old = released.iter().find(|one| one.version.to_string() == *version);
        let Some(old) = old else { continue };
        if index >= MAX_PROOFS {
            finding.proof = Some(Proof::NotSearched);
            continue;
        }
        let old = pools.entry(version.clone()).or_insert_with(|| pool(&old.descriptors));
        let found = [Side::Old, Side::New].map(|writer| witness(old, &new, element, writer));
        finding.proof = Some(best(found));
    }
}

/// What the contract reaches: who else lives beside it proves nothing.
fn pool(descriptors: &Descriptors) -> Pool {
    let reached: Vec<_> =
        descriptors.closure().filter_map(|(file, _)| descriptors.file(&file.name)).collect();
    Pool::new(reached.into_iter().cloned().collect())
}

/// What is misread before what is skipped, bytes before JSON, then the shorter; without a witness
/// the reason that says more.
fn best([old, new]: [Result<Witness, NoWitness>; 2]) -> Proof {
    let key = |one: &Witness| (one.effect != Effect::Misread, one.form, one.bytes.len());
    match (old, new) {
        (Ok(old), Ok(new)) => {
            Proof::Witness(Box::new(if key(&new) < key(&old) { new } else { old }))
        }
        (Ok(one), Err(_)) | (Err(_), Ok(one)) => Proof::Witness(Box::new(one)),
        (Err(old), Err(new)) => Proof::None(old.max(new)),
    }
}
