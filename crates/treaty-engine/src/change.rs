//! What a change does to readers of each age, and what follows for the rollout.
//!
//! The table below is the only place that decides; roles and verdicts are computed from it. Requests
//! go from clients to servers and responses back, so "old to new" in a request is an old client at a
//! new server, and in a response an old server at a new client. — *Does not* know rules: they decide
//! what stops the gate. — *Holds*: a change that both directions misread is breaking for every role.
//! A new reader was written for data without what came later, an old one counts on what went away:
//! that is why a field that is missing is misread in one direction only.

use serde::{Deserialize, Serialize};

use crate::{Bump, Role, Subject, Verdict};

/// What a reader of one age makes of what a writer of the other age wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// It reads what was written.
    Kept,
    /// It skips what it does not know. That is harmless to a client, which never asked for it, and
    /// harmful at a server, which does less than it was asked to.
    Ignored,
    /// It refuses it, or reads something else.
    Misread,
}

/// One difference between two versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What happened.
    pub kind: ChangeKind,
    /// To what.
    pub subject: Subject,
    /// Who reads it; none for what is not part of a message.
    pub role: Option<Role>,
    /// What a new reader makes of old data.
    pub old_to_new: Effect,
    /// What an old reader makes of new data.
    pub new_to_old: Effect,
    /// What that means for the rollout.
    pub verdict: Verdict,
    /// Why, in one line.
    pub reason: &'static str,
    /// The file in the old version, or in the new one for an addition.
    pub file: String,
}

impl Change {
    pub(crate) fn new(kind: ChangeKind, subject: Subject, role: Option<Role>, file: &str) -> Self {
        let (old_to_new, new_to_old, reason) = kind.row();
        let verdict = verdict(old_to_new, new_to_old, role);
        Self { kind, subject, role, old_to_new, new_to_old, verdict, reason, file: file.to_owned() }
    }

    /// What it would mean for the rollout if what it is about had that role.
    #[must_use]
    pub fn verdict_in(&self, role: Role) -> Verdict {
        verdict(self.old_to_new, self.new_to_old, Some(role))
    }
}

