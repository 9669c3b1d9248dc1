//! Lists every difference between two paired versions, whether or not a rule forbids it.

use crate::pairing::{Matched, Pairing, Parts};
use crate::roles::Roles;
use crate::schema::{Cardinality, Enum, EnumNumber, Field, Message, Method, Oneof, Service};
use crate::{Change, ChangeKind, Subject};

/// The changes, by what they are about.
pub(crate) fn changes(pairing: &Pairing<'_>, roles: &Roles) -> Vec<Change> {
    let mut list = List { roles, changes: Vec::new() };
    packages_and_files(pairing, &mut list);
    types(pairing, &mut list);
    pairing.fields.iter().for_each(|parts| fields(parts, &mut list));
    pairing.oneofs.iter().for_each(|parts| oneofs(parts, &mut list));
    pairing.values.iter().for_each(|parts| values(parts, &mut list));
    services(pairing, &mut list);
    list.changes.sort_by(|a, b| (&a.subject, a.kind).cmp(&(&b.subject, b.kind)));
    list.changes
}

struct List<'a> {
    roles: &'a Roles,
    changes: Vec<Change>,
}

impl List<'_> {
    fn add(&mut self, kind: ChangeKind, subject: Subject, file: &str) {
        let role = subject.type_name().map(|name| self.roles.of(name));
        self.changes.push(Change::new(kind, subject, role, file));
    }

    fn when(&mut self, happened: bool, kind: ChangeKind, subject: Subject, file: &str) {
        if happened {
            self.add(kind, subject, file);
        }
    }

    fn deprecation(&mut self, old: bool, new: bool, subject: Subject, file: &str) {
        self.when(!old && new, ChangeKind::Deprecated, subject.clone(), file);
        self.when(old && !new, ChangeKind::Undeprecated, subject, file);
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
        list.add(ChangeKind::FileAdded, Subject::File(file.name.clone()), &file.name);
    }
    for file in &pairing.files.deleted {
        list.add(ChangeKind::FileDeleted, Subject::File(file.name.clone()), &file.name);
    }
    for (old, new) in &pairing.files.both {
        let subject = || Subject::File(old.name.clone());
        let package = old.package != new.package;
        list.when(package, ChangeKind::FilePackageChanged, subject(), &old.name);
        list.when(old.syntax != new.syntax, ChangeKind::SyntaxChanged, subject(), &old.name);
    }
}

fn types(pairing: &Pairing<'_>, list: &mut List<'_>) {
    let written = |messages: &[&Message]| -> Vec<_> {
        messages.iter().filter(|one| !one.map_entry).map(|one| message_and_file(one)).collect()
    };
    for (subject, file) in written(&pairing.messages.added) {
        list.add(ChangeKind::MessageAdded, subject, &file);
    }
    for (subject, file) in written(&pairing.messages.deleted) {
        list.add(ChangeKind::MessageDeleted, subject, &file);
    }
    for (old, new) in &pairing.messages.both {
        let (subject, file) = message_and_file(old);
        list.when(old.place.file != new.place.file, ChangeKind::Moved, subject.clone(), &file);
        let (fewer, more) = reserved(&old.reserved, &new.reserved);
        list.when(fewer, ChangeKind::ReservedDeleted, subject.clone(), &file);
        list.when(more, ChangeKind::ReservedAdded, subject.clone(), &file);
        list.deprecation(old.deprecated, new.deprecated, subject, &file);
    }
    for one in &pairing.enums.added {
        list.add(ChangeKind::EnumAdded, Subject::Enum(one.full_name.clone()), &one.place.file);
    }
    for one in &pairing.enums.deleted {
        list.add(ChangeKind::EnumDeleted, Subject::Enum(one.full_name.clone()), &one.place.file);
    }
    for (old, new) in &pairing.enums.both {
        enumeration(old, new, list);
    }
}

fn message_and_file(message: &Message) -> (Subject, String) {
    (Subject::Message(message.full_name.clone()), message.place.file.clone())
}

fn enumeration(old: &Enum, new: &Enum, list: &mut List<'_>) {
    let (subject, file) = (|| Subject::Enum(old.full_name.clone()), &old.place.file);
    list.when(*file != new.place.file, ChangeKind::Moved, subject(), file);
    list.when(old.closed != new.closed, ChangeKind::EnumTypeChanged, subject(), file);
    let (fewer, more) = reserved(&old.reserved, &new.reserved);
    list.when(fewer, ChangeKind::ReservedDeleted, subject(), file);
    list.when(more, ChangeKind::ReservedAdded, subject(), file);
    list.deprecation(old.deprecated, new.deprecated, subject(), file);
}

fn reserved(old: &crate::schema::Reserved, new: &crate::schema::Reserved) -> (bool, bool) {
    let lacks = |one: &crate::schema::Reserved, other: &crate::schema::Reserved| {
        !other.missing(one).is_empty() || !one.names.is_subset(&other.names)
    };
    (lacks(old, new), lacks(new, old))
}

