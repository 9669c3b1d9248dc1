//! JSON trees to messages. — *Holds*: fields are known by their JSON name, the name in the source,
//! or an extension's name in brackets; null leaves a field unset.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use treaty_compiler::descriptor::Kind;
use treaty_compiler::pool::{Cardinality, FieldRef, MessageRef};

use super::Unreadable;
use crate::dynamic::tree::Tree;
use crate::dynamic::well_known::{self, WellKnown};
use crate::dynamic::{MAX_DEPTH, Message, Value, any, encode};

/// What becomes of names that the type does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strictness {
    /// They are refused, which is what the specification asks for.
    Strict,
    /// Unknown fields and names of enum values are passed over.
    IgnoreUnknown,
}

type Result<T> = std::result::Result<T, Unreadable>;

/// Reads a message from a JSON tree.
///
/// # Errors
///
/// [`Unreadable`] where it is no such message. Required fields may be missing.
pub fn read(of: MessageRef<'_>, tree: &Tree, strictness: Strictness) -> Result<Message> {
    Reader { ignore: strictness == Strictness::IgnoreUnknown }.message(of, tree, 0)
}

struct Reader {
    ignore: bool,
}

fn wrong<T>(why: impl Into<String>) -> Result<T> {
    Err(Unreadable::new(why))
}

fn unexpected<T>(tree: &Tree, expected: &str) -> Result<T> {
    let mut text = tree.to_json();
    if text.len() > 40 {
        let end = (0..=37).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        text.truncate(end);
        text.push_str("...");
    }
    wrong(format!("{text} is no {expected}"))
}

impl Reader {
    fn message(&self, of: MessageRef<'_>, tree: &Tree, depth: usize) -> Result<Message> {
        if depth > MAX_DEPTH {
            return wrong("messages nest too deep");
        }
        match WellKnown::of(of.full_name()) {
            Some(known) => self.well_known(known, of, tree, depth),
            None => self.fields(of, tree, depth, None),
        }
    }

    fn fields(
        &self,
        of: MessageRef<'_>,
        tree: &Tree,
        depth: usize,
        skip: Option<&str>,
    ) -> Result<Message> {
        let Tree::Object(members) = tree else { return unexpected(tree, of.full_name()) };
        let mut message = Message::default();
        for (name, tree) in members {
            if Some(name.as_str()) == skip {
                continue;
            }
            let Some(field) = find(of, name) else {
                if self.ignore {
                    continue;
                }
                return wrong(format!("`{}` has no field `{name}`", of.full_name()));
            };
            self.field(of, field, tree, &mut message, depth).map_err(|error| error.within(name))?;
        }
        Ok(message)
    }

    fn field(
        &self,
        of: MessageRef<'_>,
        field: FieldRef<'_>,
        tree: &Tree,
        into: &mut Message,
        depth: usize,
    ) -> Result<()> {
        if *tree == Tree::Null && (field.is_repeated() || !takes_null(field)) {
            return Ok(());
        }
        if into.fields.contains_key(&field.number()) {
            return wrong("the field stands twice");
        }
        if let Some(oneof) = field.oneof() {
            let mut others = of.fields().filter(|one| one.oneof() == Some(oneof));
            if others.any(|one| into.fields.contains_key(&one.number())) {
                return wrong("another member of its oneof is set");
            }
        }
        let value = match (field.cardinality(), tree) {
            (Cardinality::Map, Tree::Object(members)) => self.map(field, members, depth)?,
            (Cardinality::Map, _) => return unexpected(tree, "map"),
            (Cardinality::Repeated, Tree::List(list)) => {
                let mut values = Vec::with_capacity(list.len());
                for (index, one) in list.iter().enumerate() {
                    let value = self.element(field, one, depth);
                    values.extend(value.map_err(|error| error.within(&format!("[{index}]")))?);
                }
                Value::List(values)
            }
            (Cardinality::Repeated, _) => return unexpected(tree, "list"),
            _ => match self.one(field, tree, depth)? {
                Some(value) => value,
                None => return Ok(()),
            },
        };
        into.set(of, field, value);
        Ok(())
    }

    fn element(&self, field: FieldRef<'_>, tree: &Tree, depth: usize) -> Result<Option<Value>> {
        if *tree == Tree::Null && !takes_null(field) {
            return wrong("null is no element");
        }
        self.one(field, tree, depth)
    }

