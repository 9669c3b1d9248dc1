//! A list of fields, as it was decoded and as it will be encoded.

use std::rc::Rc;

use super::names::{Name, is_value};
use super::{cost, statics};

/// How a sender wrote a field, and how it is to be written on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// In the table, now or from now on.
    Indexed,
    /// Not in the table.
    Plain,
    /// Never in any table: a secret, or not worth it.
    Never,
}

/// A field that is, or may come to be, in tables: shared by those and by blocks.
#[derive(Debug)]
pub(super) struct Entry {
    text: Box<[u8]>,
    name_bytes: usize,
    pub(super) name: Name,
    pub(super) is_valid: bool,
    pub(super) hash: u64,
    /// The static field with this name, and the one with this value too, or 0.
    pub(super) static_name: u8,
    pub(super) static_field: u8,
}

impl Entry {
    pub(super) fn new(name: &[u8], value: &[u8]) -> Self {
        let static_name = statics::index_of_name(name);
        let mut static_field = 0;
        if static_name != 0 {
            let of_name = (static_name..).zip(&statics::FIELDS[usize::from(static_name) - 1..]);
            let mut of_name = of_name.take_while(|(_, field)| field.0.as_bytes() == name);
            let equal = of_name.find(|(_, field)| field.1.as_bytes() == value);
            static_field = equal.map_or(0, |(index, _)| index);
        }
        let known = Name::of(name);
        Self {
            text: [name, value].concat().into(),
            name_bytes: name.len(),
            name: known,
            is_valid: known != Name::Malformed && is_value(value),
            hash: hash(name, value),
            static_name,
            static_field,
        }
    }

    pub(super) fn name_text(&self) -> &[u8] {
        &self.text[..self.name_bytes]
    }

    pub(super) fn value(&self) -> &[u8] {
        &self.text[self.name_bytes..]
    }

    pub(super) fn cost(&self) -> usize {
        self.text.len() + 32
    }
}

/// A field that is written again and again, made once. It belongs to one thread.
#[derive(Debug, Clone)]
pub struct SharedField(Rc<Entry>);

impl SharedField {
    /// Makes the field.
    pub fn new(name: &str, value: &str) -> Self {
        Self(Rc::new(Entry::new(name.as_bytes(), value.as_bytes())))
    }
}

