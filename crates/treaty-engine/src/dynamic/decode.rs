//! Reads a message's bytes by its type, as protobuf's own readers do.
//!
//! *Holds*: the last of a singular field wins, messages merge, of a oneof the last member stays, lists
//! are read packed or not, a field of another wire type is unknown. — *Source*:
//! <https://protobuf.dev/programming-guides/encoding/>.

use treaty_compiler::descriptor::Kind;
use treaty_compiler::pool::{Cardinality, Dangling, FieldRef, MessageRef};
use treaty_compiler::wire::{Fields, Malformed, Value as Wire, put_int32};

use super::{MAX_DEPTH, Message, Value};

/// Where readers differ. The default is what the specification asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Reading {
    /// A closed enum keeps numbers that it does not have, as in Go and C#.
    pub keeps_closed: bool,
    /// Text that is not UTF-8 is taken as it is.
    pub any_text: bool,
    /// Missing required fields are nothing to complain of.
    pub partial: bool,
}

/// Why a reader refuses bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The bytes are no protobuf.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// A string that must be UTF-8 is not.
    #[error("the string `{0}` is not UTF-8")]
    NotUtf8(String),
    /// A required field is not there.
    #[error("the required field `{0}` is missing")]
    Missing(String),
    /// Messages nest deeper than a hundred levels.
    #[error("messages nest too deep")]
    TooDeep,
    /// The type of a field is not in the pool.
    #[error(transparent)]
    Dangling(#[from] Dangling),
}

/// Reads the bytes as a message of that type.
///
/// # Errors
///
/// [`Refused`], as a reader that reads in that way refuses them.
pub fn decode(of: MessageRef<'_>, bytes: &[u8], reading: Reading) -> Result<Message, Refused> {
    let mut message = Message::default();
    Decoder { reading }.message(of, bytes, &mut message, 0)?;
    if !reading.partial {
        message.check_required(of)?;
    }
    Ok(message)
}

struct Decoder {
    reading: Reading,
}

/// What became of a field of the wire.
enum Taken {
    Known,
    /// It goes to the unknown fields as it stands.
    Unknown,
}

impl Decoder {
    fn message(
        &self,
        of: MessageRef<'_>,
        bytes: &[u8],
        into: &mut Message,
        depth: usize,
    ) -> Result<(), Refused> {
        if depth > MAX_DEPTH {
            return Err(Refused::TooDeep);
        }
        for part in Fields::new(bytes) {
            let part = part?;
            let taken = match of.field_or_extension(part.number) {
                Some(field) => self.field(of, field, part.value, into, depth)?,
                None => Taken::Unknown,
            };
            if matches!(taken, Taken::Unknown) {
                into.unknown.extend_from_slice(part.whole);
            }
        }
        Ok(())
    }

    fn field(
        &self,
        of: MessageRef<'_>,
        field: FieldRef<'_>,
        wire: Wire<'_>,
        into: &mut Message,
        depth: usize,
    ) -> Result<Taken, Refused> {
        match field.cardinality() {
            Cardinality::Map => self.entry(field, wire, into, depth),
            Cardinality::Repeated => self.element(field, wire, into, depth),
            _ => {
                let nests = matches!(field.kind(), Kind::Message | Kind::Group);
                let earlier = if nests && fits(field, wire) {
                    into.fields.remove(&field.number())
                } else {
                    None
                };
                let earlier = match earlier {
                    Some(Value::Message(earlier)) => earlier,
                    _ => Message::default(),
                };
                let Some(value) = self.one(field, wire, earlier, depth)? else {
                    return Ok(Taken::Unknown);
                };
                into.set(of, field, value);
                Ok(Taken::Known)
            }
        }
    }

