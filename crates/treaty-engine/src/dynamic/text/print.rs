//! Messages to the text format, a field a line. — *Holds*: fields stand as they are declared,
//! extensions behind them by name, then what is unknown, by numbers.

use std::fmt::Write as _;

use treaty_compiler::pool::{Cardinality, FieldRef, MessageRef};
use treaty_compiler::wire::{Fields, Value as Wire};

use crate::dynamic::json::print::key_order;
use crate::dynamic::tree::go_number;
use crate::dynamic::well_known::WellKnown;
use crate::dynamic::{MAX_DEPTH, Message, Value, any};

/// What becomes of fields that the type does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// They are printed by number.
    Printed,
    /// They are left out.
    LeftOut,
}

/// A message in the text format; empty for an empty one. What nests too deep is cut off.
#[must_use]
pub fn print(of: MessageRef<'_>, message: &Message, unknown: Unknown) -> String {
    let mut printer = Printer { into: String::new(), indent: 0, unknown };
    printer.message(of, message);
    printer.into
}

struct Printer {
    into: String,
    indent: usize,
    unknown: Unknown,
}

impl Printer {
    fn line(&mut self, text: &str) {
        for _ in 0..self.indent {
            self.into.push_str("  ");
        }
        self.into.push_str(text);
        self.into.push('\n');
    }

    fn block(&mut self, name: &str, inner: impl FnOnce(&mut Self)) {
        let start = self.into.len();
        self.line(&format!("{name}: {{"));
        let after = self.into.len();
        self.indent += 1;
        if self.indent <= MAX_DEPTH {
            inner(self);
        }
        self.indent -= 1;
        if self.into.len() == after {
            self.into.truncate(start);
            self.line(&format!("{name}: {{}}"));
        } else {
            self.line("}");
        }
    }

    fn message(&mut self, of: MessageRef<'_>, message: &Message) {
        if WellKnown::of(of.full_name()) == Some(WellKnown::Any)
            && let Ok(Some(any)) = any::open(of, message)
        {
            self.block(&format!("[{}]", any.url), |printer| {
                printer.message(any.of, &any.message);
            });
            return;
        }
        for (field, value) in message.in_order(of) {
            self.field(field, value);
        }
        if self.unknown == Unknown::Printed {
            self.unknown_fields(&message.unknown);
        }
    }

    fn field(&mut self, field: FieldRef<'_>, value: &Value) {
        let name = field.text_name();
        match (field.cardinality(), value) {
            (Cardinality::Map, Value::Map(map)) => {
                let Ok(entry) = field.message_type() else { return };
                let (Some(key), Some(value)) = (entry.field(1), entry.field(2)) else { return };
                let mut sorted: Vec<_> = map.iter().collect();
                sorted.sort_by(|(a, _), (b, _)| key_order(a, b));
                for (one, other) in sorted {
                    self.block(&name, |printer| {
                        printer.one(key, "key", one);
                        printer.one(value, "value", other);
                    });
                }
            }
            (_, Value::List(list)) => list.iter().for_each(|one| self.one(field, &name, one)),
            (_, one) => self.one(field, &name, one),
        }
    }

    fn one(&mut self, field: FieldRef<'_>, name: &str, value: &Value) {
        if let Value::Message(message) = value {
            if let Ok(of) = field.message_type() {
                self.block(name, |printer| printer.message(of, message));
            }
            return;
        }
        self.line(&format!("{name}: {}", scalar(field, value)));
    }

    fn unknown_fields(&mut self, bytes: &[u8]) {
        for field in Fields::new(bytes).filter_map(Result::ok) {
            let name = field.number.to_string();
            match field.value {
                Wire::Varint(number) => self.line(&format!("{name}: {number}")),
                Wire::Fixed32(bits) => self.line(&format!("{name}: 0x{bits:08x}")),
                Wire::Fixed64(bits) => self.line(&format!("{name}: 0x{bits:016x}")),
                Wire::Bytes(bytes) => self.line(&format!("{name}: {}", quoted(bytes))),
                Wire::Group(inner) => self.block(&name, |printer| printer.unknown_fields(inner)),
            }
        }
    }
}

fn scalar(field: FieldRef<'_>, value: &Value) -> String {
    let float = |scientific: String, number: f64| match number {
        f64::INFINITY => "inf".to_owned(),
        f64::NEG_INFINITY => "-inf".to_owned(),
        number if number.is_nan() => "nan".to_owned(),
        _ => go_number(&scientific),
    };
    match value {
        Value::Bool(truth) => truth.to_string(),
        Value::Int32(number) => number.to_string(),
        Value::Int64(number) => number.to_string(),
        Value::Uint32(number) => number.to_string(),
        Value::Uint64(number) => number.to_string(),
        Value::Float(number) => float(format!("{number:e}"), f64::from(*number)),
        Value::Double(number) => float(format!("{number:e}"), *number),
        Value::Text(bytes) | Value::Bytes(bytes) => quoted(bytes),
        Value::Enum(number) => match field.enum_type().ok().and_then(|of| of.value(*number)) {
            Some(value) => value.name.to_string(),
            None => number.to_string(),
        },
        Value::Message(_) | Value::List(_) | Value::Map(_) => String::new(),
    }
}

/// In quotes: what is UTF-8 and can be seen as it is, the rest escaped.
fn quoted(bytes: &[u8]) -> String {
    let mut text = String::from("\"");
    for chunk in bytes.utf8_chunks() {
        for letter in chunk.valid().chars() {
            match letter {
                '"' => text.push_str("\\\""),
                '\\' => text.push_str("\\\\"),
                '\n' => text.push_str("\\n"),
                '\r' => text.push_str("\\r"),
                '\t' => text.push_str("\\t"),
                '\0'..' ' | '\x7f' => _ = write!(text, "\\x{:02x}", letter as u32),
                '\u{80}'..='\u{9f}' => _ = write!(text, "\\u{:04x}", letter as u32),
                letter => text.push(letter),
            }
        }
        for byte in chunk.invalid() {
            _ = write!(text, "\\x{byte:02x}");
        }
    }
    text.push('"');
    text
}
