//! Compares what was meant with what is read.
//!
//! Fields pair by number. What the reader has no field for is skipped. Whether unset and zero differ
//! is for the old version to say: a new one may begin to tell them apart, but not stop. — *Holds*:
//! agrees with [`Effect`]: kept, ignored, misread.

use treaty_compiler::descriptor::Kind;
use treaty_compiler::pool::{Cardinality, FieldRef, MessageRef};

use super::focus::Focus;
use super::{Side, rank, values};
use crate::Effect;
use crate::dynamic::{Message, Value, json};

/// The worst difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) effect: Effect,
    pub(super) path: String,
    pub(super) meant: String,
    pub(super) seen: String,
}

/// Writer and reader.
#[derive(Clone, Copy)]
pub(super) struct Pair<'p> {
    pub(super) writer: MessageRef<'p>,
    pub(super) reader: MessageRef<'p>,
    pub(super) side: Side,
}

impl<'p> Pair<'p> {
    fn inner(self, writer: MessageRef<'p>, reader: MessageRef<'p>) -> Self {
        Self { writer, reader, ..self }
    }

    /// The field of that number on the older side.
    fn old<'f>(self, written: FieldRef<'f>, read: FieldRef<'f>) -> FieldRef<'f> {
        if self.side == Side::Old { written } else { read }
    }
}

struct Comparison {
    worst: Option<Difference>,
    path: Vec<String>,
}

/// The worst difference about what the focus has.
pub(super) fn compare(
    pair: Pair<'_>,
    focus: &Focus,
    meant: &Message,
    seen: &Message,
) -> Option<Difference> {
    let mut comparison = Comparison { worst: None, path: Vec::new() };
    comparison.message(pair, focus, meant, seen);
    comparison.worst
}

impl Comparison {
    fn add(
        &mut self,
        effect: Effect,
        meant: impl FnOnce() -> String,
        seen: impl FnOnce() -> String,
    ) {
        let worst = self.worst.as_ref().map_or(Effect::Kept, |worst| worst.effect);
        if rank(effect) > rank(worst) {
            let path = self.path.concat().trim_start_matches('.').to_owned();
            self.worst = Some(Difference { effect, path, meant: meant(), seen: seen() });
        }
    }

    fn within(&mut self, name: String, inner: impl FnOnce(&mut Self)) {
        self.path.push(name);
        inner(self);
        self.path.pop();
    }

    fn message(&mut self, pair: Pair<'_>, focus: &Focus, meant: &Message, seen: &Message) {
        let extensions = pair.writer.pool().extensions_of(pair.writer.full_name());
        for written in pair.writer.fields().chain(extensions) {
            let number = written.number();
            if !focus.has(number) {
                continue;
            }
            let read = pair.reader.field_or_extension(number);
            self.within(format!(".{}", written.name()), |one| match read {
                Some(read) => {
                    let values = (meant.fields.get(&number), seen.fields.get(&number));
                    one.field(pair, written, read, values);
                }
                None => {
                    if let Some(value) = meant.fields.get(&number) {
                        one.skipped(pair, written, value);
                    }
                }
            });
        }
    }

    /// What the reader has no field for.
    fn skipped(&mut self, pair: Pair<'_>, field: FieldRef<'_>, value: &Value) {
        let effect = if clears_known(pair, field) { Effect::Misread } else { Effect::Ignored };
        let seen = if effect == Effect::Misread { "a oneof that is not set" } else { "skipped" };
        self.add(effect, || show(field, value), || seen.to_owned());
    }

    fn field(
        &mut self,
        pair: Pair<'_>,
        written: FieldRef<'_>,
        read: FieldRef<'_>,
        values: (Option<&Value>, Option<&Value>),
    ) {
        match values {
            (Some(meant), Some(seen)) => self.values(pair, (written, meant), (read, seen)),
            (Some(meant), None) => self.lost(pair, written, read, meant),
            (None, Some(seen)) => self.appeared(written, read, seen),
            (None, None) => self.both_unset(pair, written, read),
        }
    }

