//! Lists every difference between two paired versions, whether or not a rule forbids it.

mod options;

use treaty_compiler::descriptor::{Kind, Options};
use treaty_compiler::wire::Value;
use treaty_compiler::{Features, JsonFormat, Utf8Validation};

use crate::constraints::{self, Difference};
use crate::pairing::{Matched, Pairing, Part, Parts};
use crate::roles::Roles;
use crate::schema::{
    Cardinality, Default, Enum, EnumNumber, Field, Message, Method, Oneof, Reserved, Schema,
    SourceFile, missing,
};
use crate::{Change, ChangeKind, Subject, twins};
pub(crate) use options::changed as changed_options;

/// The changes, by what they are about.
pub(crate) fn changes(pairing: &Pairing<'_>, roles: &Roles<'_>) -> Vec<Change> {
    let mut list = List { pairing, roles, changes: Vec::new() };
    packages_and_files(pairing, &mut list);
    types(pairing, &mut list);
    fields(&pairing.fields, &mut list);
    extensions(&pairing.extensions, &mut list);
    oneofs(&pairing.oneofs, &mut list);
    values(pairing, &mut list);
    services(pairing, &mut list);
    options::changes(pairing, &mut list);
    list.changes.sort_by(|a, b| (&a.subject, a.kind).cmp(&(&b.subject, b.kind)));
    list.changes.dedup();
    list.changes
}

struct List<'a> {
    pairing: &'a Pairing<'a>,
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
    let rewritten = twins::rewritten(pairing);
    for (old, new) in &pairing.files.both {
        let of = || old.subject();
        list.when(old.package != new.package, ChangeKind::FilePackageChanged, of, old.name);
        list.when(generates_otherwise(old, new), ChangeKind::FileOptionChanged, of, old.name);
        if let Some(same) = rewritten.get(old.name) {
            let kind = if *same { ChangeKind::SyntaxRewritten } else { ChangeKind::SyntaxChanged };
            list.add(kind, of(), old.name);
        }
    }
}

/// The file options that say what is generated where.
const GENERATION: [u32; 16] = [1, 8, 9, 10, 11, 16, 17, 18, 31, 36, 37, 39, 40, 41, 44, 45];

fn generates_otherwise(old: &SourceFile<'_>, new: &SourceFile<'_>) -> bool {
    let (old, new) = (old.options(), new.options());
    let of = |options: Option<&'_ Options>, number| {
        options.and_then(|one| one.get(number).map(value_key))
    };
    (old.is_some() || new.is_some())
        && GENERATION.iter().any(|&number| of(old, number) != of(new, number))
}

/// Numbers and texts, so that options of two versions can be compared.
fn value_key(value: Value<'_>) -> (Option<i32>, Option<Vec<u8>>) {
    (value.int32(), value.bytes().map(<[u8]>::to_vec))
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
    constraints(constraints::of_message(old, new), of, file, list);
    list.when(file != new.place.file, ChangeKind::Moved, of, file);
    list.reservation(&old.reserved, &new.reserved, of, file);
    let relaxed = relaxed(old.features, new.features);
    list.when(relaxed, ChangeKind::JsonFormatRelaxed, of, file);
    let ranges = |message: &Message<'_>| -> Vec<_> {
        let ranges = message.proto.extension_ranges.iter();
        ranges.map(|range| (range.start, range.end.saturating_sub(1))).collect()
    };
    let accessor =
        |message: &Message<'_>| message.proto.options.as_ref().is_some_and(|one| one.flag(2));
    let other = accessor(old) != accessor(new);
    list.when(other, ChangeKind::GeneratedTypeChanged, of, file);
    let is_set =
        |message: &Message<'_>| message.proto.options.as_ref().is_some_and(|one| one.flag(1));
    list.when(is_set(old) != is_set(new), ChangeKind::MessageSetChanged, of, file);
    let closed =
        !old.proto.extension_ranges.is_empty() && !missing(&ranges(old), &ranges(new)).is_empty();
    list.when(closed, ChangeKind::ExtensionsClosed, of, file);
    list.deprecation(old.deprecated, new.deprecated, of, file);
}

fn relaxed(old: Features, new: Features) -> bool {
    (old.json_format, new.json_format) == (JsonFormat::Allow, JsonFormat::LegacyBestEffort)
}

fn enumeration(old: &Enum<'_>, new: &Enum<'_>, list: &mut List<'_>) {
    let (of, file) = (|| old.subject(), old.place.file);
    list.when(file != new.place.file, ChangeKind::Moved, of, file);
    list.when(old.closed && !new.closed, ChangeKind::EnumOpened, of, file);
    list.when(!old.closed && new.closed, ChangeKind::EnumClosed, of, file);
    let relaxed = relaxed(old.features, new.features);
    list.when(relaxed, ChangeKind::JsonFormatRelaxed, of, file);
    list.reservation(&old.reserved, &new.reserved, of, file);
    list.deprecation(old.deprecated, new.deprecated, of, file);
}

