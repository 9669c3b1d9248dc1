//! Which types and cardinalities read each other's bytes, and each other's JSON. — *Source*: "Updating
//! a message type" and "ProtoJSON" in the protobuf documentation, as buf draws the groups.

use treaty_compiler::descriptor::Kind;

use crate::schema::{Cardinality, Enum, Field, Schema};

/// Kinds of one group read each other's bytes, if the value fits.
pub(crate) fn wire_group(kind: Kind) -> Kind {
    match kind {
        Kind::Int32 | Kind::Int64 | Kind::Uint32 | Kind::Uint64 | Kind::Bool => Kind::Int32,
        Kind::Sint32 | Kind::Sint64 => Kind::Sint32,
        Kind::Fixed32 | Kind::Sfixed32 => Kind::Fixed32,
        Kind::Fixed64 | Kind::Sfixed64 => Kind::Fixed64,
        other => other,
    }
}

/// Kinds of one group read each other's bytes and JSON, if the value fits.
pub(crate) fn wire_json_group(kind: Kind) -> Kind {
    match kind {
        Kind::Int32 | Kind::Uint32 => Kind::Int32,
        Kind::Int64 | Kind::Uint64 => Kind::Int64,
        Kind::Fixed32 | Kind::Sfixed32 => Kind::Fixed32,
        Kind::Fixed64 | Kind::Sfixed64 => Kind::Fixed64,
        other => other,
    }
}

/// Cardinalities of one group have the same bytes.
pub(crate) fn wire_cardinality(cardinality: Cardinality) -> Cardinality {
    match cardinality {
        Cardinality::Explicit | Cardinality::Implicit => Cardinality::Explicit,
        Cardinality::Repeated | Cardinality::Map => Cardinality::Repeated,
        Cardinality::Required => Cardinality::Required,
    }
}

/// Cardinalities of one group have the same bytes and JSON.
pub(crate) fn wire_json_cardinality(cardinality: Cardinality) -> Cardinality {
    match cardinality {
        Cardinality::Explicit | Cardinality::Implicit => Cardinality::Explicit,
        other => other,
    }
}

/// Whether a field of a named type still reads what the old one wrote: never for another message,
/// for another enum if it has the same short name and all the old values.
pub(crate) fn same_named_type(
    (old_schema, old): (&Schema<'_>, &Field<'_>),
    (new_schema, new): (&Schema<'_>, &Field<'_>),
) -> bool {
    if old.type_name == new.type_name || !new.kind.is_named() {
        return true;
    }
    let old = old.type_name.and_then(|name| old_schema.enumeration(name));
    let known = new.type_name.and_then(|name| new_schema.enumeration(name));
    match (new.kind, old, known) {
        (Kind::Enum, Some(old), Some(new)) => old.name == new.name && is_subset(old, new),
        _ => false,
    }
}

fn is_subset(old: &Enum<'_>, new: &Enum<'_>) -> bool {
    old.numbers.iter().all(|old| new.number(old.number).is_some_and(|new| new.has_all_of(old)))
}