    fn map(&self, field: FieldRef<'_>, members: &[(String, Tree)], depth: usize) -> Result<Value> {
        let entry = field.message_type().map_err(|error| Unreadable::new(error.to_string()))?;
        let (Some(key), Some(value)) = (entry.field(1), entry.field(2)) else {
            return wrong("the map's entry has no key and value");
        };
        let mut map: Vec<(Value, Value)> = Vec::with_capacity(members.len());
        let mut known = std::collections::HashSet::new();
        for (name, tree) in members {
            let within = |error: Unreadable| error.within(&format!("[{name:?}]"));
            let one = self.element(value, tree, depth).map_err(within)?;
            let key = key_of(key.kind(), name)?;
            if !known.insert(format!("{key:?}")) {
                return wrong(format!("the key {name:?} stands twice"));
            }
            map.extend(one.map(|one| (key, one)));
        }
        Ok(Value::Map(map))
    }

    /// None for the name of an enum value that is passed over.
    fn one(&self, field: FieldRef<'_>, tree: &Tree, depth: usize) -> Result<Option<Value>> {
        let kind = field.kind();
        if kind == Kind::Enum {
            return self.enumeration(field, tree);
        }
        let value = match kind {
            Kind::Message | Kind::Group => {
                let of =
                    field.message_type().map_err(|error| Unreadable::new(error.to_string()))?;
                Some(Value::Message(self.message(of, tree, depth + 1)?))
            }
            kind => scalar(kind, tree),
        };
        value.map_or_else(|| unexpected(tree, kind.name()), |value| Ok(Some(value)))
    }

    fn enumeration(&self, field: FieldRef<'_>, tree: &Tree) -> Result<Option<Value>> {
        let of = field.enum_type().map_err(|error| Unreadable::new(error.to_string()))?;
        let number = match tree {
            Tree::Null if of.full_name() == "google.protobuf.NullValue" => Some(0),
            Tree::Text(name) => match of.value_by_name(name) {
                Some(value) => Some(value.number),
                None if self.ignore => return Ok(None),
                None => return wrong(format!("`{}` has no value `{name}`", of.full_name())),
            },
            tree => integer(tree).and_then(|number| i32::try_from(number).ok()),
        };
        match number {
            Some(number) if of.is_closed() && of.value(number).is_none() => {
                if self.ignore {
                    return Ok(None);
                }
                wrong(format!("`{}` has no number {number}", of.full_name()))
            }
            Some(number) => Ok(Some(Value::Enum(number))),
            None => unexpected(tree, of.full_name()),
        }
    }

    fn well_known(
        &self,
        known: WellKnown,
        of: MessageRef<'_>,
        tree: &Tree,
        depth: usize,
    ) -> Result<Message> {
        let name = of.full_name();
        let text = || if let Tree::Text(text) = tree { Some(text.as_str()) } else { None };
        let read = match known {
            WellKnown::Timestamp => text().and_then(well_known::read_timestamp),
            WellKnown::Duration => text().and_then(well_known::read_duration),
            WellKnown::FieldMask => text().and_then(well_known::read_mask),
            WellKnown::Wrapper | WellKnown::Struct | WellKnown::ListValue => {
                let mut message = Message::default();
                let Some(field) = of.field(1) else { return unexpected(tree, name) };
                self.field(of, field, tree, &mut message, depth)?;
                Some(message)
            }
            WellKnown::Value => Some(self.value(of, tree, depth)?),
            WellKnown::Any => return self.any(of, tree, depth),
        };
        read.map_or_else(|| unexpected(tree, name), Ok)
    }

    /// Any JSON, as `google.protobuf.Value`.
    fn value(&self, of: MessageRef<'_>, tree: &Tree, depth: usize) -> Result<Message> {
        let name = match tree {
            Tree::Null => "null_value",
            Tree::Bool(_) => "bool_value",
            Tree::Int(_) | Tree::Uint(_) | Tree::Float(_) | Tree::Double(_) => "number_value",
            Tree::Text(_) => "string_value",
            Tree::List(_) => "list_value",
            Tree::Object(_) => "struct_value",
        };
        let Some(field) = of.field_by_name(name) else { return unexpected(tree, of.full_name()) };
        let mut message = Message::default();
        self.field(of, field, tree, &mut message, depth)?;
        Ok(message)
    }

    fn any(&self, of: MessageRef<'_>, tree: &Tree, depth: usize) -> Result<Message> {
        let Tree::Object(members) = tree else { return unexpected(tree, of.full_name()) };
        if members.is_empty() {
            return Ok(Message::default());
        }
        let member = |name: &str| members.iter().find(|(one, _)| one == name).map(|(_, one)| one);
        let Some(Tree::Text(url)) = member("@type") else { return wrong("an Any has no `@type`") };
        let name = any::name_of(url);
        let Some(inner) = of.pool().message(name) else {
            return wrong(format!("`{name}` is not among the files"));
        };
        let has_form =
            WellKnown::of(name).is_some() || inner.full_name() == "google.protobuf.Empty";
        let message = if has_form {
            let empty = Tree::Object(Vec::new());
            self.message(inner, member("value").unwrap_or(&empty), depth + 1)?
        } else {
            if depth + 1 > MAX_DEPTH {
                return wrong("messages nest too deep");
            }
            self.fields(inner, tree, depth + 1, Some("@type"))?
        };
        Ok(any::close(url, encode(inner, &message)))
    }
}