    /// One value of a field, none where it goes to the unknown fields.
    fn one(
        &self,
        field: FieldRef<'_>,
        wire: Wire<'_>,
        mut earlier: Message,
        depth: usize,
    ) -> Result<Option<Value>, Refused> {
        match (field.kind(), wire) {
            (Kind::Message, Wire::Bytes(bytes)) | (Kind::Group, Wire::Group(bytes)) => {
                self.message(field.message_type()?, bytes, &mut earlier, depth + 1)?;
                Ok(Some(Value::Message(earlier)))
            }
            (Kind::String, Wire::Bytes(bytes)) => {
                let verify = field.verifies_utf8() && !self.reading.any_text;
                if verify && std::str::from_utf8(bytes).is_err() {
                    return Err(Refused::NotUtf8(field.name().to_owned()));
                }
                Ok(Some(Value::Text(bytes.to_vec())))
            }
            (Kind::Enum, Wire::Varint(number)) => {
                let number = number as i32;
                let of = field.enum_type()?;
                let known = self.reading.keeps_closed || !of.is_closed();
                Ok((known || of.value(number).is_some()).then_some(Value::Enum(number)))
            }
            (kind, wire) => Ok(scalar(kind, wire)),
        }
    }

    fn element(
        &self,
        field: FieldRef<'_>,
        wire: Wire<'_>,
        into: &mut Message,
        depth: usize,
    ) -> Result<Taken, Refused> {
        let mut found = Vec::new();
        let mut unknown = Vec::new();
        match (wire, packed(field.kind())) {
            (Wire::Bytes(bytes), Some(width)) => {
                for wire in unpack(bytes, width)? {
                    match self.one(field, wire, Message::default(), depth)? {
                        Some(value) => found.push(value),
                        None => put_int32(
                            &mut unknown,
                            field.number(),
                            wire.int32().unwrap_or_default(),
                        ),
                    }
                }
            }
            (wire, _) => match self.one(field, wire, Message::default(), depth)? {
                Some(value) => found.push(value),
                None => return Ok(Taken::Unknown),
            },
        }
        into.unknown.extend_from_slice(&unknown);
        if !found.is_empty() {
            let list = into.fields.entry(field.number());
            if let Value::List(list) = list.or_insert_with(|| Value::List(Vec::new())) {
                list.append(&mut found);
            }
        }
        Ok(Taken::Known)
    }

    fn entry(
        &self,
        field: FieldRef<'_>,
        wire: Wire<'_>,
        into: &mut Message,
        depth: usize,
    ) -> Result<Taken, Refused> {
        let Wire::Bytes(bytes) = wire else { return Ok(Taken::Unknown) };
        let entry = field.message_type()?;
        let (Some(key), Some(value)) = (entry.field(1), entry.field(2)) else {
            return Ok(Taken::Unknown);
        };
        let mut read = Message::default();
        self.message(entry, bytes, &mut read, depth + 1)?;
        // A number that a closed enum does not have makes the whole entry unknown.
        if value.kind() == Kind::Enum
            && Fields::new(&read.unknown).filter_map(Result::ok).any(|part| part.number == 2)
        {
            return Ok(Taken::Unknown);
        }
        let key = read.fields.remove(&1).unwrap_or_else(|| Value::zero_of(key));
        let value = read.fields.remove(&2).unwrap_or_else(|| Value::zero_of(value));
        let map = into.fields.entry(field.number());
        if let Value::Map(map) = map.or_insert_with(|| Value::Map(Vec::new())) {
            map.retain(|(known, _)| *known != key);
            map.push((key, value));
        }
        Ok(Taken::Known)
    }
}

/// Whether the wire type is that of a message field's kind.
fn fits(field: FieldRef<'_>, wire: Wire<'_>) -> bool {
    matches!((field.kind(), wire), (Kind::Message, Wire::Bytes(_)) | (Kind::Group, Wire::Group(_)))
}

