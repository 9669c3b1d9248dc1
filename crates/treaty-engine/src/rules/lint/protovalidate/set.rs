//! Constraints as they are set in options. — *Holds*: of a oneof the last that is set counts, parts
//! that stand twice are merged; what is malformed is left out.

use treaty_compiler::descriptor::{Kind, Options};
use treaty_compiler::wire::{Fields, Value as Wire};

use crate::constraints::schema::{Holds, Part};
use crate::cel::Value;

/// A message of constraints.
#[derive(Debug)]
pub(super) struct Set {
    parts: Vec<(&'static Part, Vec<Value>, Vec<u8>)>,
    /// The whole message; extensions are read from here.
    pub(super) encoded: Vec<u8>,
}

impl Set {
    /// What an option holds; none where it is not set.
    pub(super) fn of_option(
        options: Option<&Options>,
        number: i32,
        parts: &'static [Part],
    ) -> Option<Self> {
        let messages = options?.all(number.unsigned_abs()).filter_map(Wire::bytes);
        let messages: Vec<&[u8]> = messages.collect();
        if messages.is_empty() { None } else { Some(Self::read(messages.concat(), parts)) }
    }

    pub(super) fn read(encoded: Vec<u8>, known: &'static [Part]) -> Self {
        let mut parts: Vec<(&'static Part, Vec<Value>, Vec<u8>)> = Vec::new();
        for field in Fields::new(&encoded).filter_map(Result::ok) {
            let number = i32::try_from(field.number).unwrap_or(0);
            let Some(part) = known.iter().find(|part| part.number == number) else { continue };
            let Some(values) = values(part, field.value) else { continue };
            if part.oneof != 0 {
                parts.retain(|(other, ..)| other.oneof != part.oneof || other.number == number);
            }
            let at = parts.iter().position(|(other, ..)| other.number == number);
            let at = at.unwrap_or_else(|| {
                parts.push((part, Vec::new(), Vec::new()));
                parts.len() - 1
            });
            let (_, kept, merged) = &mut parts[at];
            if !part.repeated {
                kept.clear();
                merged.extend(field.value.bytes().unwrap_or_default());
            }
            kept.extend(values);
        }
        Self { parts, encoded }
    }

    /// How many parts are set.
    pub(super) fn len(&self) -> usize {
        self.parts.len()
    }

    pub(super) fn parts(&self) -> impl Iterator<Item = (&'static Part, &[Value])> {
        self.parts.iter().map(|(part, values, _)| (*part, &**values))
    }

    pub(super) fn all(&self, name: &str) -> &[Value] {
        let found = self.parts.iter().find(|(part, ..)| part.name == name);
        found.map_or(&[], |(_, values, _)| values)
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.all(name).last()
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        if let Value::Text(text) = self.get(name)? { Some(text) } else { None }
    }

    pub(super) fn bytes(&self, name: &str) -> Option<&[u8]> {
        if let Value::Bytes(bytes) = self.get(name)? { Some(bytes) } else { None }
    }

    pub(super) fn count(&self, name: &str) -> Option<u64> {
        if let Value::Uint(count) = self.get(name)? { Some(*count) } else { None }
    }

    pub(super) fn number(&self, name: &str) -> i64 {
        if let Some(Value::Int(number)) = self.get(name) { *number } else { 0 }
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        matches!(self.get(name), Some(Value::Bool(true)))
    }

    /// The constraints within.
    pub(super) fn inner(&self, name: &str) -> Option<Self> {
        let (part, _, merged) = self.parts.iter().find(|(part, ..)| part.name == name)?;
        let Holds::Parts(known) = part.holds else { return None };
        Some(Self::read(merged.clone(), known))
    }

    /// The same for a part that may stand many times.
    pub(super) fn inners(&self, name: &str) -> Vec<Self> {
        let Some((part, values, _)) = self.parts.iter().find(|(part, ..)| part.name == name) else {
            return Vec::new();
        };
        let Holds::Parts(known) = part.holds else { return Vec::new() };
        let bytes = |value: &Value| match value {
            Value::Bytes(bytes) => Self::read(bytes.clone(), known),
            _ => Self::read(Vec::new(), known),
        };
        values.iter().map(bytes).collect()
    }
}

/// None where the wire type is another.
fn values(part: &Part, wire: Wire<'_>) -> Option<Vec<Value>> {
    let one = match part.holds {
        Holds::Scalar(kind) => match (wire, part.repeated) {
            (Wire::Bytes(packed), true) if !matches!(kind, Kind::String | Kind::Bytes) => {
                return crate::cel::unpacked(kind, packed);
            }
            _ => crate::cel::scalar(kind, wire)?,
        },
        Holds::Parts(_) | Holds::Mask => Value::Bytes(wire.bytes()?.to_vec()),
        Holds::Duration | Holds::Timestamp => {
            let (seconds, nanos) = seconds_and_nanos(wire.bytes()?);
            let duration = matches!(part.holds, Holds::Duration);
            if duration {
                Value::Duration(seconds, nanos)
            } else {
                Value::Timestamp(seconds, nanos)
            }
        }
    };
    Some(vec![one])
}

fn seconds_and_nanos(encoded: &[u8]) -> (i64, i32) {
    let (mut seconds, mut nanos) = (0, 0);
    for field in Fields::new(encoded).filter_map(Result::ok) {
        match (field.number, field.value) {
            (1, Wire::Varint(number)) => seconds = number as i64,
            (2, Wire::Varint(number)) => nanos = number as i32,
            _ => {}
        }
    }
    (seconds, nanos)
}

/// The paths of a `google.protobuf.FieldMask`.
pub(super) fn mask_paths(encoded: &[u8]) -> Vec<String> {
    let fields = Fields::new(encoded).filter_map(Result::ok).filter(|field| field.number == 1);
    fields.filter_map(|field| field.value.text().map(str::to_owned)).collect()
}
