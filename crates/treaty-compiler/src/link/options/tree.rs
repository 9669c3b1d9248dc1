//! An options message while it is put together, part by part. — *Holds*: fields are encoded in the order of
//! their numbers, as protoc does, whatever order the source has. buf writes the members of a oneof last, and
//! extensions among fields in another order; readers do not care.

use crate::wire::{put_bytes, put_number, put_varint};

/// A message.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Tree {
    /// Sorted by number.
    nodes: Vec<Node>,
}

#[derive(Debug, Clone, PartialEq)]
struct Node {
    number: u32,
    is_packed: bool,
    values: Vec<Value>,
}

/// One value of a field.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Varint(u64),
    Fixed32(u32),
    Fixed64(u64),
    Bytes(Vec<u8>),
    Message(Tree),
    Group(Tree),
    /// An item of a message set.
    Item(Tree),
}

impl Tree {
    /// Whether a field was set, be it to a zero that is not written.
    pub(crate) fn has(&self, number: u32) -> bool {
        self.nodes.binary_search_by_key(&number, |node| node.number).is_ok()
    }

    /// Whether a field has a value that is written.
    pub(crate) fn has_value(&self, number: u32) -> bool {
        let node = self.nodes.binary_search_by_key(&number, |node| node.number);
        node.is_ok_and(|at| !self.nodes[at].values.is_empty())
    }

    /// Remembers that a field was set, without a value that is written.
    pub(crate) fn note(&mut self, number: u32) {
        self.node(number);
    }

    fn node(&mut self, number: u32) -> &mut Node {
        let at = match self.nodes.binary_search_by_key(&number, |node| node.number) {
            Ok(at) => at,
            Err(at) => {
                let node = Node { number, is_packed: false, values: Vec::new() };
                self.nodes.insert(at, node);
                at
            }
        };
        &mut self.nodes[at]
    }

    /// Appends a value.
    pub(crate) fn push(&mut self, number: u32, is_packed: bool, value: Value) {
        let node = self.node(number);
        node.is_packed = is_packed;
        node.values.push(value);
    }

    /// The message in a field, if it is set.
    pub(crate) fn existing(&mut self, number: u32) -> Option<&mut Self> {
        if self.has(number) { self.inner(number, || Value::Message(Self::default())) } else { None }
    }

    /// The message in a field that is not repeated, made by `new` if it is not there yet.
    pub(crate) fn inner(&mut self, number: u32, new: impl FnOnce() -> Value) -> Option<&mut Self> {
        let node = self.node(number);
        if node.values.is_empty() {
            node.values.push(new());
        }
        match node.values.last_mut() {
            Some(Value::Message(tree) | Value::Group(tree) | Value::Item(tree)) => Some(tree),
            _ => None,
        }
    }

    /// Appends the encoded message.
    pub(crate) fn encode(&self, into: &mut Vec<u8>) {
        for node in &self.nodes {
            if node.is_packed {
                let mut packed = Vec::new();
                node.values.iter().for_each(|value| value.put(&mut packed));
                put_bytes(into, node.number, &packed);
            } else {
                node.values.iter().for_each(|value| value.encode(node.number, into));
            }
        }
    }

    pub(crate) fn encoded(&self) -> Vec<u8> {
        let mut into = Vec::new();
        self.encode(&mut into);
        into
    }
}

impl Value {
    /// Without a tag, for packing.
    fn put(&self, into: &mut Vec<u8>) {
        match self {
            Self::Varint(number) => put_varint(into, *number),
            Self::Fixed32(number) => into.extend(number.to_le_bytes()),
            Self::Fixed64(number) => into.extend(number.to_le_bytes()),
            Self::Bytes(_) | Self::Message(_) | Self::Group(_) | Self::Item(_) => {}
        }
    }

    fn encode(&self, number: u32, into: &mut Vec<u8>) {
        let tag = u64::from(number) << 3;
        match self {
            Self::Varint(value) => put_number(into, number, *value),
            Self::Fixed32(_) => {
                put_varint(into, tag | 5);
                self.put(into);
            }
            Self::Fixed64(_) => {
                put_varint(into, tag | 1);
                self.put(into);
            }
            Self::Bytes(bytes) => put_bytes(into, number, bytes),
            Self::Message(tree) => put_bytes(into, number, &tree.encoded()),
            Self::Group(tree) => {
                put_varint(into, tag | 3);
                tree.encode(into);
                put_varint(into, tag | 4);
            }
            Self::Item(tree) => {
                // Of a message set: a group 1 of the type's number and the message.
                into.push(0x0b);
                put_number(into, 2, u64::from(number));
                put_bytes(into, 3, &tree.encoded());
                into.push(0x0c);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_encoded_by_number_and_parts_are_merged() {
        let mut tree = Tree::default();
        tree.push(3, true, Value::Varint(1));
        let part = |number, value| {
            move |tree: &mut Tree| {
                let inner = tree.inner(2, || Value::Message(Tree::default()));
                inner.expect("it is a message").push(number, false, Value::Varint(value));
            }
        };
        part(2, 7)(&mut tree);
        part(1, 8)(&mut tree);
        tree.push(3, true, Value::Varint(300));
        tree.push(1, false, Value::Group(Tree::default()));
        assert_eq!(tree.encoded(), [0x0b, 0x0c, 0x12, 4, 8, 8, 16, 7, 0x1a, 3, 1, 0xac, 2]);
    }
}