    fn lost(&mut self, pair: Pair<'_>, written: FieldRef<'_>, read: FieldRef<'_>, meant: &Value) {
        let zero_is_unset = read.cardinality() == Cardinality::Implicit && meant.is_zero();
        let told_apart = pair.old(written, read).cardinality() == Cardinality::Explicit;
        if zero_is_unset && !told_apart {
            return;
        }
        self.add(Effect::Misread, || show(written, meant), || "not set".to_owned());
    }

    fn appeared(&mut self, written: FieldRef<'_>, read: FieldRef<'_>, seen: &Value) {
        let zero_was_unset = written.cardinality() == Cardinality::Implicit && seen.is_zero();
        if !zero_was_unset {
            self.add(Effect::Misread, || "not set".to_owned(), || show(read, seen));
        }
    }

    fn both_unset(&mut self, pair: Pair<'_>, written: FieldRef<'_>, read: FieldRef<'_>) {
        if written.is_repeated() || read.is_repeated() {
            return;
        }
        let implicit = |field: FieldRef<'_>| field.cardinality() == Cardinality::Implicit;
        let told_apart = pair.old(written, read).cardinality() == Cardinality::Explicit;
        if implicit(written) && !implicit(read) && told_apart {
            let zero = Value::zero_of(written);
            self.add(Effect::Misread, || show(written, &zero), || "not set".to_owned());
        }
        let (Some(meant), Some(seen)) = (values::default_of(written), values::default_of(read))
        else {
            return;
        };
        if written.kind() == read.kind() && !same_default(written, &meant, read, &seen) {
            let default = |text: String| format!("not set, which means {text}");
            self.add(
                Effect::Misread,
                || default(show(written, &meant)),
                || default(show(read, &seen)),
            );
        }
    }