fn fields(parts: &Parts<'_, Message<'_>, Field<'_>>, list: &mut List<'_>) {
    for Part { old, new, part: field } in &parts.deleted {
        let reserved = &new.reserved;
        let guarded = reserved.has_number(field.number) && reserved.has_name(field.name);
        let survives = |oneof: &str| new.oneofs.iter().any(|known| known.name == oneof);
        let kind = match field.oneof {
            _ if !guarded => ChangeKind::FieldDeleted,
            Some(oneof) if survives(oneof) => ChangeKind::OneofMemberDeleted,
            _ => ChangeKind::ReservedFieldDeleted,
        };
        list.add(kind, field.subject(), old.place.file);
    }
    for Part { old, part: field, .. } in &parts.added {
        let reused = old.fields.iter().any(|known| known.name == field.name);
        list.when(reused, ChangeKind::NameReused, || field.subject(), field.place.file);
        let joins = |oneof: &str| old.oneofs.iter().any(|known| known.name == oneof);
        let kind = match field.oneof {
            _ if field.cardinality == Cardinality::Required => ChangeKind::RequiredFieldAdded,
            Some(oneof) if joins(oneof) => ChangeKind::OneofMemberAdded,
            _ => ChangeKind::FieldAdded,
        };
        list.add(kind, field.subject(), field.place.file);
        let needed = constraints::of_added(field).into_iter().collect();
        constraints(needed, || field.subject(), field.place.file, list);
    }
    for (old, new) in &parts.both {
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
        let moved = old.place.file != new.place.file;
        list.when(moved, ChangeKind::Moved, || new.subject(), old.place.file);
        field(old, new, list);
    }
}

fn field(old: &Field<'_>, new: &Field<'_>, list: &mut List<'_>) {
    let (of, file) = (|| new.subject(), old.place.file);
    let renamed = old.name != new.name || old.proto.full_name != new.proto.full_name;
    list.when(renamed, ChangeKind::FieldRenamed, of, file);
    list.when(name_in_json(old) != name_in_json(new), ChangeKind::JsonNameChanged, of, file);
    if old.kind != new.kind || old.type_name != new.type_name {
        list.add(retyping(list.pairing, old, new), of(), file);
    }
    if old.oneof != new.oneof {
        let alone = twins::is_alone_in_new_oneof(list.pairing, old, new);
        let kind = if alone { ChangeKind::JoinedNewOneof } else { ChangeKind::FieldChangedOneof };
        list.add(kind, of(), file);
    }
    reading(old, new, list);
    constraints(constraints::of_field(list.pairing, old, new), of, file, list);
    if old.cardinality != new.cardinality && !old.in_map_entry {
        let kind = match (old.cardinality, new.cardinality) {
            (Cardinality::Implicit, Cardinality::Explicit) => ChangeKind::PresenceGained,
            (Cardinality::Explicit, Cardinality::Implicit) => ChangeKind::PresenceLost,
            (Cardinality::Required, Cardinality::Explicit | Cardinality::Implicit) => {
                ChangeKind::RequiredRelaxed
            }
            (Cardinality::Explicit | Cardinality::Implicit, Cardinality::Required) => {
                ChangeKind::RequiredTightened
            }
            _ => ChangeKind::CardinalityChanged,
        };
        list.add(kind, of(), file);
    }
    list.deprecation(old.deprecated, new.deprecated, of, file);
}

fn name_in_json<'f>(field: &'f Field<'_>) -> &'f str {
    if field.is_extension() { field.full_name() } else { &field.json_name }
}

fn constraints(found: Vec<Difference>, of: impl Fn() -> Subject, file: &str, list: &mut List<'_>) {
    let tightened = found.iter().any(|one| one.tightened);
    let loosened = found.iter().any(|one| !one.tightened);
    list.when(tightened, ChangeKind::ConstraintTightened, &of, file);
    list.when(loosened, ChangeKind::ConstraintLoosened, &of, file);
}

/// What the same bytes are to readers: defaults, text, generated types.
fn reading(old: &Field<'_>, new: &Field<'_>, list: &mut List<'_>) {
    let (of, file) = (|| new.subject(), old.place.file);
    let default = Default::change((list.pairing.old, old), (list.pairing.new, new)).is_some();
    list.when(default, ChangeKind::DefaultChanged, of, file);
    let utf8 = |field: &Field<'_>| field.features.utf8_validation == Utf8Validation::Verify;
    if old.kind == Kind::String && new.kind == Kind::String {
        // Java has a switch of its own; one reader that refuses is enough.
        let java = |field: &Field<'_>| field.java_checks_utf8;
        let checks = |one: &Field<'_>, other: &Field<'_>| {
            !utf8(one) && utf8(other) || !java(one) && java(other)
        };
        list.when(checks(old, new), ChangeKind::Utf8Required, of, file);
        list.when(checks(new, old), ChangeKind::Utf8Relaxed, of, file);
    }
    let other =
        old.cpp_string != new.cpp_string && old.kind == new.kind || old.jstype() != new.jstype();
    list.when(other, ChangeKind::GeneratedTypeChanged, of, file);
}