macro_rules! table {
    ($($kind:ident: $old_to_new:ident, $new_to_old:ident, $reason:literal;)*) => {
        /// What happened to an element.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(rename_all = "snake_case")]
        pub enum ChangeKind {
            $(#[doc = $reason] $kind,)*
        }

        impl ChangeKind {
            fn row(self) -> (Effect, Effect, &'static str) {
                match self {
                    $(Self::$kind => (Effect::$old_to_new, Effect::$new_to_old, $reason),)*
                }
            }
        }
    };
}

table! {
    // What happened: old data at a new reader, new data at an old reader, why.
    PackageAdded:          Kept,    Kept,    "nobody uses it yet";
    FileAdded:             Kept,    Kept,    "the wire knows no files";
    MessageAdded:          Kept,    Kept,    "nobody uses it yet";
    EnumAdded:             Kept,    Kept,    "nobody uses it yet";
    OneofAdded:            Kept,    Kept,    "a oneof is nothing but its fields";
    ServiceAdded:          Kept,    Misread, "an old server answers UNIMPLEMENTED";
    MethodAdded:           Kept,    Misread, "an old server answers UNIMPLEMENTED";
    FieldAdded:            Kept,    Ignored, "an old reader skips the field";
    OneofMemberAdded:      Kept,    Misread, "an old reader sees the oneof as not set";
    RequiredFieldAdded:    Misread, Ignored, "a new reader refuses a message without the field";
    ValueAdded:            Kept,    Ignored, "an old reader keeps the number but cannot name it";
    ClosedValueAdded:      Kept,    Misread, "an old reader of a closed enum reads the default instead";
    ValueAliasAdded:       Kept,    Ignored, "the number is the same; old JSON readers lack the name";
    ValueWrittenOtherwise: Kept,    Misread, "the number is the same; JSON writes a name that an old reader does not know";
    ReservedAdded:         Kept,    Kept,    "it only forbids future use";
    ReservedDeleted:       Kept,    Kept,    "nothing changes yet, but the number may now come to mean something else";
    Deprecated:            Kept,    Kept,    "it works as before";
    Undeprecated:          Kept,    Kept,    "it works as before";
    Moved:                 Kept,    Kept,    "the wire knows no files; generated code is found elsewhere";
    FileDeleted:           Kept,    Kept,    "the wire knows no files; what was in it is judged by itself";
    PresenceGained:        Kept,    Kept,    "same bytes; unset and zero were one before";
    IdempotencyRaised:     Kept,    Misread, "a new client repeats calls that an old server does twice";
    IdempotencyLowered:    Misread, Kept,    "an old client repeats calls that a new server does twice";
    ReservedFieldDeleted:  Ignored, Misread, "old data is skipped, and an old reader finds the default";
    OneofMemberDeleted:    Misread, Misread, "a new reader sees the oneof as not set, and an old reader finds the default";
    ReservedValueDeleted:  Ignored, Kept,    "a new reader keeps the number but cannot name it";
    ClosedValueDeleted:    Misread, Kept,    "a new reader of a closed enum reads the default instead";
    FieldDeleted:          Misread, Misread, "the number is free to come back as something else";
    ValueDeleted:          Misread, Misread, "the number is free to come back as something else";
    NameReused:            Misread, Misread, "JSON that meant the other one is read as this one";
    FieldRenamed:          Kept,    Kept,    "only generated code knows fields by this name";
    JsonNameChanged:       Misread, Misread, "JSON knows fields by this name";
    ValueRenamed:          Misread, Misread, "JSON and generated code know values by name";
    FieldRetyped:          Misread, Misread, "the same bytes mean something else, or nothing";
    CardinalityChanged:    Misread, Misread, "one reader takes the last of many, or refuses none";
    PresenceLost:          Misread, Misread, "an explicit zero can no longer be told from unset";
    FieldChangedOneof:     Misread, Misread, "setting one member of a oneof clears the others";
    OneofDeleted:          Misread, Misread, "members that excluded each other no longer do";
    EnumOpened:            Kept,    Misread, "an old reader drops numbers that the open enum may hold";
    EnumClosed:            Misread, Kept,    "a new reader drops numbers that the open enum could hold";
    RequiredRelaxed:       Kept,    Misread, "an old reader refuses a message without the field";
    RequiredTightened:     Misread, Kept,    "a new reader refuses a message without the field";
    MessageDeleted:        Misread, Misread, "nobody can read what still is written, or stored";
    EnumDeleted:           Misread, Misread, "nobody can read what still is written, or stored";
    ServiceDeleted:        Misread, Kept,    "an old client gets UNIMPLEMENTED";
    MethodDeleted:         Misread, Kept,    "an old client gets UNIMPLEMENTED";
    RequestTypeChanged:    Misread, Misread, "a server reads another message than was sent";
    MessageSetChanged:     Misread, Misread, "a message set writes its extensions otherwise";
    ResponseTypeChanged:   Misread, Misread, "a client reads another message than was sent";
    StreamingChanged:      Misread, Misread, "one side waits for messages that the other never sends";
    PackageDeleted:        Misread, Misread, "its methods answer UNIMPLEMENTED, its types have no reader";
    FileOptionChanged:     Kept,    Kept,    "only generated code changes";
    OptionChanged:         Kept,    Kept,    "the bytes are the same; whoever goes by the option may do otherwise";
    GeneratedTypeChanged:  Kept,    Kept,    "the bytes are the same; only generated code changes";
    SyntaxRewritten:       Kept,    Kept,    "every element means the same in the other syntax";
    JsonFormatRelaxed:     Kept,    Kept,    "nothing changes yet, but names may now clash in JSON";
    ExtensionsClosed:      Kept,    Kept,    "nothing changes yet, but the number may now come to mean something else";
    TwinTyped:             Kept,    Kept,    "the other type has the same fields: same bytes, same JSON";
    JoinedNewOneof:        Kept,    Kept,    "the only field that old data can hold of the new oneof";
    FieldWidened:          Kept,    Misread, "an old reader cuts a number that is too large for it";
    FieldNarrowed:         Misread, Kept,    "a new reader cuts a number that is too large for it";
    Utf8Required:          Misread, Kept,    "a new reader refuses text that is not UTF-8";
    Utf8Relaxed:           Kept,    Misread, "an old reader refuses text that is not UTF-8";
    ConstraintTightened:   Misread, Kept,    "a new reader refuses what old writers may send";
    ConstraintLoosened:    Kept,    Misread, "an old reader refuses what new writers may send";
    DefaultChanged:        Misread, Misread, "a field that is not set reads as another value";
    FilePackageChanged:    Misread, Misread, "every full name in the file is another one";
    SyntaxChanged:         Misread, Misread, "presence, packing and closed enums follow the syntax";
}

impl ChangeKind {
    /// The release that it asks for where no rule forbids it.
    #[must_use]
    pub fn bump(self) -> Bump {
        match self {
            Self::ReservedAdded
            | Self::Undeprecated
            | Self::FileAdded
            | Self::FileOptionChanged
            | Self::OptionChanged
            | Self::SyntaxRewritten => Bump::Patch,
            _ => Bump::Minor,
        }
    }
}

/// Who has to go first so that no reader that matters meets what it misreads.
fn verdict(old_to_new: Effect, new_to_old: Effect, role: Option<Role>) -> Verdict {
    let at_server = |effect| effect != Effect::Kept;
    let at_client = |effect| effect == Effect::Misread;
    let when = |condition, verdict| if condition { verdict } else { Verdict::Safe };
    let request = when(at_server(new_to_old), Verdict::ServersFirst)
        .join(when(at_server(old_to_new), Verdict::ClientsFirst));
    let response = when(at_client(new_to_old), Verdict::ClientsFirst)
        .join(when(at_client(old_to_new), Verdict::ServersFirst));
    match role {
        None | Some(Role::Request) => request,
        Some(Role::Response) => response,
        Some(Role::Both) => request.join(response),
        // Readers are clients of the record; what was written once stays as it is.
        Some(Role::Stored) => when(at_client(new_to_old), Verdict::ClientsFirst)
            .join(when(at_client(old_to_new), Verdict::Breaking)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdicts(kind: ChangeKind) -> [Verdict; 4] {
        let (old_to_new, new_to_old, _) = kind.row();
        [Role::Request, Role::Response, Role::Both, Role::Stored]
            .map(|role| verdict(old_to_new, new_to_old, Some(role)))
    }

    #[test]
    fn follows_the_direction() {
        use Verdict::{Breaking, ClientsFirst, Safe, ServersFirst};
        assert_eq!(verdicts(ChangeKind::FieldAdded), [ServersFirst, Safe, ServersFirst, Safe]);
        assert_eq!(verdicts(ChangeKind::ValueAdded), [ServersFirst, Safe, ServersFirst, Safe]);
        assert_eq!(
            verdicts(ChangeKind::ClosedValueAdded),
            [ServersFirst, ClientsFirst, Breaking, ClientsFirst]
        );
        assert_eq!(
            verdicts(ChangeKind::ReservedFieldDeleted),
            [Breaking, ClientsFirst, Breaking, ClientsFirst]
        );
        assert_eq!(
            verdicts(ChangeKind::RequiredFieldAdded),
            [Breaking, ServersFirst, Breaking, Breaking]
        );
        assert_eq!(verdicts(ChangeKind::FieldRetyped), [Breaking; 4]);
        assert_eq!(verdicts(ChangeKind::Deprecated), [Safe; 4]);
    }

    #[test]
    fn a_value_that_went_away_mirrors_one_that_came() {
        use Verdict::{Breaking, ClientsFirst, Safe, ServersFirst};
        assert_eq!(
            verdicts(ChangeKind::ReservedValueDeleted),
            [ClientsFirst, Safe, ClientsFirst, Safe]
        );
        assert_eq!(
            verdicts(ChangeKind::ClosedValueDeleted),
            [ClientsFirst, ServersFirst, Breaking, Breaking]
        );
    }

    #[test]
    fn a_method_needs_its_server() {
        let of = |kind: ChangeKind| {
            let (old_to_new, new_to_old, _) = kind.row();
            verdict(old_to_new, new_to_old, None)
        };
        assert_eq!(of(ChangeKind::MethodAdded), Verdict::ServersFirst);
        assert_eq!(of(ChangeKind::MethodDeleted), Verdict::ClientsFirst);
        assert_eq!(of(ChangeKind::ServiceDeleted), Verdict::ClientsFirst);
    }
}