    fn values(
        &mut self,
        pair: Pair<'_>,
        (written, meant): (FieldRef<'_>, &Value),
        (read, seen): (FieldRef<'_>, &Value),
    ) {
        match (meant, seen) {
            (Value::List(all), Value::List(others)) if all.len() == others.len() => {
                for (index, (meant, seen)) in all.iter().zip(others).enumerate() {
                    self.within(format!("[{index}]"), |one| {
                        one.values(pair, (written, meant), (read, seen));
                    });
                }
            }
            (Value::Map(all), Value::Map(others)) if all.len() == others.len() => {
                self.maps(pair, (written, all), (read, others));
            }
            // A map is a list of entries, if somebody reads it so.
            (Value::List(_) | Value::Map(_), _) | (_, Value::List(_) | Value::Map(_)) => {
                let one_of_one = match (meant, seen) {
                    (Value::List(list), one) | (one, Value::List(list)) => match &list[..] {
                        [only] => Some((only, one)),
                        _ => None,
                    },
                    _ => None,
                };
                match one_of_one {
                    Some((only, one)) if !matches!(one, Value::Map(_)) => {
                        let (meant, seen) =
                            if matches!(meant, Value::List(_)) { (only, one) } else { (one, only) };
                        self.values(pair, (written, meant), (read, seen));
                    }
                    _ => self.add(Effect::Misread, || show(written, meant), || show(read, seen)),
                }
            }
            (Value::Message(meant), Value::Message(seen)) => {
                if let (Ok(writer), Ok(reader)) = (written.message_type(), read.message_type()) {
                    self.message(pair.inner(writer, reader), &Focus::All, meant, seen);
                }
            }
            _ => {
                let effect = scalars((written, meant), (read, seen));
                let note = if effect == Effect::Ignored { ", which has no name" } else { "" };
                self.add(effect, || show(written, meant), || show(read, seen) + note);
            }
        }
    }

    fn maps(
        &mut self,
        pair: Pair<'_>,
        (written, all): (FieldRef<'_>, &[(Value, Value)]),
        (read, others): (FieldRef<'_>, &[(Value, Value)]),
    ) {
        let entries = (written.message_type(), read.message_type());
        let (Ok(writer), Ok(reader)) = entries else { return };
        let keys = writer.field(1).zip(reader.field(1));
        let values = writer.field(2).zip(reader.field(2));
        let (Some((key_written, key_read)), Some((one, other))) = (keys, values) else { return };
        for (key, meant) in all {
            let same = |(seen, _): &&(Value, Value)| {
                scalars((key_written, key), (key_read, seen)) == Effect::Kept
            };
            self.within(format!("[{}]", show(key_written, key)), |inner| {
                match others.iter().find(same) {
                    Some((_, seen)) => inner.values(pair, (one, meant), (other, seen)),
                    None => {
                        inner.add(Effect::Misread, || show(one, meant), || "not there".to_owned())
                    }
                }
            });
        }
    }
}

/// Whether the field is of a oneof whose other members the reader has: then it sees it as not set.
pub(super) fn clears_known(pair: Pair<'_>, field: FieldRef<'_>) -> bool {
    field.oneof().is_some_and(|oneof| {
        let mut members = pair.writer.fields().filter(|one| one.oneof() == Some(oneof));
        members
            .any(|one| pair.reader.field(one.number()).is_some_and(|known| known.oneof().is_some()))
    })
}

fn same_default(written: FieldRef<'_>, meant: &Value, read: FieldRef<'_>, seen: &Value) -> bool {
    match (written.enum_type(), read.enum_type()) {
        (Ok(_), Ok(_)) => meant == seen,
        _ => scalars((written, meant), (read, seen)) == Effect::Kept,
    }
}

/// Whether one value is read as it was meant.
fn scalars(
    (written, meant): (FieldRef<'_>, &Value),
    (read, seen): (FieldRef<'_>, &Value),
) -> Effect {
    let same = match (number(meant), number(seen)) {
        (Some(meant), Some(seen)) => meant.is(&seen),
        _ => match (meant, seen) {
            (Value::Text(meant) | Value::Bytes(meant), Value::Text(seen) | Value::Bytes(seen)) => {
                meant == seen
            }
            _ => false,
        },
    };
    let named = |field: FieldRef<'_>, number: i32| {
        field.enum_type().is_ok_and(|of| of.value(number).is_some())
    };
    match (same, seen) {
        (false, _) => Effect::Misread,
        (true, Value::Enum(number)) if !named(read, *number) => {
            // The writer cannot name it either, or means no more than a number.
            let meant_more = written.kind() != Kind::Enum || named(written, *number);
            if meant_more { Effect::Ignored } else { Effect::Kept }
        }
        (true, _) => Effect::Kept,
    }
}

enum Number {
    Whole(i128),
    Float(f64),
}

impl Number {
    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Whole(one), Self::Whole(other)) => one == other,
            (Self::Float(one), Self::Float(other)) => {
                one.to_bits() == other.to_bits() || one.is_nan() && other.is_nan()
            }
            // Exactly: a whole number that a float only comes near is another one.
            (Self::Whole(whole), Self::Float(float)) | (Self::Float(float), Self::Whole(whole)) => {
                float.fract() == 0.0 && float.abs() < 2_f64.powi(100) && *float as i128 == *whole
            }
        }
    }
}

fn number(value: &Value) -> Option<Number> {
    Some(match *value {
        Value::Bool(truth) => Number::Whole(i128::from(truth)),
        Value::Int32(number) | Value::Enum(number) => Number::Whole(i128::from(number)),
        Value::Int64(number) => Number::Whole(i128::from(number)),
        Value::Uint32(number) => Number::Whole(i128::from(number)),
        Value::Uint64(number) => Number::Whole(i128::from(number)),
        Value::Float(number) => Number::Float(f64::from(number)),
        Value::Double(number) => Number::Float(number),
        _ => return None,
    })
}

/// A value as JSON.
pub(super) fn show(field: FieldRef<'_>, value: &Value) -> String {
    json::print_value(field, value).map_or_else(|_| "?".to_owned(), |tree| tree.to_json())
}