/// Good enough for a table of at most 128 fields; whoever makes two of them collide gains one
/// comparison, and the fields are compared in any case.
fn hash(name: &[u8], value: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64 ^ (name.len() as u64) << 32;
    for part in [name, value] {
        for octet in part {
            hash = (hash ^ u64::from(*octet)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    hash ^ hash >> 32
}

/// One field where it is held.
#[derive(Debug, Clone)]
pub(super) enum Held {
    /// Shared with tables.
    Shared(Rc<Entry>),
    /// In the block's own text: name, then value.
    Own { at: u32, name_bytes: u32, value_bytes: u32, name: Name, static_name: u8, never: bool },
}

/// Fields in order.
#[derive(Debug, Clone, Default)]
pub struct Block {
    held: Vec<Held>,
    text: Vec<u8>,
    list_bytes: usize,
    is_valid: bool,
    is_complete: bool,
}

/// One field of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field<'a> {
    /// Which name it is.
    pub name: Name,
    /// The name's text.
    pub name_text: &'a [u8],
    /// The value.
    pub value: &'a [u8],
    /// How it was written, and will be.
    pub coding: Coding,
}

impl Block {
    /// A block without fields.
    pub fn new() -> Self {
        Self { is_valid: true, is_complete: true, ..Self::default() }
    }

    /// Forgets all fields, and keeps the room.
    pub fn clear(&mut self) {
        self.held.clear();
        self.text.clear();
        self.list_bytes = 0;
        self.is_valid = true;
        self.is_complete = true;
    }

    /// Whether every name and value is one that HTTP/2 allows.
    pub fn is_valid(&self) -> bool {
        self.is_valid
    }

    /// Whether all that was decoded is here; what would make the list longer than its bound is
    /// left out.
    pub fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// What the list costs, in bytes, as peers count it.
    pub fn list_bytes(&self) -> usize {
        self.list_bytes
    }

    /// The number of fields.
    pub fn len(&self) -> usize {
        self.held.len()
    }

    /// Whether there are no fields.
    pub fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    /// The fields in order.
    pub fn iter(&self) -> impl Iterator<Item = Field<'_>> {
        self.held.iter().map(|held| field(held, &self.text))
    }

    /// The value of the first field with a name.
    pub fn get(&self, name: Name) -> Option<&[u8]> {
        self.iter().find(|field| field.name == name).map(|field| field.value)
    }

    /// Adds a field that no table will hold.
    pub fn push(&mut self, name: &str, value: &[u8]) {
        let at = self.text.len();
        self.text.extend_from_slice(name.as_bytes());
        self.text.extend_from_slice(value);
        let known = Name::of(name.as_bytes());
        self.is_valid &= known != Name::Malformed && is_value(value);
        let static_name = statics::index_of_name(name.as_bytes());
        self.list_bytes += cost(name.as_bytes(), value);
        self.own(at, name.len(), known, static_name, Coding::Plain);
    }

    /// Adds a field that tables may hold.
    pub fn push_shared(&mut self, field: &SharedField) {
        self.share(Rc::clone(&field.0), usize::MAX);
    }

    /// Keeps the fields that `keep` wants.
    pub fn retain(&mut self, mut keep: impl FnMut(Field<'_>) -> bool) {
        let Self { held, text, list_bytes, .. } = self;
        held.retain(|held| {
            let field = field(held, text);
            let kept = keep(field);
            if !kept {
                *list_bytes -= cost(field.name_text, field.value);
            }
            kept
        });
    }

    pub(super) fn held(&self) -> &[Held] {
        &self.held
    }

    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }

    /// Where literals are decoded to, before [`Block::own`] or [`Block::share`].
    pub(super) fn text_mut(&mut self) -> &mut Vec<u8> {
        &mut self.text
    }

    pub(super) fn share(&mut self, entry: Rc<Entry>, max_list_bytes: usize) {
        let cost = entry.cost();
        if self.admit(cost, max_list_bytes) {
            self.is_valid &= entry.is_valid;
            self.held.push(Held::Shared(entry));
        }
    }

    /// Makes the text from `at` on a field; its cost was admitted.
    pub(super) fn own(
        &mut self,
        at: usize,
        name_bytes: usize,
        name: Name,
        static_name: u8,
        coding: Coding,
    ) {
        let value_bytes = self.text.len() - at - name_bytes;
        self.held.push(Held::Own {
            at: at as u32,
            name_bytes: name_bytes as u32,
            value_bytes: value_bytes as u32,
            name,
            static_name,
            never: coding == Coding::Never,
        });
    }

    /// Whether a field of this cost still fits; if not, the block says that it is not complete.
    pub(super) fn admit(&mut self, cost: usize, max_list_bytes: usize) -> bool {
        let fits = self.is_complete && self.list_bytes + cost <= max_list_bytes;
        self.is_complete &= fits;
        if fits {
            self.list_bytes += cost;
        }
        fits
    }

    pub(super) fn set_invalid(&mut self) {
        self.is_valid = false;
    }
}

fn field<'a>(held: &'a Held, text: &'a [u8]) -> Field<'a> {
    match held {
        Held::Shared(entry) => Field {
            name: entry.name,
            name_text: entry.name_text(),
            value: entry.value(),
            coding: Coding::Indexed,
        },
        Held::Own { at, name_bytes, value_bytes, name, never, .. } => {
            let (at, name_bytes) = (*at as usize, *name_bytes as usize);
            let value_at = at + name_bytes;
            Field {
                name: *name,
                name_text: &text[at..value_at],
                value: &text[value_at..value_at + *value_bytes as usize],
                coding: if *never { Coding::Never } else { Coding::Plain },
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_what_is_pushed_and_forgets_what_is_not_kept() {
        let mut block = Block::new();
        block.push(":path", b"/a.B/C");
        block.push_shared(&SharedField::new("te", "trailers"));
        block.push("grpc-timeout", b"1S");
        assert_eq!(block.get(Name::Path), Some(&b"/a.B/C"[..]));
        assert_eq!(block.list_bytes(), (5 + 6 + 32) + (2 + 8 + 32) + (12 + 2 + 32));
        block.retain(|field| field.name != Name::GrpcTimeout);
        assert_eq!(block.len(), 2);
        assert_eq!(block.list_bytes(), (5 + 6 + 32) + (2 + 8 + 32));
        assert!(block.is_valid());
        block.push("x", b"a\r\nb");
        assert!(!block.is_valid());
    }

    #[test]
    fn finds_the_static_fields() {
        let entry = |name: &str, value: &str| {
            let entry = Entry::new(name.as_bytes(), value.as_bytes());
            (entry.static_name, entry.static_field)
        };
        assert_eq!(entry(":method", "POST"), (2, 3));
        assert_eq!(entry(":method", "PUT"), (2, 0));
        assert_eq!(entry(":status", "500"), (8, 14));
        assert_eq!(entry("www-authenticate", ""), (61, 61));
        assert_eq!(entry("te", "trailers"), (0, 0));
    }
}