fn find<'p>(of: MessageRef<'p>, name: &str) -> Option<FieldRef<'p>> {
    match name.strip_prefix('[').and_then(|name| name.strip_suffix(']')) {
        Some(name) => {
            of.pool().extension(name).filter(|field| field.extendee() == Some(of.full_name()))
        }
        None => of.field_by_json_name(name).or_else(|| of.field_by_name(name)),
    }
}

/// Fields whose JSON may be null: `Value` and `NullValue`.
fn takes_null(field: FieldRef<'_>) -> bool {
    field.message_type().is_ok_and(|of| of.full_name() == "google.protobuf.Value")
        || field.enum_type().is_ok_and(|of| of.full_name() == "google.protobuf.NullValue")
}

fn scalar(kind: Kind, tree: &Tree) -> Option<Value> {
    Some(match kind {
        Kind::Bool => match tree {
            Tree::Bool(truth) => Value::Bool(*truth),
            _ => return None,
        },
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => {
            Value::Int32(i32::try_from(integer(tree)?).ok()?)
        }
        Kind::Uint32 | Kind::Fixed32 => Value::Uint32(u32::try_from(integer(tree)?).ok()?),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => {
            Value::Int64(i64::try_from(integer(tree)?).ok()?)
        }
        Kind::Uint64 | Kind::Fixed64 => Value::Uint64(u64::try_from(integer(tree)?).ok()?),
        Kind::Double => Value::Double(double(tree)?),
        Kind::Float => {
            let number = double(tree)?;
            let float = number as f32;
            if float.is_infinite() && number.is_finite() {
                return None;
            }
            Value::Float(float)
        }
        Kind::String => match tree {
            Tree::Text(text) => Value::Text(text.clone().into_bytes()),
            _ => return None,
        },
        Kind::Bytes => match tree {
            Tree::Text(text) => Value::Bytes(bytes(text)?),
            _ => return None,
        },
        _ => return None,
    })
}

/// Both alphabets, with or without padding.
fn bytes(text: &str) -> Option<Vec<u8>> {
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let url = text.contains(['-', '_']);
    let alphabet = if url { &alphabet::URL_SAFE } else { &alphabet::STANDARD };
    GeneralPurpose::new(alphabet, config).decode(text).ok()
}

/// A whole number, also as text or with a fraction of nothing.
fn integer(tree: &Tree) -> Option<i128> {
    let whole = |number: f64| {
        let fits = number.fract() == 0.0 && number.abs() < 2_f64.powi(65);
        fits.then_some(number as i128)
    };
    match tree {
        Tree::Int(number) => Some(i128::from(*number)),
        Tree::Uint(number) => Some(i128::from(*number)),
        Tree::Double(number) => whole(*number),
        Tree::Float(number) => whole(f64::from(*number)),
        Tree::Text(text) => match text.parse() {
            Ok(number) if !text.starts_with('+') => Some(number),
            _ => number_text(text).and_then(whole),
        },
        _ => None,
    }
}

fn double(tree: &Tree) -> Option<f64> {
    match tree {
        Tree::Int(number) => Some(*number as f64),
        Tree::Uint(number) => Some(*number as f64),
        Tree::Double(number) => Some(*number),
        Tree::Float(number) => Some(f64::from(*number)),
        Tree::Text(text) => match text.as_str() {
            "NaN" => Some(f64::NAN),
            "Infinity" => Some(f64::INFINITY),
            "-Infinity" => Some(f64::NEG_INFINITY),
            text => number_text(text),
        },
        _ => None,
    }
}

/// A number as JSON writes it, within a string.
fn number_text(text: &str) -> Option<f64> {
    let json = text.starts_with(|first: char| first == '-' || first.is_ascii_digit());
    let number: f64 = if json { text.parse().ok()? } else { return None };
    number.is_finite().then_some(number)
}

fn key_of(kind: Kind, text: &str) -> Result<Value> {
    let tree = match (kind, text) {
        (Kind::Bool, "true") => Tree::Bool(true),
        (Kind::Bool, "false") => Tree::Bool(false),
        _ => Tree::Text(text.to_owned()),
    };
    scalar(kind, &tree).map_or_else(|| wrong(format!("{text:?} is no {} key", kind.name())), Ok)
}
