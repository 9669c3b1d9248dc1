//! Turns values into wire form, message literals in the text format above all. — *Holds*: as deep as the
//! parser lets literals nest, and no deeper. — *Source*: protoc's `TextFormat::Parser`.

use std::collections::HashMap;

use super::scalar::{Place, describe, enum_number, scalar};
use super::tree::{Tree, Value};
use super::{Fault, Interpret, Phase, Result, usage};
use crate::ast::{Aggregate, AggregateField, AggregateName, RawValue};
use crate::compile::Places;
use crate::descriptor::{Kind, Label, Message, Span};
use crate::link::names::Wanted;
use crate::link::semantics::{FieldAt, is_map_entry, is_message_set};
use crate::link::table::{Id, Symbol};
use crate::{EnumType, Holder, Utf8Validation};

/// Where a value stands.
pub(super) struct Literal<'i, 'a> {
    pub(super) this: &'i mut Interpret<'a>,
    pub(super) holder: Holder,
    /// That extension names are looked up in.
    pub(super) scope: &'i str,
    /// Places of the fields within, where they are told, as buf tells them.
    pub(super) within: Option<&'i mut Vec<(Vec<i32>, Span)>>,
}

/// A message while its fields are set.
struct Filling<'p, 'a> {
    id: Id,
    message: &'a Message,
    path: &'p [i32],
    tree: Tree,
    /// How often each repeated field was set.
    counts: HashMap<i32, i32>,
}

