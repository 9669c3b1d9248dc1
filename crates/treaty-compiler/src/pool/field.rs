//! What a field means once its features are resolved: presence, packing, what it refers to.

use super::{Dangling, EnumRef, MessageRef, Pool, Type};
use crate::descriptor::{Field, Kind, Label, default_json_name};
use crate::features::{FieldPresence, MessageEncoding, RepeatedEncoding, Utf8Validation};
use crate::link::semantics::is_packable;
use crate::{Features, Holder};

/// How often a field appears, and whether absence can be told from zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cardinality {
    /// One that zero leaves unset.
    Implicit,
    /// One that may be set to zero.
    Explicit,
    /// One that must be set.
    Required,
    /// A list.
    Repeated,
    /// A list of entries, one for each key.
    Map,
}

/// What is known of one field beyond its declaration.
#[derive(Debug)]
pub(super) struct Semantics {
    number: u32,
    kind: Kind,
    cardinality: Cardinality,
    packed: bool,
    utf8: bool,
    target: Target,
    /// Where the declaration has none.
    json_name: Option<Box<str>>,
}

#[derive(Debug, Clone, Copy)]
enum Target {
    None,
    Message(u32),
    Enum(u32),
    Dangling,
}

/// The fields of a message, and the order to look them up by.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) fields: Box<[Semantics]>,
    numbers: Box<[(u32, u32)]>,
    names: Box<[(Box<str>, u32)]>,
    json_names: Box<[(Box<str>, u32)]>,
}

impl Table {
    pub(super) fn new(message: MessageRef<'_>) -> Self {
        let declared = message.declared();
        let of_oneof: Vec<Features> = declared
            .oneofs
            .iter()
            .map(|oneof| message.features().below(oneof.options.as_deref(), Holder::Oneof))
            .collect();
        let fields: Box<[Semantics]> = declared
            .fields
            .iter()
            .map(|field| {
                let oneof = field.oneof_index.and_then(|index| of_oneof.get(index as usize));
                let features = oneof.copied().unwrap_or_else(|| message.features());
                Semantics::new(message.pool, field, features, message.is_map_entry())
            })
            .collect();
        let sorted = |name: &dyn Fn(usize) -> Box<str>| {
            let mut names: Vec<_> =
                (0..).zip(0..fields.len()).map(|(id, at)| (name(at), id)).collect();
            names.sort();
            names.into_boxed_slice()
        };
        let mut numbers: Vec<_> =
            (0..).zip(&*fields).map(|(index, field)| (field.number, index)).collect();
        numbers.sort_unstable();
        Self {
            numbers: numbers.into(),
            names: sorted(&|at| declared.fields[at].name.clone()),
            json_names: sorted(&|at| json_name(&declared.fields[at], &fields[at]).into()),
            fields,
        }
    }

    pub(super) fn by_number(&self, number: u32) -> Option<usize> {
        let at = self.numbers.partition_point(|(known, _)| *known < number);
        self.numbers.get(at).filter(|(known, _)| *known == number).map(|(_, at)| *at as usize)
    }

    pub(super) fn by_name(&self, name: &str) -> Option<usize> {
        find(&self.names, name)
    }

    pub(super) fn by_json_name(&self, name: &str) -> Option<usize> {
        find(&self.json_names, name)
    }
}

fn find(names: &[(Box<str>, u32)], name: &str) -> Option<usize> {
    let at = names.partition_point(|(known, _)| **known < *name);
    names.get(at).filter(|(known, _)| **known == *name).map(|(_, at)| *at as usize)
}

fn json_name<'a>(declared: &'a Field, resolved: &'a Semantics) -> &'a str {
    let given = declared.json_name.as_deref();
    given.or(resolved.json_name.as_deref()).unwrap_or(&declared.name)
}

