//! Writes blocks of fields.
//!
//! *Holds*: the table is never larger than the peer allows, nor than [`TABLE_BYTES`]; a field
//! that its sender kept out of tables stays out. — *Source*: RFC 7541, sections 4 and 6.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasherDefault, Hasher};
use std::rc::Rc;

use super::block::{Block, Entry, Held};
use super::{TABLE_BYTES, integer, statics};

/// One direction's table, and the writer of its blocks.
#[derive(Debug)]
pub struct Encoder {
    table: VecDeque<Rc<Entry>>,
    /// By hash of name and value: the number of the entry, counted from the first ever.
    numbers: HashMap<u64, u64, BuildHasherDefault<Hashed>>,
    inserted: u64,
    table_bytes: usize,
    max_table_bytes: usize,
    /// The smallest bound since the last block, while the peer was not told of it.
    untold: Option<usize>,
}

impl Default for Encoder {
    fn default() -> Self {
        Self::new()
    }
}

impl Encoder {
    /// A writer whose table is empty.
    pub fn new() -> Self {
        Self {
            table: VecDeque::new(),
            numbers: HashMap::default(),
            inserted: 0,
            table_bytes: 0,
            max_table_bytes: TABLE_BYTES,
            untold: None,
        }
    }

    /// Takes on the peer's `SETTINGS_HEADER_TABLE_SIZE`, as far as it is below ours.
    pub fn limit(&mut self, bytes: u32) {
        let max = TABLE_BYTES.min(bytes as usize);
        if max != self.max_table_bytes {
            self.max_table_bytes = max;
            self.untold = Some(self.untold.map_or(max, |smallest| smallest.min(max)));
            self.evict();
        }
    }

    /// Appends a whole block.
    pub fn encode(&mut self, block: &Block, out: &mut Vec<u8>) {
        if let Some(smallest) = self.untold.take() {
            integer::write(out, 0b0010_0000, 5, smallest);
            if smallest != self.max_table_bytes {
                integer::write(out, 0b0010_0000, 5, self.max_table_bytes);
            }
        }
        let text = block.text();
        for held in block.held() {
            match held {
                Held::Shared(entry) => self.shared(entry, out),
                Held::Own { at, name_bytes, value_bytes, static_name, never, .. } => {
                    let at = *at as usize;
                    let value_at = at + *name_bytes as usize;
                    let (first, name) = (if *never { 0b0001_0000 } else { 0 }, &text[at..value_at]);
                    integer::write(out, first, 4, usize::from(*static_name));
                    if *static_name == 0 {
                        write_string(name, out);
                    }
                    write_string(&text[value_at..value_at + *value_bytes as usize], out);
                }
            }
        }
    }

    fn shared(&mut self, entry: &Rc<Entry>, out: &mut Vec<u8>) {
        if entry.static_field != 0 {
            out.push(0b1000_0000 | entry.static_field);
            return;
        }
        if let Some(index) = self.index_of(entry) {
            integer::write(out, 0b1000_0000, 7, index);
            return;
        }
        // What would empty the table stays out of it.
        let fits = entry.cost() <= self.max_table_bytes / 2;
        let (first, prefix) = if fits { (0b0100_0000, 6) } else { (0, 4) };
        integer::write(out, first, prefix, usize::from(entry.static_name));
        if entry.static_name == 0 {
            write_string(entry.name_text(), out);
        }
        write_string(entry.value(), out);
        if fits {
            self.insert(Rc::clone(entry));
        }
    }

    fn index_of(&self, entry: &Rc<Entry>) -> Option<usize> {
        let number = self.numbers.get(&entry.hash)?;
        let place = (self.inserted - 1 - number) as usize;
        let found = self.table.get(place)?;
        let equal = Rc::ptr_eq(found, entry)
            || found.name_text() == entry.name_text() && found.value() == entry.value();
        equal.then_some(statics::FIELDS.len() + 1 + place)
    }

    fn insert(&mut self, entry: Rc<Entry>) {
        self.table_bytes += entry.cost();
        self.numbers.insert(entry.hash, self.inserted);
        self.inserted += 1;
        self.table.push_front(entry);
        self.evict();
    }

    fn evict(&mut self) {
        while self.table_bytes > self.max_table_bytes {
            let Some(oldest) = self.table.pop_back() else { return };
            self.table_bytes -= oldest.cost();
            let number = self.inserted - 1 - self.table.len() as u64;
            if self.numbers.get(&oldest.hash) == Some(&number) {
                self.numbers.remove(&oldest.hash);
            }
        }
    }
}

fn write_string(text: &[u8], out: &mut Vec<u8>) {
    integer::write(out, 0, 7, text.len());
    out.extend_from_slice(text);
}

/// The keys are hashes already.
#[derive(Debug, Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for octet in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*octet);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}
