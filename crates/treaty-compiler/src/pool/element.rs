//! Messages, enums and services as the pool hands them out: small handles that can be copied.

use super::{FieldRef, Pool, Slot, field};
use crate::Features;
use crate::descriptor::{Enum, EnumValue, File, Message, Service};
use crate::features::EnumType;
use crate::link::semantics;

/// A message of a pool.
#[derive(Clone, Copy)]
pub struct MessageRef<'p> {
    pub(super) pool: &'p Pool,
    pub(super) id: u32,
    declared: &'p Message,
}

/// An enum of a pool.
#[derive(Clone, Copy)]
pub struct EnumRef<'p> {
    pool: &'p Pool,
    id: u32,
    declared: &'p Enum,
}

/// A service of a pool.
#[derive(Clone, Copy)]
pub struct ServiceRef<'p> {
    pool: &'p Pool,
    at: Slot,
    declared: &'p Service,
}

macro_rules! debug_and_equality {
    ($($name:ident),*) => {$(
        impl std::fmt::Debug for $name<'_> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({})", stringify!($name), self.full_name())
            }
        }

        impl PartialEq for $name<'_> {
            fn eq(&self, other: &Self) -> bool {
                std::ptr::eq(self.declared, other.declared)
            }
        }

        impl Eq for $name<'_> {}
    )*};
}

debug_and_equality!(MessageRef, EnumRef, ServiceRef);

impl Pool {
    fn file_at(&self, at: Slot) -> &File {
        &self.files[at.file as usize]
    }

    pub(super) fn declared_message(&self, at: Slot) -> &Message {
        let siblings = match at.parent {
            Some(parent) => &self.declared_message(self.messages[parent as usize].at).messages,
            None => &self.file_at(at).messages,
        };
        &siblings[at.index as usize]
    }

    fn declared_enum(&self, at: Slot) -> &Enum {
        let siblings = match at.parent {
            Some(parent) => &self.declared_message(self.messages[parent as usize].at).enums,
            None => &self.file_at(at).enums,
        };
        &siblings[at.index as usize]
    }
}

impl<'p> MessageRef<'p> {
    pub(super) fn new(pool: &'p Pool, id: u32) -> Self {
        Self { pool, id, declared: pool.declared_message(pool.messages[id as usize].at) }
    }

    /// As it is declared.
    #[must_use]
    pub fn declared(self) -> &'p Message {
        self.declared
    }

    /// Where it can be looked further in.
    #[must_use]
    pub fn pool(self) -> &'p Pool {
        self.pool
    }

    /// Without a leading dot.
    #[must_use]
    pub fn full_name(self) -> &'p str {
        &self.declared.full_name
    }

    /// The file that declares it.
    #[must_use]
    pub fn file(self) -> &'p File {
        self.pool.file_at(self.slot().at)
    }

    /// Resolved.
    #[must_use]
    pub fn features(self) -> Features {
        self.slot().features
    }

    /// The entry of a map.
    #[must_use]
    pub fn is_map_entry(self) -> bool {
        semantics::is_map_entry(self.declared)
    }

    /// `option message_set_wire_format = true`.
    #[must_use]
    pub fn is_message_set(self) -> bool {
        semantics::is_message_set(self.declared)
    }

    /// The fields, in the order of the source.
    pub fn fields(self) -> impl ExactSizeIterator<Item = FieldRef<'p>> {
        let (pool, table) = (self.pool, self.table());
        let pairs = self.declared.fields.iter().zip(&table.fields);
        pairs.map(move |(declared, resolved)| FieldRef::new(pool, declared, resolved, Some(self)))
    }

    /// A field by its number; not an extension.
    #[must_use]
    pub fn field(self, number: u32) -> Option<FieldRef<'p>> {
        self.table().by_number(number).map(|index| self.field_at(index))
    }

    /// A field by its number, or the extension of that number.
    #[must_use]
    pub fn field_or_extension(self, number: u32) -> Option<FieldRef<'p>> {
        self.field(number).or_else(|| self.pool.extension_of(self.full_name(), number))
    }

    /// A field by the name that the source gives it.
    #[must_use]
    pub fn field_by_name(self, name: &str) -> Option<FieldRef<'p>> {
        self.table().by_name(name).map(|index| self.field_at(index))
    }

    /// A field by the name that it has in JSON.
    #[must_use]
    pub fn field_by_json_name(self, name: &str) -> Option<FieldRef<'p>> {
        self.table().by_json_name(name).map(|index| self.field_at(index))
    }

    fn field_at(self, index: usize) -> FieldRef<'p> {
        let declared = &self.declared.fields[index];
        FieldRef::new(self.pool, declared, &self.table().fields[index], Some(self))
    }

    fn table(self) -> &'p field::Table {
        self.slot().fields.get_or_init(|| field::Table::new(self))
    }

    fn slot(self) -> &'p super::MessageSlot {
        &self.pool.messages[self.id as usize]
    }
}

impl<'p> EnumRef<'p> {
    pub(super) fn new(pool: &'p Pool, id: u32) -> Self {
        Self { pool, id, declared: pool.declared_enum(pool.enums[id as usize].at) }
    }

    /// As it is declared.
    #[must_use]
    pub fn declared(self) -> &'p Enum {
        self.declared
    }

    /// Without a leading dot.
    #[must_use]
    pub fn full_name(self) -> &'p str {
        &self.declared.full_name
    }

    /// The file that declares it.
    #[must_use]
    pub fn file(self) -> &'p File {
        self.pool.file_at(self.pool.enums[self.id as usize].at)
    }

    /// Resolved.
    #[must_use]
    pub fn features(self) -> Features {
        self.pool.enums[self.id as usize].features
    }

    /// Whether readers put numbers that it does not have among the unknown fields.
    #[must_use]
    pub fn is_closed(self) -> bool {
        self.features().enum_type == EnumType::Closed
    }

    /// The first value of a number, which gives it its name.
    #[must_use]
    pub fn value(self, number: i32) -> Option<&'p EnumValue> {
        self.declared.values.iter().find(|value| value.number == number)
    }

    /// A value by its name.
    #[must_use]
    pub fn value_by_name(self, name: &str) -> Option<&'p EnumValue> {
        self.declared.values.iter().find(|value| *value.name == *name)
    }

    /// What a field of the type is where it is not set: the first value.
    #[must_use]
    pub fn default_number(self) -> i32 {
        self.declared.values.first().map_or(0, |value| value.number)
    }
}

impl<'p> ServiceRef<'p> {
    pub(super) fn new(pool: &'p Pool, id: u32) -> Self {
        let at = pool.services[id as usize];
        Self { pool, at, declared: &pool.file_at(at).services[at.index as usize] }
    }

    /// As it is declared.
    #[must_use]
    pub fn declared(self) -> &'p Service {
        self.declared
    }

    /// Without a leading dot.
    #[must_use]
    pub fn full_name(self) -> &'p str {
        &self.declared.full_name
    }

    /// The file that declares it.
    #[must_use]
    pub fn file(self) -> &'p File {
        self.pool.file_at(self.at)
    }
}