fn scalar(kind: Kind, wire: Wire<'_>) -> Option<Value> {
    Some(match (kind, wire) {
        (Kind::Double, Wire::Fixed64(bits)) => Value::Double(f64::from_bits(bits)),
        (Kind::Float, Wire::Fixed32(bits)) => Value::Float(f32::from_bits(bits)),
        (Kind::Int64, Wire::Varint(number)) => Value::Int64(number as i64),
        (Kind::Uint64, Wire::Varint(number)) => Value::Uint64(number),
        (Kind::Int32, Wire::Varint(number)) => Value::Int32(number as i32),
        (Kind::Uint32, Wire::Varint(number)) => Value::Uint32(number as u32),
        (Kind::Bool, Wire::Varint(number)) => Value::Bool(number != 0),
        (Kind::Sint32, Wire::Varint(number)) => {
            let number = number as u32;
            Value::Int32((number >> 1) as i32 ^ -((number & 1) as i32))
        }
        (Kind::Sint64, Wire::Varint(number)) => {
            Value::Int64((number >> 1) as i64 ^ -((number & 1) as i64))
        }
        (Kind::Fixed64, Wire::Fixed64(bits)) => Value::Uint64(bits),
        (Kind::Sfixed64, Wire::Fixed64(bits)) => Value::Int64(bits as i64),
        (Kind::Fixed32, Wire::Fixed32(bits)) => Value::Uint32(bits),
        (Kind::Sfixed32, Wire::Fixed32(bits)) => Value::Int32(bits as i32),
        (Kind::Bytes, Wire::Bytes(bytes)) => Value::Bytes(bytes.to_vec()),
        _ => return None,
    })
}

/// How the elements of a packed list are written.
#[derive(Clone, Copy)]
enum Width {
    Varint,
    Four,
    Eight,
}

fn packed(kind: Kind) -> Option<Width> {
    match kind {
        Kind::String | Kind::Bytes | Kind::Message | Kind::Group => None,
        Kind::Float | Kind::Fixed32 | Kind::Sfixed32 => Some(Width::Four),
        Kind::Double | Kind::Fixed64 | Kind::Sfixed64 => Some(Width::Eight),
        _ => Some(Width::Varint),
    }
}

fn unpack(mut bytes: &[u8], width: Width) -> Result<Vec<Wire<'_>>, Malformed> {
    let mut found = Vec::new();
    let cut = Malformed("a packed list is cut short");
    while !bytes.is_empty() {
        match width {
            Width::Four => {
                let (one, rest) = bytes.split_first_chunk().ok_or(cut)?;
                found.push(Wire::Fixed32(u32::from_le_bytes(*one)));
                bytes = rest;
            }
            Width::Eight => {
                let (one, rest) = bytes.split_first_chunk().ok_or(cut)?;
                found.push(Wire::Fixed64(u64::from_le_bytes(*one)));
                bytes = rest;
            }
            Width::Varint => {
                let length = bytes.iter().take_while(|&&byte| byte >= 0x80).count() + 1;
                let (one, rest) = bytes.split_at_checked(length).ok_or(cut)?;
                if length > 10 {
                    return Err(Malformed("a number is cut short or too long"));
                }
                found.push(Wire::Varint(
                    one.iter().rev().fold(0, |number, &byte| number << 7 | u64::from(byte & 0x7f)),
                ));
                bytes = rest;
            }
        }
    }
    Ok(found)
}

impl Message {
    /// Whether all required fields are there, in the messages within too.
    ///
    /// # Errors
    ///
    /// [`Refused::Missing`], with the path of the first that is not.
    pub fn check_required(&self, of: MessageRef<'_>) -> Result<(), Refused> {
        match self.missing(of) {
            Some(path) => Err(Refused::Missing(path)),
            None => Ok(()),
        }
    }

    fn missing(&self, of: MessageRef<'_>) -> Option<String> {
        let is_missing = |field: &FieldRef<'_>| {
            field.cardinality() == Cardinality::Required
                && !self.fields.contains_key(&field.number())
        };
        if let Some(field) = of.fields().find(is_missing) {
            return Some(field.name().to_owned());
        }
        for (&number, value) in &self.fields {
            let within = |field: FieldRef<'_>, value: &Value| match value {
                Value::Message(message) => message.missing(field.message_type().ok()?),
                _ => None,
            };
            let Some(field) = of.field_or_extension(number) else { continue };
            let missing = match value {
                Value::List(list) => list.iter().find_map(|one| within(field, one)),
                Value::Map(map) => {
                    let entry = field.message_type().ok().and_then(|entry| entry.field(2));
                    entry.and_then(|entry| map.iter().find_map(|(_, one)| within(entry, one)))
                }
                one => within(field, one),
            };
            if let Some(missing) = missing {
                return Some(format!("{}.{missing}", field.name()));
            }
        }
        None
    }
}