impl Semantics {
    fn new(pool: &Pool, field: &Field, around: Features, in_map_entry: bool) -> Self {
        let features = around.below(field.options.as_deref(), Holder::Field);
        let name = field.type_name.as_deref().map(|name| name.trim_start_matches('.'));
        let target = match name.map(|name| pool.types.get(name)) {
            None => Target::None,
            Some(Some(Type::Message(id))) => Target::Message(*id),
            Some(Some(Type::Enum(id))) => Target::Enum(*id),
            Some(_) => Target::Dangling,
        };
        let is_map = field.label == Label::Repeated
            && matches!(target, Target::Message(id) if MessageRef::new(pool, id).is_map_entry());
        let kind = match (field.kind, target) {
            // Maps are never delimited, nor are the messages in them.
            (Some(Kind::Message), _) | (None, Target::Message(_))
                if features.message_encoding == MessageEncoding::Delimited
                    && !is_map
                    && !in_map_entry =>
            {
                Kind::Group
            }
            (Some(kind), _) => kind,
            (None, Target::Enum(_)) => Kind::Enum,
            (None, _) => Kind::Message,
        };
        Self {
            number: u32::try_from(field.number).unwrap_or(0),
            kind,
            cardinality: cardinality(field, kind, features, is_map),
            packed: is_packed(field, kind, features),
            utf8: features.utf8_validation == Utf8Validation::Verify,
            target,
            json_name: field.json_name.is_none().then(|| default_json_name(&field.name).into()),
        }
    }
}

fn cardinality(field: &Field, kind: Kind, features: Features, is_map: bool) -> Cardinality {
    match field.label {
        Label::Repeated if is_map => Cardinality::Map,
        Label::Repeated => Cardinality::Repeated,
        Label::Required => Cardinality::Required,
        Label::Optional => {
            let always = matches!(kind, Kind::Message | Kind::Group)
                || field.oneof_index.is_some()
                || field.extendee.is_some();
            match features.field_presence {
                FieldPresence::LegacyRequired
                    if field.oneof_index.is_none() && field.extendee.is_none() =>
                {
                    Cardinality::Required
                }
                FieldPresence::Implicit if !always => Cardinality::Implicit,
                _ => Cardinality::Explicit,
            }
        }
    }
}

fn is_packed(field: &Field, kind: Kind, features: Features) -> bool {
    let option = field.options.as_ref().and_then(|options| options.get(2)?.truth());
    let feature = features.repeated_field_encoding == RepeatedEncoding::Packed;
    field.label == Label::Repeated && is_packable(kind) && option.unwrap_or(feature)
}

/// A field or an extension of a pool.
#[derive(Clone, Copy)]
pub struct FieldRef<'p> {
    pool: &'p Pool,
    declared: &'p Field,
    resolved: &'p Semantics,
    /// None for an extension.
    message: Option<MessageRef<'p>>,
}

impl std::fmt::Debug for FieldRef<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FieldRef({} = {})", self.declared.name, self.number())
    }
}

impl PartialEq for FieldRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.declared, other.declared)
    }
}

impl Eq for FieldRef<'_> {}

impl Pool {
    pub(super) fn extension_by_id(&self, id: u32) -> FieldRef<'_> {
        let slot = &self.extensions[id as usize];
        let siblings = match slot.at.parent {
            Some(parent) => &self.declared_message(self.messages[parent as usize].at).extensions,
            None => &self.files[slot.at.file as usize].extensions,
        };
        let declared = &siblings[slot.at.index as usize];
        let resolved =
            slot.resolved.get_or_init(|| Semantics::new(self, declared, slot.features, false));
        FieldRef::new(self, declared, resolved, None)
    }
}

impl<'p> FieldRef<'p> {
    pub(super) fn new(
        pool: &'p Pool,
        declared: &'p Field,
        resolved: &'p Semantics,
        message: Option<MessageRef<'p>>,
    ) -> Self {
        Self { pool, declared, resolved, message }
    }

