//! Messages and what their fields hold.

use std::collections::BTreeMap;

use treaty_compiler::descriptor::Kind;
use treaty_compiler::pool::{Cardinality, FieldRef, MessageRef};

/// What a field holds.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs, reason = "each is the kind of that name")]
pub enum Value {
    Bool(bool),
    Int32(i32),
    Int64(i64),
    Uint32(u32),
    Uint64(u64),
    Float(f32),
    Double(f64),
    /// UTF-8 where the field verifies it.
    Text(Vec<u8>),
    Bytes(Vec<u8>),
    /// By number, which the enum need not have.
    Enum(i32),
    Message(Message),
    List(Vec<Value>),
    /// Keys in the order in which they came, once each.
    Map(Vec<(Value, Value)>),
}

/// The fields that are set.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Message {
    /// By number, extensions among them.
    pub fields: BTreeMap<u32, Value>,
    /// Fields that the type does not have, encoded, in the order in which they came.
    pub unknown: Vec<u8>,
}

impl Value {
    /// What one element of a field is where nothing is set.
    #[must_use]
    pub fn zero(kind: Kind, first_number: i32) -> Self {
        match kind {
            Kind::Double => Self::Double(0.0),
            Kind::Float => Self::Float(0.0),
            Kind::Int64 | Kind::Sfixed64 | Kind::Sint64 => Self::Int64(0),
            Kind::Uint64 | Kind::Fixed64 => Self::Uint64(0),
            Kind::Int32 | Kind::Sfixed32 | Kind::Sint32 => Self::Int32(0),
            Kind::Uint32 | Kind::Fixed32 => Self::Uint32(0),
            Kind::Bool => Self::Bool(false),
            Kind::String => Self::Text(Vec::new()),
            Kind::Bytes => Self::Bytes(Vec::new()),
            Kind::Enum => Self::Enum(first_number),
            Kind::Message | Kind::Group => Self::Message(Message::default()),
        }
    }

    /// What one element of the field is where nothing is set and no default is declared.
    #[must_use]
    pub fn zero_of(field: FieldRef<'_>) -> Self {
        let first = field.enum_type().map_or(0, |one| one.default_number());
        Self::zero(field.kind(), first)
    }

    /// Whether a field without presence leaves it out.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        match self {
            Self::Bool(truth) => !truth,
            Self::Int32(number) | Self::Enum(number) => *number == 0,
            Self::Int64(number) => *number == 0,
            Self::Uint32(number) => *number == 0,
            Self::Uint64(number) => *number == 0,
            // Minus zero is written.
            Self::Float(number) => number.to_bits() == 0,
            Self::Double(number) => number.to_bits() == 0,
            Self::Text(bytes) | Self::Bytes(bytes) => bytes.is_empty(),
            Self::List(list) => list.is_empty(),
            Self::Map(map) => map.is_empty(),
            Self::Message(_) => false,
        }
    }
}

impl Message {
    /// Sets a field: clears the other members of its oneof, and itself where zero is unset.
    pub fn set(&mut self, of: MessageRef<'_>, field: FieldRef<'_>, value: Value) {
        self.clear_oneof(of, field);
        let leaves_out_zero = field.cardinality() == Cardinality::Implicit || field.is_repeated();
        if leaves_out_zero && value.is_zero() {
            self.fields.remove(&field.number());
        } else {
            self.fields.insert(field.number(), value);
        }
    }

    /// Clears the other members of the field's oneof.
    pub(crate) fn clear_oneof(&mut self, of: MessageRef<'_>, field: FieldRef<'_>) {
        if let Some(oneof) = field.oneof() {
            let others = of.fields().filter(|one| one.oneof() == Some(oneof) && *one != field);
            others.for_each(|one| _ = self.fields.remove(&one.number()));
        }
    }

    /// The set fields in the order in which they are printed: as declared, then extensions by name.
    pub(crate) fn in_order<'a, 'p>(
        &'a self,
        of: MessageRef<'p>,
    ) -> impl Iterator<Item = (FieldRef<'p>, &'a Value)> {
        let mut extensions: Vec<_> = self
            .fields
            .iter()
            .filter(|(number, _)| of.field(**number).is_none())
            .filter_map(|(&number, value)| Some((of.field_or_extension(number)?, value)))
            .collect();
        extensions.sort_by(|(a, _), (b, _)| a.declared().full_name.cmp(&b.declared().full_name));
        let own = of.fields().filter_map(|field| Some((field, self.fields.get(&field.number())?)));
        own.chain(extensions)
    }
}
