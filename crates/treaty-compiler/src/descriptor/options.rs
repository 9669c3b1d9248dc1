//! The options of an element, encoded. — *Holds*: fields stand in the order of their numbers once
//! linked; before, what the source says waits in `raw`.

use crate::ast::RawOption;
use crate::wire::{Fields, Value};

/// An options message such as `google.protobuf.FieldOptions`, built-in, custom and features alike.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Options {
    bytes: Vec<u8>,
    /// As parsed; the linker turns these into bytes.
    pub(crate) raw: Vec<RawOption>,
}

impl Options {
    /// From the encoded message.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self { bytes, raw: Vec::new() }
    }

    /// Puts the encoded message in place of what was there.
    pub(crate) fn set_bytes(&mut self, bytes: Vec<u8>) {
        self.bytes = bytes;
    }

    /// As parsed.
    pub(crate) fn from_raw(raw: Vec<RawOption>) -> Self {
        Self { bytes: Vec::new(), raw }
    }

    /// Adds what is parsed. Most elements have no more than one option.
    pub(crate) fn add(&mut self, option: RawOption) {
        if self.raw.is_empty() {
            self.raw.reserve_exact(1);
        }
        self.raw.push(option);
    }

    /// The encoded message.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Every value of a field, in order.
    pub fn all(&self, number: u32) -> impl Iterator<Item = Value<'_>> {
        let fields = Fields::new(&self.bytes).filter_map(Result::ok);
        fields.filter(move |field| field.number == number).map(|field| field.value)
    }

    /// The last value of a field, which is what counts of one that is not repeated.
    #[must_use]
    pub fn get(&self, number: u32) -> Option<Value<'_>> {
        self.all(number).last()
    }

    /// A `bool`, false where it is not set.
    #[must_use]
    pub fn flag(&self, number: u32) -> bool {
        self.get(number).and_then(Value::truth).unwrap_or_default()
    }

    /// A `string`.
    #[must_use]
    pub fn text(&self, number: u32) -> Option<&str> {
        self.get(number).and_then(Value::text)
    }

    /// An enum's number.
    #[must_use]
    pub fn number(&self, number: u32) -> Option<i32> {
        self.get(number).and_then(Value::int32)
    }
}