    /// As it is declared.
    #[must_use]
    pub fn declared(self) -> &'p Field {
        self.declared
    }

    /// Zero where the descriptor has none that could be.
    #[must_use]
    pub fn number(self) -> u32 {
        self.resolved.number
    }

    /// The short name.
    #[must_use]
    pub fn name(self) -> &'p str {
        &self.declared.name
    }

    /// As text formats write it: an extension's full name in brackets, a group's message.
    #[must_use]
    pub fn text_name(self) -> String {
        if self.is_extension() {
            return format!("[{}]", self.declared.full_name);
        }
        match self.message_type() {
            Ok(message) if self.is_group_like(message) => message.declared().name.to_string(),
            _ => self.name().to_owned(),
        }
    }

    /// Whether the text format calls it by the name of its message, as proto2 groups are.
    fn is_group_like(self, group: MessageRef<'_>) -> bool {
        self.kind() == Kind::Group
            && group.declared().name.to_lowercase() == *self.declared.name
            && self.message.is_some_and(|message| {
                group.full_name().rsplit_once('.').map(|(around, _)| around)
                    == Some(message.full_name())
            })
    }

    /// As JSON writes it; an extension's full name in brackets.
    #[must_use]
    pub fn json_name(self) -> std::borrow::Cow<'p, str> {
        if self.is_extension() {
            return format!("[{}]", self.declared.full_name).into();
        }
        json_name(self.declared, self.resolved).into()
    }

    /// What it holds; a delimited message of an edition is a group.
    #[must_use]
    pub fn kind(self) -> Kind {
        self.resolved.kind
    }

    /// Resolved.
    #[must_use]
    pub fn cardinality(self) -> Cardinality {
        self.resolved.cardinality
    }

    /// A list or a map.
    #[must_use]
    pub fn is_repeated(self) -> bool {
        matches!(self.cardinality(), Cardinality::Repeated | Cardinality::Map)
    }

    /// Whether absence can be told from zero.
    #[must_use]
    pub fn has_presence(self) -> bool {
        matches!(self.cardinality(), Cardinality::Explicit | Cardinality::Required)
    }

    /// Whether a list of numbers is written as one value.
    #[must_use]
    pub fn is_packed(self) -> bool {
        self.resolved.packed
    }

    /// Whether readers refuse text that is not UTF-8.
    #[must_use]
    pub fn verifies_utf8(self) -> bool {
        self.resolved.utf8
    }

    /// Whether it is an extension.
    #[must_use]
    pub fn is_extension(self) -> bool {
        self.declared.extendee.is_some()
    }

    /// Of an extension, the full name of the extended message.
    #[must_use]
    pub fn extendee(self) -> Option<&'p str> {
        self.declared.extendee.as_deref().map(|name| name.trim_start_matches('.'))
    }

    /// The index of the declared oneof it is in; those of proto3 `optional` do not count.
    #[must_use]
    pub fn oneof(self) -> Option<u32> {
        self.declared.oneof_index.filter(|_| !self.declared.proto3_optional)
    }

    /// The message or group that it holds.
    ///
    /// # Errors
    ///
    /// [`Dangling`] where it is not in the pool, or the field holds none.
    pub fn message_type(self) -> Result<MessageRef<'p>, Dangling> {
        match self.resolved.target {
            Target::Message(id) => Ok(MessageRef::new(self.pool, id)),
            _ => Err(self.dangling()),
        }
    }

    /// The enum that it holds.
    ///
    /// # Errors
    ///
    /// [`Dangling`] where it is not in the pool, or the field holds none.
    pub fn enum_type(self) -> Result<EnumRef<'p>, Dangling> {
        match self.resolved.target {
            Target::Enum(id) => Ok(EnumRef::new(self.pool, id)),
            _ => Err(self.dangling()),
        }
    }

    fn dangling(self) -> Dangling {
        match &self.declared.type_name {
            Some(name) => Dangling::new(name.clone()),
            None => Dangling::new(""),
        }
    }
}
