//! Turns a judgement into bytes and back, for who keeps answers. — *Does not* decide how long an
//! answer holds. — *Holds*: what is read back is what was written, to the last part; other bytes are
//! no judgement.

use semver::Version;
use serde::{Deserialize, Serialize};

use crate::{Apart, Bump, Change, ChangeKind, Finding, Judgement, Role, Subject, Verdict};

impl Judgement {
    /// The judgement as bytes that [`Judgement::restore`] reads.
    ///
    /// # Panics
    ///
    /// Never: every part of a judgement can be written as JSON.
    #[must_use]
    pub fn store(&self) -> Vec<u8> {
        let Self { digest, findings, changes, bump, next, verdict, apart } = self.clone();
        let stored = Stored {
            digest,
            findings: findings.into_iter().map(StoredFinding::new).collect(),
            changes: changes.into_iter().map(StoredChange::new).collect(),
            bump,
            next,
            verdict,
            apart: apart.into_iter().map(StoredApart::new).collect(),
        };
        serde_json::to_vec(&stored).expect("no map in it has keys other than text")
    }

    /// What [`Judgement::store`] made these bytes of; none if it did not.
    #[must_use]
    pub fn restore(bytes: &[u8]) -> Option<Self> {
        let Stored { digest, findings, changes, bump, next, verdict, apart } =
            serde_json::from_slice(bytes).ok()?;
        Some(Self {
            digest,
            findings: findings.into_iter().map(StoredFinding::into_finding).collect(),
            changes: changes.into_iter().map(StoredChange::into_change).collect(),
            bump,
            next,
            verdict,
            apart: apart.into_iter().map(StoredApart::into_apart).collect(),
        })
    }
}

#[derive(Serialize, Deserialize)]
struct Stored {
    digest: String,
    findings: Vec<StoredFinding>,
    changes: Vec<StoredChange>,
    bump: Bump,
    next: Option<Version>,
    verdict: Verdict,
    apart: Vec<StoredApart>,
}

/// A finding, and what its own form leaves out.
#[derive(Serialize, Deserialize)]
struct StoredFinding {
    finding: Finding,
    old_path: Option<String>,
    element: Option<Element>,
}

impl StoredFinding {
    fn new(mut finding: Finding) -> Self {
        let old_path = finding.old_path.take();
        let element = finding.element.take().map(Element);
        Self { finding, old_path, element }
    }

    fn into_finding(self) -> Finding {
        let Self { finding, old_path, element } = self;
        Finding { old_path, element: element.map(|element| element.0), ..finding }
    }
}

/// What a change is; what it does follows.
#[derive(Serialize, Deserialize)]
struct StoredChange {
    kind: ChangeKind,
    subject: Element,
    role: Option<Role>,
    file: String,
}

impl StoredChange {
    fn new(Change { kind, subject, role, file, .. }: Change) -> Self {
        Self { kind, subject: Element(subject), role, file }
    }

    fn into_change(self) -> Change {
        let Self { kind, subject, role, file } = self;
        Change::new(kind, subject.0, role, &file)
    }
}

#[derive(Serialize, Deserialize)]
struct StoredApart {
    change: StoredChange,
    versions: Vec<String>,
}

impl StoredApart {
    fn new(Apart { change, versions }: Apart) -> Self {
        Self { change: StoredChange::new(change), versions }
    }

    fn into_apart(self) -> Apart {
        Apart { change: self.change.into_change(), versions: self.versions }
    }
}

/// A subject with all its parts; elsewhere it is written as its name.
#[derive(Serialize, Deserialize)]
struct Element(#[serde(with = "Parts")] Subject);

/// The same cases as [`Subject`].
#[derive(Serialize, Deserialize)]
#[serde(remote = "Subject")]
enum Parts {
    Package(String),
    File(String),
    Message(String),
    Field { message: String, number: i32, name: String },
    Extension { message: String, number: i32, name: String },
    Oneof { message: String, name: String },
    Enum(String),
    Value { of: String, number: i32, name: String },
    Service(String),
    Method { service: String, name: String },
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Descriptors, Gate, Released, Sources, prove};

    const OLD: &str = "syntax = \"proto3\"; package a.v1; import \"google/protobuf/any.proto\";\n\
        message M { string s = 1; oneof o { int32 n = 2; string t = 3; } oneof p { int32 q = 6; } google.protobuf.Any a = 4; }\n\
        enum E { E_UNSPECIFIED = 0; E_ONE = 1; }\nmessage Gone { E e = 1; }\n\
        service S { rpc Get(M) returns (Gone); rpc Put(Gone) returns (M); }";
    const NEW: &str = "syntax = \"proto3\"; package a.v1; import \"google/protobuf/any.proto\";\n\
        message M { int32 s = 1; int32 n = 2; oneof p { int32 q = 6; int32 r = 7; } string other = 5; google.protobuf.Any a = 4; }\n\
        enum E { E_UNSPECIFIED = 0; }\n service S { rpc Get(M) returns (stream M); }";

    fn descriptors(text: &str) -> Descriptors {
        let (descriptors, faults) =
            Descriptors::compile(&Sources::from([("a/v1/a.proto".to_owned(), text.into())]));
        assert!(faults.is_empty(), "{faults:?}");
        descriptors
    }

    #[test]
    fn reads_back_what_it_wrote() {
        let new = descriptors(NEW);
        let released = ["0.9.0", "1.0.0"].map(|version| Released {
            version: version.parse().unwrap(),
            descriptors: descriptors(OLD),
        });
        let mut judgement = Gate::check().judge(&new, &released);
        prove(&new, &released, &mut judgement.findings);
        assert!(judgement.findings.len() > 8 && judgement.changes.len() > 8, "{judgement:?}");
        let proven = judgement.findings.iter().filter(|finding| finding.proof.is_some()).count();
        assert!(proven > 4, "{judgement:?}");
        assert_eq!(judgement.apart.len(), 1, "{judgement:?}");
        let restored = Judgement::restore(&judgement.store()).unwrap();
        assert_eq!(restored.findings, judgement.findings);
        assert_eq!(restored.changes, judgement.changes);
        assert_eq!(format!("{restored:?}"), format!("{judgement:?}"));
    }

    #[test]
    fn other_bytes_are_no_judgement() {
        let stored = Gate::check().judge(&descriptors(NEW), &[]).store();
        for bytes in [&b""[..], b"{}", b"null", &stored[..stored.len() - 1], &[stored[0]; 3]] {
            assert!(Judgement::restore(bytes).is_none());
        }
    }
}