fn retyping(pairing: &Pairing<'_>, old: &Field<'_>, new: &Field<'_>) -> ChangeKind {
    let widens = |from, to| {
        matches!(
            (from, to),
            (Kind::Int32, Kind::Int64)
                | (Kind::Uint32, Kind::Uint64 | Kind::Int64)
                | (Kind::Sint32, Kind::Sint64)
        )
    };
    if old.kind == new.kind && twins::same_type((pairing.old, old), (pairing.new, new)) {
        ChangeKind::TwinTyped
    } else if widens(old.kind, new.kind) {
        ChangeKind::FieldWidened
    } else if widens(new.kind, old.kind) {
        ChangeKind::FieldNarrowed
    } else {
        ChangeKind::FieldRetyped
    }
}

fn oneofs(parts: &Parts<'_, Message<'_>, Oneof<'_>>, list: &mut List<'_>) {
    for Part { old, part, .. } in &parts.deleted {
        list.add(ChangeKind::OneofDeleted, part.subject(), old.place.file);
    }
    for Part { old, part, .. } in &parts.added {
        list.add(ChangeKind::OneofAdded, part.subject(), old.place.file);
    }
}

/// The name that JSON writes for a number: the first that is declared.
fn written<'d>(schema: &Schema<'d>, value: &EnumNumber<'_>) -> Option<&'d str> {
    let values = &schema.enumeration(value.of)?.proto.values;
    values.iter().find(|one| one.number == value.number).map(|one| &*one.name)
}

fn values(pairing: &Pairing<'_>, list: &mut List<'_>) {
    let parts = &pairing.values;
    for Part { old, new, part: value } in &parts.deleted {
        let reserved = &new.reserved;
        let guarded = reserved.has_number(value.number)
            && value.names.iter().all(|one| reserved.has_name(one.name));
        let kind = match guarded {
            true if new.closed => ChangeKind::ClosedValueDeleted,
            true => ChangeKind::ReservedValueDeleted,
            false => ChangeKind::ValueDeleted,
        };
        list.add(kind, value.subject(), old.place.file);
    }
    for Part { old, part: value, .. } in &parts.added {
        let kind = if old.closed { ChangeKind::ClosedValueAdded } else { ChangeKind::ValueAdded };
        list.add(kind, value.subject(), old.place.file);
        let known = |name: &str| old.numbers.iter().any(|number| number.has(name));
        let reused = value.names.iter().any(|one| known(one.name));
        list.when(reused, ChangeKind::NameReused, || value.subject(), old.place.file);
    }
    for (old, new) in &parts.both {
        let file = old.names.first().map_or("", |one| one.place.file);
        let lost = !new.has_all_of(old);
        let gained = !old.has_all_of(new);
        let of = || new.subject();
        list.when(lost, ChangeKind::ValueRenamed, of, file);
        if gained && !lost {
            let kind = match written(pairing.new, new).is_some_and(|name| old.has(name)) {
                true => ChangeKind::ValueAliasAdded,
                false => ChangeKind::ValueWrittenOtherwise,
            };
            list.add(kind, of(), file);
        }
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
    for Part { part, .. } in &pairing.methods.added {
        list.add(ChangeKind::MethodAdded, part.subject(), part.place.file);
    }
    for Part { part, .. } in &pairing.methods.deleted {
        list.add(ChangeKind::MethodDeleted, part.subject(), part.place.file);
    }
    pairing.methods.both.iter().for_each(|(old, new)| method(old, new, list));
}

fn method(old: &Method<'_>, new: &Method<'_>, list: &mut List<'_>) {
    let (of, file) = (|| old.subject(), old.place.file);
    let mut type_change = |old: &str, new: &str, otherwise| {
        if old != new {
            let twins = twins::same_message((list.pairing.old, old), (list.pairing.new, new));
            list.add(if twins { ChangeKind::TwinTyped } else { otherwise }, of(), file);
        }
    };
    type_change(old.input, new.input, ChangeKind::RequestTypeChanged);
    type_change(old.output, new.output, ChangeKind::ResponseTypeChanged);
    let streams = |method: &Method<'_>| (method.client_streaming, method.server_streaming);
    list.when(streams(old) != streams(new), ChangeKind::StreamingChanged, of, file);
    list.when(old.idempotency < new.idempotency, ChangeKind::IdempotencyRaised, of, file);
    list.when(old.idempotency > new.idempotency, ChangeKind::IdempotencyLowered, of, file);
    list.deprecation(old.deprecated, new.deprecated, of, file);
}