fn fields(parts: &Parts<'_, Message, Field>, list: &mut List<'_>) {
    let file = &parts.old.place.file;
    for field in &parts.parts.deleted {
        let reserved = &parts.new.reserved;
        let guarded = reserved.has_number(field.number) && reserved.has_name(&field.name);
        let kind =
            if guarded { ChangeKind::ReservedFieldDeleted } else { ChangeKind::FieldDeleted };
        list.add(kind, field.subject(), file);
    }
    for field in &parts.parts.added {
        let joins = |oneof: &String| parts.old.oneofs.iter().any(|known| known.name == *oneof);
        let kind = match &field.oneof {
            _ if field.cardinality == Cardinality::Required => ChangeKind::RequiredFieldAdded,
            Some(oneof) if joins(oneof) => ChangeKind::OneofMemberAdded,
            _ => ChangeKind::FieldAdded,
        };
        list.add(kind, field.subject(), &field.place.file);
    }
    for (old, new) in &parts.parts.both {
        field(old, new, list);
    }
}

fn field(old: &Field, new: &Field, list: &mut List<'_>) {
    let (subject, file) = (|| new.subject(), &old.place.file);
    list.when(old.name != new.name, ChangeKind::FieldRenamed, subject(), file);
    list.when(old.json_name != new.json_name, ChangeKind::JsonNameChanged, subject(), file);
    let retyped = old.kind != new.kind || old.type_name != new.type_name;
    list.when(retyped, ChangeKind::FieldRetyped, subject(), file);
    list.when(old.oneof != new.oneof, ChangeKind::FieldChangedOneof, subject(), file);
    if old.cardinality != new.cardinality && !old.in_map_entry {
        let kind = match (old.cardinality, new.cardinality) {
            (Cardinality::Implicit, Cardinality::Explicit) => ChangeKind::PresenceGained,
            (Cardinality::Explicit, Cardinality::Implicit) => ChangeKind::PresenceLost,
            _ => ChangeKind::CardinalityChanged,
        };
        list.add(kind, subject(), file);
    }
    list.deprecation(old.deprecated, new.deprecated, subject(), file);
}

fn oneofs(parts: &Parts<'_, Message, Oneof>, list: &mut List<'_>) {
    let file = &parts.old.place.file;
    for oneof in &parts.parts.deleted {
        list.add(ChangeKind::OneofDeleted, oneof.subject(), file);
    }
    for oneof in &parts.parts.added {
        list.add(ChangeKind::OneofAdded, oneof.subject(), file);
    }
}

fn values(parts: &Parts<'_, Enum, EnumNumber>, list: &mut List<'_>) {
    let file = &parts.old.place.file;
    for value in &parts.parts.deleted {
        let reserved = &parts.new.reserved;
        let guarded = reserved.has_number(value.number)
            && value.names.keys().all(|name| reserved.has_name(name));
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
        let lost = old.names.keys().any(|name| !new.names.contains_key(name));
        let gained = new.names.keys().any(|name| !old.names.contains_key(name));
        list.when(lost, ChangeKind::ValueRenamed, new.subject(), file);
        list.when(gained && !lost, ChangeKind::ValueAliasAdded, new.subject(), file);
        list.deprecation(old.deprecated, new.deprecated, new.subject(), file);
    }
}

fn services(pairing: &Pairing<'_>, list: &mut List<'_>) {
    let Matched { both, deleted, added } = &pairing.services;
    let subject = |service: &Service| Subject::Service(service.full_name.clone());
    for service in added {
        list.add(ChangeKind::ServiceAdded, subject(service), &service.place.file);
    }
    for service in deleted {
        list.add(ChangeKind::ServiceDeleted, subject(service), &service.place.file);
    }
    for (old, new) in both {
        let file = &old.place.file;
        list.when(*file != new.place.file, ChangeKind::Moved, subject(old), file);
        list.deprecation(old.deprecated, new.deprecated, subject(old), file);
    }
    for parts in &pairing.methods {
        for method in &parts.parts.added {
            list.add(ChangeKind::MethodAdded, method.subject(), &method.place.file);
        }
        for method in &parts.parts.deleted {
            list.add(ChangeKind::MethodDeleted, method.subject(), &method.place.file);
        }
    }
    pairing.method_pairs().for_each(|(old, new)| method(old, new, list));
}

fn method(old: &Method, new: &Method, list: &mut List<'_>) {
    let (subject, file) = (|| old.subject(), &old.place.file);
    list.when(old.input != new.input, ChangeKind::RequestTypeChanged, subject(), file);
    list.when(old.output != new.output, ChangeKind::ResponseTypeChanged, subject(), file);
    let streams = |method: &Method| (method.client_streaming, method.server_streaming);
    list.when(streams(old) != streams(new), ChangeKind::StreamingChanged, subject(), file);
    let raised = old.idempotency < new.idempotency;
    list.when(raised, ChangeKind::IdempotencyRaised, subject(), file);
    let lowered = old.idempotency > new.idempotency;
    list.when(lowered, ChangeKind::IdempotencyLowered, subject(), file);
    list.deprecation(old.deprecated, new.deprecated, subject(), file);
}
