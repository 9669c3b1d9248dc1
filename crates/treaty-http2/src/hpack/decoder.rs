//! Reads blocks of fields.
//!
//! *Holds*: the table never costs more than its bound, a block never more than the caller's;
//! an error means that the tables of both sides differ, and the connection cannot go on. —
//! *Source*: RFC 7541, sections 3.2, 4 and 6.

use std::collections::VecDeque;
use std::rc::Rc;

use super::block::{Block, Coding, Entry};
use super::names::{Name, is_value};
use super::{TABLE_BYTES, huffman, integer, statics};

/// A block that cannot be read. RFC 9113, section 4.3: a connection error of the kind
/// `COMPRESSION_ERROR`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The block ends within a field.
    #[error("a header block ends within a field")]
    Truncated,
    /// A field names a place that no table has.
    #[error("a header block names field {0}, which is in no table")]
    UnknownIndex(usize),
    /// A string is not in the Huffman code.
    #[error("a header block holds a string that is not in the Huffman code")]
    NotHuffman,
    /// The size of the table is set above what was allowed, or after a field.
    #[error("a header block changes the size of its table where or to what it must not")]
    TableSize,
}

/// One direction's table, and the reader of its blocks.
#[derive(Debug)]
pub struct Decoder {
    statics: Vec<Rc<Entry>>,
    table: VecDeque<Rc<Entry>>,
    table_bytes: usize,
    max_table_bytes: usize,
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new()
    }
}

impl Decoder {
    /// A reader whose table is empty.
    pub fn new() -> Self {
        let shared =
            |field: &(&str, &str)| Rc::new(Entry::new(field.0.as_bytes(), field.1.as_bytes()));
        Self {
            statics: statics::FIELDS.iter().map(shared).collect(),
            table: VecDeque::new(),
            table_bytes: 0,
            max_table_bytes: TABLE_BYTES,
        }
    }

    /// Reads a whole block into `block`, which is cleared first. What would make the list cost
    /// more than `max_list_bytes` is read, for the sake of the table, and left out.
    ///
    /// # Errors
    /// When the block cannot be read; the connection must end.
    pub fn decode(
        &mut self,
        mut bytes: &[u8],
        max_list_bytes: usize,
        block: &mut Block,
    ) -> Result<(), DecodeError> {
        block.clear();
        let mut sizes_may_change = true;
        while let Some(&first) = bytes.first() {
            if first & 0b1000_0000 != 0 {
                let index = read_integer(&mut bytes, 7)?;
                let entry = Rc::clone(self.entry(index)?);
                block.share(entry, max_list_bytes);
            } else if first & 0b0100_0000 != 0 {
                self.literal(&mut bytes, 6, Coding::Indexed, max_list_bytes, block)?;
            } else if first & 0b0010_0000 != 0 {
                let size = read_integer(&mut bytes, 5)?;
                if !sizes_may_change || size > TABLE_BYTES {
                    return Err(DecodeError::TableSize);
                }
                self.max_table_bytes = size;
                self.evict();
                continue;
            } else if first & 0b0001_0000 != 0 {
                self.literal(&mut bytes, 4, Coding::Never, max_list_bytes, block)?;
            } else {
                self.literal(&mut bytes, 4, Coding::Plain, max_list_bytes, block)?;
            }
            sizes_may_change = false;
        }
        Ok(())
    }

    fn literal(
        &mut self,
        bytes: &mut &[u8],
        prefix: u32,
        coding: Coding,
        max_list_bytes: usize,
        block: &mut Block,
    ) -> Result<(), DecodeError> {
        let index = read_integer(bytes, prefix)?;
        let at = block.text_mut().len();
        let (name, static_name) = if index == 0 {
            read_string(bytes, block.text_mut())?;
            let name = &block.text()[at..];
            (Name::of(name), statics::index_of_name(name))
        } else {
            let entry = self.entry(index)?;
            block.text_mut().extend_from_slice(entry.name_text());
            (entry.name, entry.static_name)
        };
        let name_bytes = block.text().len() - at;
        read_string(bytes, block.text_mut())?;
        if coding == Coding::Indexed {
            let (name, value) = block.text()[at..].split_at(name_bytes);
            let entry = Rc::new(Entry::new(name, value));
            block.text_mut().truncate(at);
            block.share(Rc::clone(&entry), max_list_bytes);
            self.insert(entry);
            return Ok(());
        }
        if block.admit(block.text().len() - at + 32, max_list_bytes) {
            if name == Name::Malformed || !is_value(&block.text()[at + name_bytes..]) {
                block.set_invalid();
            }
            block.own(at, name_bytes, name, static_name, coding);
        } else {
            block.text_mut().truncate(at);
        }
        Ok(())
    }

    fn entry(&self, index: usize) -> Result<&Rc<Entry>, DecodeError> {
        let place = index.checked_sub(1).ok_or(DecodeError::UnknownIndex(0))?;
        let found = match self.statics.get(place) {
            None => self.table.get(place - self.statics.len()),
            found => found,
        };
        found.ok_or(DecodeError::UnknownIndex(index))
    }

    /// Source: RFC 7541, section 4.4: what does not fit empties the table.
    fn insert(&mut self, entry: Rc<Entry>) {
        self.table_bytes += entry.cost();
        self.table.push_front(entry);
        self.evict();
    }

    fn evict(&mut self) {
        while self.table_bytes > self.max_table_bytes {
            match self.table.pop_back() {
                Some(oldest) => self.table_bytes -= oldest.cost(),
                None => return,
            }
        }
    }
}

fn read_integer(bytes: &mut &[u8], prefix: u32) -> Result<usize, DecodeError> {
    integer::read(bytes, prefix).ok_or(DecodeError::Truncated)
}

fn read_string(bytes: &mut &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    let first = *bytes.first().ok_or(DecodeError::Truncated)?;
    let length = read_integer(bytes, 7)?;
    let (text, rest) = bytes.split_at_checked(length).ok_or(DecodeError::Truncated)?;
    *bytes = rest;
    if first & 0x80 == 0 {
        out.extend_from_slice(text);
        return Ok(());
    }
    huffman::decode(text, out).map_err(|_| DecodeError::NotHuffman)
}
