//! Lists every difference between two paired versions, whether or not a rule forbids it.

use crate::pairing::{Matched, Pairing, Parts};
use crate::roles::Roles;
use crate::schema::{
    Cardinality, Enum, EnumNumber, Field, Message, Method, Oneof, Reserved, missing,
};
use crate::{Change, ChangeKind, Subject};

/// The changes, by what they are about.
pub(crate) fn changes(pairing: &Pairing<'_>, roles: &Roles<'_>) -> Vec<Change> {
    let mut list = List { roles, changes: Vec::new() };
    packages_and_files(pairing, &mut list);
    types(pairing, &mut list);
    pairing.fields.iter().for_each(|parts| fields(parts, &mut list));
    extensions(&pairing.extensions, &mut list);
    pairing.oneofs.iter().for_each(|parts| oneofs(parts, &mut list));
    pairing.values.iter().for_each(|parts| values(parts, &mut list));
    services(pairing, &mut list);
    list.changes.sort_by(|a, b| (&a.subject, a.kind).cmp(&(&b.subject, b.kind)));
    list.changes
}

struct List<'a> {
    roles: &'a Roles<'a>,
    changes: Vec<Change>,
}

impl List<'_> {
    fn add(&mut self, kind: ChangeKind, subject: Subject, file: &str) {
        let role = subject.type_name().map(|name| self.roles.of(name));
        self.changes.push(Change::new(kind, subject, role, file));
    }

    /// The subject is only made where something happened: most elements are as they were.
    fn when(&mut self, happened: bool, kind: ChangeKind, of: impl FnOnce() -> Subject, file: &str) {
        if happened {
            self.add(kind, of(), file);
        }
    }

    fn deprecation(&mut self, old: bool, new: bool, of: impl Fn() -> Subject, file: &str) {
        self.when(!old && new, ChangeKind::Deprecated, &of, file);
        self.when(old && !new, ChangeKind::Undeprecated, &of, file);
    }

    fn reservation(
        &mut self,
        old: &Reserved<'_>,
        new: &Reserved<'_>,
        of: impl Fn() -> Subject,
        file: &str,
    ) {
        let lacks = |one: &Reserved<'_>, other: &Reserved<'_>| {
            !missing(&other.ranges, &one.ranges).is_empty() || !other.names.is_subset(&one.names)
        };
        self.when(lacks(new, old), ChangeKind::ReservedDeleted, &of, file);
        self.when(lacks(old, new), ChangeKind::ReservedAdded, &of, file);
    }
}

fn packages_and_files(pairing: &Pairing<'_>, list: &mut List<'_>) {
    let (old, new) = (pairing.old.packages(), pairing.new.packages());
    for package in new.difference(&old) {
        list.add(ChangeKind::PackageAdded, Subject::Package((*package).to_owned()), "");
    }
    for package in old.difference(&new) {
        list.add(ChangeKind::PackageDeleted, Subject::Package((*package).to_owned()), "");
    }
    for file in &pairing.files.added {
        list.add(ChangeKind::FileAdded, file.subject(), file.name);
    }
    for file in &pairing.files.deleted {
        list.add(ChangeKind::FileDeleted, file.subject(), file.name);
    }
    for (old, new) in &pairing.files.both {
        let of = || old.subject();
        list.when(old.package != new.package, ChangeKind::FilePackageChanged, of, old.name);
        list.when(old.syntax != new.syntax, ChangeKind::SyntaxChanged, of, old.name);
    }
}

fn types(pairing: &Pairing<'_>, list: &mut List<'_>) {
    for one in pairing.messages.added.iter().filter(|one| !one.map_entry) {
        list.add(ChangeKind::MessageAdded, one.subject(), one.place.file);
    }
    for one in pairing.messages.deleted.iter().filter(|one| !one.map_entry) {
        list.add(ChangeKind::MessageDeleted, one.subject(), one.place.file);
    }
    for (old, new) in &pairing.messages.both {
        message(old, new, list);
    }
    for one in &pairing.enums.added {
        list.add(ChangeKind::EnumAdded, one.subject(), one.place.file);
    }
    for one in &pairing.enums.deleted {
        list.add(ChangeKind::EnumDeleted, one.subject(), one.place.file);
    }
    for (old, new) in &pairing.enums.both {
        enumeration(old, new, list);
    }
}

fn message(old: &Message<'_>, new: &Message<'_>, list: &mut List<'_>) {
    let (of, file) = (|| old.subject(), old.place.file);
    list.when(file != new.place.file, ChangeKind::Moved, of, file);
    list.reservation(&old.reserved, &new.reserved, of, file);
    list.deprecation(old.deprecated, new.deprecated, of, file);
}

fn enumeration(old: &Enum<'_>, new: &Enum<'_>, list: &mut List<'_>) {
    let (of, file) = (|| old.subject(), old.place.file);
    list.when(file != new.place.file, ChangeKind::Moved, of, file);
    list.when(old.closed != new.closed, ChangeKind::EnumTypeChanged, of, file);
    list.reservation(&old.reserved, &new.reserved, of, file);
    list.deprecation(old.deprecated, new.deprecated, of, file);
}

