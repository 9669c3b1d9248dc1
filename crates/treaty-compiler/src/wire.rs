//! Reads and writes the protobuf wire format, field by field. — *Does not* know any message. —
//! *Source*: <https://protobuf.dev/programming-guides/encoding/>.

/// The bytes end within a field, or are no protobuf at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a protobuf message: {0}")]
pub struct Malformed(pub &'static str);

/// What a field holds, as far as the wire tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value<'a> {
    /// Wire type 0.
    Varint(u64),
    /// Wire type 1.
    Fixed64(u64),
    /// Wire type 2.
    Bytes(&'a [u8]),
    /// Wire types 3 and 4: what stands between start and end.
    Group(&'a [u8]),
    /// Wire type 5.
    Fixed32(u32),
}

impl<'a> Value<'a> {
    /// The bytes of a string, bytes, message or packed field.
    #[must_use]
    pub fn bytes(self) -> Option<&'a [u8]> {
        if let Self::Bytes(bytes) = self { Some(bytes) } else { None }
    }

    /// The text of a string field, if it is UTF-8.
    #[must_use]
    pub fn text(self) -> Option<&'a str> {
        std::str::from_utf8(self.bytes()?).ok()
    }

    /// The number of a varint field as `int32` and enums are read: the low 32 bits.
    #[must_use]
    pub fn int32(self) -> Option<i32> {
        if let Self::Varint(number) = self { Some(number as i32) } else { None }
    }

    /// The truth of a varint field.
    #[must_use]
    pub fn truth(self) -> Option<bool> {
        if let Self::Varint(number) = self { Some(number != 0) } else { None }
    }
}

/// One field of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field<'a> {
    /// Its number.
    pub number: u32,
    /// What it holds.
    pub value: Value<'a>,
    /// Tag and value as they were written.
    pub whole: &'a [u8],
}

/// How deep groups may nest.
const MAX_GROUPS: usize = 100;

/// The fields of an encoded message, in order; after an error there is nothing more.
#[derive(Debug, Clone)]
pub struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    /// Of the message.
    #[must_use]
    pub fn new(message: &'a [u8]) -> Self {
        Self { rest: message }
    }

    fn field(&mut self, depth: usize) -> Result<Option<Field<'a>>, Malformed> {
        let start = self.rest;
        let tag = self.varint()?;
        let number =
            u32::try_from(tag >> 3).map_err(|_| Malformed("a field number is too large"))?;
        if number == 0 {
            return Err(Malformed("a field has the number 0"));
        }
        let value = match tag & 7 {
            0 => Value::Varint(self.varint()?),
            1 => Value::Fixed64(u64::from_le_bytes(self.array()?)),
            2 => {
                let length = usize::try_from(self.varint()?).unwrap_or(usize::MAX);
                Value::Bytes(self.take(length)?)
            }
            3 => Value::Group(self.group(number, depth)?),
            4 => return Err(Malformed("a group ends that has not begun")),
            5 => Value::Fixed32(u32::from_le_bytes(self.array()?)),
            _ => return Err(Malformed("a field has an unknown wire type")),
        };
        let whole = &start[..start.len() - self.rest.len()];
        Ok(Some(Field { number, value, whole }))
    }

    /// Everything up to the end of the group that has just begun.
    fn group(&mut self, number: u32, depth: usize) -> Result<&'a [u8], Malformed> {
        if depth == MAX_GROUPS {
            return Err(Malformed("groups nest too deep"));
        }
        let start = self.rest;
        loop {
            let before = self.rest;
            let tag = self.varint()?;
            if tag == u64::from(number) << 3 | 4 {
                return Ok(&start[..start.len() - before.len()]);
            }
            self.rest = before;
            self.field(depth + 1)?;
        }
    }

    fn varint(&mut self) -> Result<u64, Malformed> {
        let mut number = 0;
        for (index, &byte) in self.rest.iter().enumerate().take(10) {
            number |= u64::from(byte & 0x7f) << (7 * index);
            if byte < 0x80 {
                self.rest = &self.rest[index + 1..];
                return Ok(number);
            }
        }
        Err(Malformed("a number is cut short or too long"))
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let (array, rest) =
            self.rest.split_first_chunk().ok_or(Malformed("a fixed number is cut short"))?;
        self.rest = rest;
        Ok(*array)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self
            .rest
            .split_at_checked(length)
            .ok_or(Malformed("a field is longer than its message"))?;
        self.rest = rest;
        Ok(taken)
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<Field<'a>, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let field = self.field(0).transpose();
        if matches!(field, Some(Err(_))) {
            self.rest = &[];
        }
        field
    }
}

/// The numbers of a packed field as `int32` is read; after an error there is nothing more.
pub(crate) fn packed_numbers(packed: &[u8]) -> impl Iterator<Item = Result<i32, Malformed>> {
    let mut fields = Fields::new(packed);
    std::iter::from_fn(move || {
        if fields.rest.is_empty() {
            return None;
        }
        let number = fields.varint().map(|number| number as i32);
        if number.is_err() {
            fields.rest = &[];
        }
        Some(number)
    })
}

/// Appends a number.
pub fn put_varint(into: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        into.push(number as u8 | 0x80);
        number >>= 7;
    }
    into.push(number as u8);
}

/// Appends a varint field.
pub fn put_number(into: &mut Vec<u8>, field: u32, number: u64) {
    put_varint(into, u64::from(field) << 3);
    put_varint(into, number);
}

/// Appends an `int32` or enum field.
pub fn put_int32(into: &mut Vec<u8>, field: u32, number: i32) {
    put_number(into, field, i64::from(number) as u64);
}

/// Appends a string, bytes or message field.
pub fn put_bytes(into: &mut Vec<u8>, field: u32, bytes: &[u8]) {
    put_varint(into, u64::from(field) << 3 | 2);
    put_varint(into, bytes.len() as u64);
    into.extend_from_slice(bytes);
}

/// Appends a message field that `write` fills in place.
pub fn put_message(into: &mut Vec<u8>, field: u32, write: impl FnOnce(&mut Vec<u8>)) {
    put_varint(into, u64::from(field) << 3 | 2);
    let at = into.len();
    into.push(0);
    write(into);
    let length = into.len() - at - 1;
    if length < 0x80 {
        into[at] = length as u8;
        return;
    }
    let mut prefix = Vec::with_capacity(5);
    put_varint(&mut prefix, length as u64);
    into.splice(at..=at, prefix);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut message = Vec::new();
        put_int32(&mut message, 1, -2);
        put_bytes(&mut message, 2, b"text");
        put_message(&mut message, 3, |into| put_bytes(into, 1, &[7; 300]));
        let fields: Vec<_> = Fields::new(&message).collect::<Result<_, _>>().unwrap_or_default();
        assert_eq!(fields.len(), 3);
        assert_eq!(fields[0].value.int32(), Some(-2));
        assert_eq!(fields[1].value.text(), Some("text"));
        assert_eq!(fields[2].value.bytes().map(<[u8]>::len), Some(303));
        let whole: Vec<u8> = fields.iter().flat_map(|field| field.whole.to_vec()).collect();
        assert_eq!(whole, message);
    }

    #[test]
    fn what_is_cut_short_is_an_error_and_the_end() {
        let mut fields = Fields::new(&[0x0a, 5, 1]);
        assert!(matches!(fields.next(), Some(Err(_))));
        assert_eq!(fields.next(), None);
    }
}