impl<'a> Literal<'_, 'a> {
    /// A value of a field.
    pub(super) fn value(
        &mut self,
        at: FieldAt<'a>,
        raw: &RawValue,
        span: Span,
        place: Place,
        path: &[i32],
    ) -> Result<Value> {
        let kind =
            at.field.kind.ok_or_else(|| Fault::new(span, "the option's type is not known"))?;
        match kind {
            Kind::Message | Kind::Group => self.message_value(at, raw, span, path),
            Kind::Enum => self.enum_value(at, raw, span, place),
            kind => {
                let value = scalar(kind, raw, place).map_err(|why| self.wrong(at, span, &why))?;
                if let (Kind::String, Value::Bytes(bytes)) = (kind, &value)
                    && std::str::from_utf8(bytes).is_err()
                    && self.is_utf8(at)
                {
                    return Err(self.wrong(at, span, "the string is not UTF-8"));
                }
                Ok(value)
            }
        }
    }

    fn wrong(&self, at: FieldAt<'a>, span: Span, why: &str) -> Fault {
        let name = at.full_name(self.this.names.files, self.this.names.table);
        Fault::new(span, format!("option `{name}`: {why}"))
    }

    fn is_utf8(&self, at: FieldAt<'a>) -> bool {
        let (files, table) = (self.this.names.files, self.this.names.table);
        at.features(files, table).utf8_validation == Utf8Validation::Verify
    }

    fn enum_value(
        &mut self,
        at: FieldAt<'a>,
        raw: &RawValue,
        span: Span,
        place: Place,
    ) -> Result<Value> {
        let (files, table) = (self.this.names.files, self.this.names.table);
        let type_name = at.field.type_name.as_deref().unwrap_or_default();
        let Some(Symbol::Enum(id)) = table.by_type_name(type_name) else {
            return Err(self.wrong(at, span, "its type is not known"));
        };
        let (entry, one) = (table.enum_entry(id), table.enumeration(files, id));
        let is_closed = || {
            let around = crate::link::semantics::around(files, table, entry);
            around.below(one.options.as_deref(), Holder::Enum).enum_type == EnumType::Closed
        };
        let is_number = matches!(raw, RawValue::Integer { .. });
        // buf takes any number, also where there is no message literal around.
        let is_buf = self.this.names.places == Places::Buf;
        let place = if is_buf { Place::Literal } else { place };
        let number = enum_number(one, !is_buf && is_number && is_closed(), raw, place)
            .map_err(|why| self.wrong(at, span, &why))?;
        let value = one.values.iter().find(|value| value.number == number);
        if let (Some(options), Phase::All) =
            (value.and_then(|value| value.options.as_deref()), self.this.phase)
            && let Some(why) = usage::value_lifetime(options, self.this.edition)
        {
            let name = value.map_or("", |value| &value.name);
            return Err(Fault::new(span, format!("`{name}` of enum `{}` {why}", one.full_name)));
        }
        Ok(Value::Varint(i64::from(number) as u64))
    }

    fn message_value(
        &mut self,
        at: FieldAt<'a>,
        raw: &RawValue,
        span: Span,
        path: &[i32],
    ) -> Result<Value> {
        let RawValue::Message(aggregate) = raw else {
            let name = &at.field.name;
            let mut fault =
                self.wrong(at, span, &format!("it is a message, found {}", describe(raw)));
            fault.help = Some(format!(
                "set the whole with `{name} = {{ ... }}`, or a field of it with `{name}.field = ...`"
            ));
            return Err(fault);
        };
        let type_name = at.field.type_name.as_deref().unwrap_or_default();
        let Some(Symbol::Message(id)) = self.this.names.table.by_type_name(type_name) else {
            return Err(self.wrong(at, span, "its type is not known"));
        };
        let wrap = self.this.wrapper(at);
        Ok(wrap(self.message(id, aggregate, span, path)?))
    }

    /// A message literal.
    fn message(&mut self, id: Id, literal: &Aggregate, span: Span, path: &[i32]) -> Result<Tree> {
        let message: &'a Message = self.this.names.table.message(self.this.names.files, id);
        let (tree, counts) = (Tree::default(), HashMap::new());
        let mut filling = Filling { id, message, path, tree, counts };
        for field in &literal.fields {
            self.set_field(&mut filling, field)?;
        }
        let mut tree = filling.tree;
        if is_map_entry(message) {
            self.fill_entry(&mut tree, message);
        }
        let names = self.this.missing(&tree, id).join("`, `");
        if !names.is_empty() {
            let message = format!("message `{}` lacks the required `{names}`", message.full_name);
            return Err(Fault::new(span, message));
        }
        Ok(tree)
    }

    fn set_field(&mut self, into: &mut Filling<'_, 'a>, field: &AggregateField) -> Result<()> {
        let Some(at) = self.target(into, field)? else { return Ok(()) };
        self.this.check_use(at, self.holder, field.span)?;
        self.this.check_oneof(at, into.id, &into.tree, field.span)?;
        let is_repeated = at.field.label == Label::Repeated;
        if !is_repeated && into.tree.has(at.field.number as u32) {
            let message = format!("`{}` is not repeated, but set twice", at.field.name);
            return Err(Fault::new(field.span, message));
        }
        let path = self.place(into, at, field.span);
        let mut inner = Literal {
            this: self.this,
            holder: self.holder,
            scope: self.scope,
            // buf does not tell what is within one of many.
            within: self.within.as_deref_mut().filter(|_| !is_repeated),
        };
        let single = std::slice::from_ref(&field.value);
        let values = match &field.value.value {
            RawValue::List(values) if is_repeated => values,
            _ => single,
        };
        for one in values {
            let value = inner.value(at, &one.value, one.span, Place::Literal, &path)?;
            inner.this.set(&mut into.tree, at, value, Place::Literal);
        }
        Ok(())
    }

    fn is_protoc(&self) -> bool {
        self.this.names.places == Places::Protoc
    }

    /// The field that is to be set; none if it is reserved, which protoc passes over, or an `Any` that is set by this.
    fn target(
        &mut self,
        into: &mut Filling<'_, 'a>,
        field: &AggregateField,
    ) -> Result<Option<FieldAt<'a>>> {
        let (id, message) = (into.id, into.message);
        let name = match &field.name {
            AggregateName::Any { url_prefix, message: name } => {
                self.set_any(&mut into.tree, message, field, (url_prefix, name))?;
                return Ok(None);
            }
            AggregateName::Extension(name) => {
                return self.named_extension(id, message, name, field.span).map(Some);
            }
            AggregateName::Field(name) => name,
        };
        let found = self.named_field(id, message, name);
        let is_passed_over = self.is_protoc() && is_reserved(message, name);
        if found.is_none() && !is_passed_over {
            let message = format!("message `{}` has no field named `{name}`", message.full_name);
            return Err(Fault::new(field.span, message));
        }
        Ok(found)
    }

    /// Notes where a field stands, and returns its path; nobody asks for either where places within are not
    /// told.
    fn place(&mut self, into: &mut Filling<'_, 'a>, at: FieldAt<'a>, span: Span) -> Vec<i32> {
        let Some(within) = &mut self.within else { return Vec::new() };
        let number = at.field.number;
        let mut path = [into.path, &[number]].concat();
        let is_repeated = at.field.label == Label::Repeated;
        if is_repeated {
            let count = into.counts.entry(number).or_default();
            path.push(*count);
            *count += 1;
        }
        let is_message = matches!(at.field.kind, Some(Kind::Message | Kind::Group));
        if is_repeated || !is_message {
            within.push((path.clone(), span));
        }
        path
    }

    /// A field by its name; to protoc, a group's also by the name of its message.
    fn named_field(&self, id: Id, message: &'a Message, name: &str) -> Option<FieldAt<'a>> {
        let (files, table) = (self.this.names.files, self.this.names.table);
        let file = table.message_entry(id).file;
        let at = |field| FieldAt { field, file, parent: Some(id), is_extension: false };
        if let Some(field) = message.fields.iter().find(|field| *field.name == *name) {
            return Some(at(field));
        }
        if !self.is_protoc() {
            return None;
        }
        let is_group = |field: &FieldAt<'_>| {
            let type_name = field.field.type_name.as_deref().unwrap_or_default();
            // Such as a group declares: the message beside the field, with its name in small letters.
            let beside = [".", &message.full_name, ".", name].concat();
            field.field.name.eq_ignore_ascii_case(name)
                && *field.field.name == *name.to_ascii_lowercase()
                && type_name == beside
                && field.is_delimited(files, table)
        };
        message.fields.iter().map(at).find(is_group)
    }

    /// `[name]`: an extension, or of a message set a type that is one.
    fn named_extension(
        &mut self,
        id: Id,
        message: &'a Message,
        name: &str,
        span: Span,
    ) -> Result<FieldAt<'a>> {
        let names = self.this.names;
        let any = Wanted::Any(&|_, _| false);
        let parent = message.full_name.rfind('.').map_or("", |end| &message.full_name[..end]);
        let found = names.resolve(parent, name, &any);
        let found = found.or_else(|miss| names.resolve(self.scope, name, &any).map_err(|_| miss));
        let symbol = found.map_err(|miss| {
            let (message, help) = names.explain(name, &miss, &mut self.this.suggestions);
            Fault { span, message, help }
        })?;
        let extension = match symbol {
            Symbol::Extension(extension) => Some(extension),
            Symbol::Message(of) if is_message_set(message) => self.set_extension(of, message),
            _ => None,
        };
        extension.and_then(|extension| self.this.extension_of(extension, id)).ok_or_else(|| {
            let of = &message.full_name;
            Fault::new(span, format!("`{name}` is not an extension of `{of}`"))
        })
    }

    /// The extension of a message set that a message declares for itself.
    fn set_extension(&self, of: Id, set: &Message) -> Option<Id> {
        let (files, table) = (self.this.names.files, self.this.names.table);
        let type_name = &table.message_entry(of).type_name;
        (0..table.extension_count()).find(|&id| {
            let (entry, field) = (table.extension_entry(id), table.extension(files, id));
            entry.parent == Some(of)
                && field.type_name.as_ref() == Some(type_name)
                && field.extendee.as_deref().and_then(|name| name.strip_prefix('.'))
                    == Some(&*set.full_name)
        })
    }

    /// `[type.googleapis.com/pkg.Message] { ... }`
    fn set_any(
        &mut self,
        tree: &mut Tree,
        message: &Message,
        field: &AggregateField,
        (prefix, name): (&str, &str),
    ) -> Result<()> {
        let fault = |message: String| Err(Fault::new(field.span, message));
        if *message.full_name != *"google.protobuf.Any" {
            return fault(format!("`{}` is not `google.protobuf.Any`", message.full_name));
        }
        let prefix = prefix.trim_end_matches('/');
        if !matches!(prefix, "type.googleapis.com" | "type.googleprod.com") {
            return fault(format!("the type of an `Any` cannot be looked up at `{prefix}`"));
        }
        let Ok(Symbol::Message(id)) = self.this.names.find(name) else {
            return fault(format!("`{name}` is not a message that can be seen from here"));
        };
        let RawValue::Message(literal) = &field.value.value else {
            return fault(format!("expected a message, found {}", describe(&field.value.value)));
        };
        if tree.has(1) || tree.has(2) {
            return fault("the `Any` is set twice".to_owned());
        }
        let file = self.this.names.table.message_entry(id).file;
        if file != self.this.names.here && !self.this.used.contains(&file) {
            self.this.used.push(file);
        }
        let (holder, scope) = (self.holder, self.scope);
        let mut inner = Literal { this: self.this, holder, scope, within: None };
        let inner = inner.message(id, literal, field.value.span, &[])?;
        tree.push(1, false, Value::Bytes(format!("{prefix}/{name}").into_bytes()));
        let encoded = inner.encoded();
        if !encoded.is_empty() {
            tree.push(2, false, Value::Bytes(encoded));
        }
        Ok(())
    }

    /// An entry of a map is always written with key and value.
    fn fill_entry(&self, tree: &mut Tree, message: &'a Message) {
        let (files, table) = (self.this.names.files, self.this.names.table);
        for field in &message.fields {
            if tree.has_value(field.number as u32) {
                continue;
            }
            let value = match field.kind {
                Some(Kind::String | Kind::Bytes) => Value::Bytes(Vec::new()),
                Some(Kind::Message | Kind::Group) => Value::Message(Tree::default()),
                Some(Kind::Double | Kind::Fixed64 | Kind::Sfixed64) => Value::Fixed64(0),
                Some(Kind::Float | Kind::Fixed32 | Kind::Sfixed32) => Value::Fixed32(0),
                Some(Kind::Enum) => {
                    let first =
                        match table.by_type_name(field.type_name.as_deref().unwrap_or_default()) {
                            Some(Symbol::Enum(id)) => table.enumeration(files, id).values.first(),
                            _ => None,
                        };
                    Value::Varint(i64::from(first.map_or(0, |value| value.number)) as u64)
                }
                _ => Value::Varint(0),
            };
            tree.push(field.number as u32, false, value);
        }
    }
}

/// To protoc, what is set to a name that a message reserves is passed over.
fn is_reserved(message: &Message, name: &str) -> bool {
    message.reserved_names.iter().any(|reserved| **reserved == *name)
}