fn fields(parts: &Parts<'_, Message<'_>, Field<'_>>, list: &mut List<'_>) {
    let file = parts.old.place.file;
    for field in &parts.parts.deleted {
        let reserved = &parts.new.reserved;
        let guarded = reserved.has_number(field.number) && reserved.has_name(field.name);
        let kind =
            if guarded { ChangeKind::ReservedFieldDeleted } else { ChangeKind::FieldDeleted };
        list.add(kind, field.subject(), file);
    }
    for field in &parts.parts.added {
        let joins = |oneof: &str| parts.old.oneofs.iter().any(|known| known.name == oneof);
        let kind = match field.oneof {
            _ if field.cardinality == Cardinality::Required => ChangeKind::RequiredFieldAdded,
            Some(oneof) if joins(oneof) => ChangeKind::OneofMemberAdded,
            _ => ChangeKind::FieldAdded,
        };
        list.add(kind, field.subject(), field.place.file);
    }
    for (old, new) in &parts.parts.both {
        field(old, new, list);
    }
}

fn extensions(extensions: &Matched<'_, Field<'_>>, list: &mut List<'_>) {
    for one in &extensions.deleted {
        list.add(ChangeKind::FieldDeleted, one.subject(), one.place.file);
    }
    for one in &extensions.added {
        list.add(ChangeKind::FieldAdded, one.subject(), one.place.file);
    }
    for (old, new) in &extensions.both {
        field(old, new, list);
    }
}

fn field(old: &Field<'_>, new: &Field<'_>, list: &mut List<'_>) {
    let (of, file) = (|| new.subject(), old.place.file);
    let renamed = old.name != new.name || old.proto.full_name != new.proto.full_name;
    list.when(renamed, ChangeKind::FieldRenamed, of, file);
    list.when(old.json_name != new.json_name, ChangeKind::JsonNameChanged, of, file);
    let retyped = old.kind != new.kind || old.type_name != new.type_name;
    list.when(retyped, ChangeKind::FieldRetyped, of, file);
    list.when(old.oneof != new.oneof, ChangeKind::FieldChangedOneof, of, file);
    if old.cardinality != new.cardinality && !old.in_map_entry {
        let kind = match (old.cardinality, new.cardinality) {
            (Cardinality::Implicit, Cardinality::Explicit) => ChangeKind::PresenceGained,
            (Cardinality::Explicit, Cardinality::Implicit) => ChangeKind::PresenceLost,
            _ => ChangeKind::CardinalityChanged,
        };
        list.add(kind, of(), file);
    }
    list.deprecation(old.deprecated, new.deprecated, of, file);
}

fn oneofs(parts: &Parts<'_, Message<'_>, Oneof<'_>>, list: &mut List<'_>) {
    let file = parts.old.place.file;
    for oneof in &parts.parts.deleted {
        list.add(ChangeKind::OneofDeleted, oneof.subject(), file);
    }
    for oneof in &parts.parts.added {
        list.add(ChangeKind::OneofAdded, oneof.subject(), file);
    }
}

fn values(parts: &Parts<'_, Enum<'_>, EnumNumber<'_>>, list: &mut List<'_>) {
    let file = parts.old.place.file;
    for value in &parts.parts.deleted {
        let reserved = &parts.new.reserved;
        let guarded = reserved.has_number(value.number)
            && value.names.iter().all(|one| reserved.has_name(one.name));
        let kind =
            if guarded { ChangeKind::ReservedValueDeleted } else { ChangeKind::ValueDeleted };
        list.add(kind, value.subject(), file);
    }
    let added =
        if parts.new.closed { ChangeKind::ClosedValueAdded } else { ChangeKind::ValueAdded };
    for value in &parts.parts.added {
        list.add(added, value.subject(), file);
    }
    for (old, new) in &parts.parts.both {
        let lost = !new.has_all_of(old);
        let gained = !old.has_all_of(new);
        let of = || new.subject();
        list.when(lost, ChangeKind::ValueRenamed, of, file);
        list.when(gained && !lost, ChangeKind::ValueAliasAdded, of, file);
        list.deprecation(old.deprecated, new.deprecated, of, file);
    }
}

fn services(pairing: &Pairing<'_>, list: &mut List<'_>) {
    let Matched { both, deleted, added } = &pairing.services;
    for service in added {
        list.add(ChangeKind::ServiceAdded, service.subject(), service.place.file);
    }
    for service in deleted {
        list.add(ChangeKind::ServiceDeleted, service.subject(), service.place.file);
    }
    for (old, new) in both {
        let (of, file) = (|| old.subject(), old.place.file);
        list.when(file != new.place.file, ChangeKind::Moved, of, file);
        list.deprecation(old.deprecated, new.deprecated, of, file);
    }
    for parts in &pairing.methods {
        for method in &parts.parts.added {
            list.add(ChangeKind::MethodAdded, method.subject(), method.place.file);
        }
        for method in &parts.parts.deleted {
            list.add(ChangeKind::MethodDeleted, method.subject(), method.place.file);
        }
    }
    pairing.method_pairs().for_each(|(old, new)| method(old, new, list));
}

fn method(old: &Method<'_>, new: &Method<'_>, list: &mut List<'_>) {
    let (of, file) = (|| old.subject(), old.place.file);
    list.when(old.input != new.input, ChangeKind::RequestTypeChanged, of, file);
    list.when(old.output != new.output, ChangeKind::ResponseTypeChanged, of, file);
    let streams = |method: &Method<'_>| (method.client_streaming, method.server_streaming);
    list.when(streams(old) != streams(new), ChangeKind::StreamingChanged, of, file);
    list.when(old.idempotency < new.idempotency, ChangeKind::IdempotencyRaised, of, file);
    list.when(old.idempotency > new.idempotency, ChangeKind::IdempotencyLowered, of, file);
    list.deprecation(old.deprecated, new.deprecated, of, file);
}
